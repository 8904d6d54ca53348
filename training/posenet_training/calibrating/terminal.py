# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Coverage as a table in the terminal."""

from typing import Any

from rich.console import Console
from rich.table import Table

from posenet_training.calibrating.coverage import GROUPS


def print_coverage(coverage: dict[str, Any], console: Console) -> None:
    """Print what calibrated radii hold of the test pictures (coverage.py)."""
    table = Table('radius', *GROUPS, title=f'held of {coverage["frames"]} test pictures, per cent')
    for level in coverage[GROUPS[0]]['levels']:
        cells = [_share(coverage[group]['levels'][level]) for group in GROUPS]
        table.add_row(f'{100 * float(level):g} %', *cells)
    quarters = [coverage[group]['quarters_90'] for group in GROUPS]
    table.add_row('90 %, by quarters of difficulty', *(map(_quarters, quarters)))
    spars = [f'{coverage[group]["sparsification"]:.2f}' for group in GROUPS]
    table.add_row('sparsification error, of random', *spars)
    console.print(table)
    console.print(
        f'squared Mahalanobis distance {coverage["nees"]:.2f} of 6; the 90 % ellipsoid holds '
        f'{100 * coverage["ellipsoid_90"]:.1f} %'
    )


def _share(share: dict[str, Any]) -> str:
    low_high = share['interval']
    interval = f' ({100 * low_high[0]:.0f} to {100 * low_high[1]:.0f})' if low_high else ''
    return f'{100 * share["share"]:.1f}{interval}'


def _quarters(shares: list[float]) -> str:
    return ', '.join(f'{100 * share:.0f}' for share in shares)
