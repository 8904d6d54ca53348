# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The figures as tables for people."""

from collections.abc import Mapping, Sequence
from typing import Any

from benchmarks.experiments.markdown import markdown
from benchmarks.speed.figures import Bar

QUANTILES = ('', 'median', '90 %', '99 %')
PARTS = ('bare_ms', 'node_ms', 'slot_ms', 'transport_ms')
OVERLOAD = ('overload_inference_ms', 'overload_age_ms', 'overload_transport_ms')


def engine_table(figures: Mapping[str, Mapping[str, Any]]) -> str:
    """Milliseconds by engine (quartiles), a column a network."""
    networks = list(figures)
    rows = []
    for name in figures[networks[0]]['engine_ms']:
        cells = []
        for network in networks:
            low, high = figures[network]['engine_ms_quartiles'][name]
            cells.append(f'{figures[network]["engine_ms"][name]:.1f} ({low:.1f}-{high:.1f})')
        rows.append((name, *cells))
    return markdown(('ms a picture', *networks), rows)


def node_table(figures: Mapping[str, Mapping[str, Any]]) -> str:
    """Where the milliseconds of a frame go, by network."""
    rows = [
        (f'{network}: {part.removesuffix("_ms").replace("_", " ")}', *map(str, each[part]))
        for network, each in figures.items()
        for part in (*PARTS, *OVERLOAD)
    ]
    return markdown(QUANTILES, rows)


def delivery_table(rows: Sequence[Mapping[str, Any]]) -> str:
    """Settings of DDS."""
    columns = ('picture', 'kind', 'setting', 'delivered', 'transport_ms', 'crop_ms',
               'crop_p99_ms', 'receiver_cpu', 'camera_cpu')  # fmt: skip
    return markdown(
        columns,
        [tuple(_short(row[column]) for column in columns) for row in rows],
    )


def bar_table(bars: Sequence[Bar]) -> str:
    """Figures beside their bars."""
    rows = [
        (
            bar.name,
            f'{bar.value:.2f}',
            f'{"at least" if bar.least else "at most"} {bar.limit:g}',
            'kept' if bar.kept else 'MISSED',
        )
        for bar in bars
    ]
    return markdown(('', 'figure', 'bar', ''), rows)


def _short(value: Any) -> str:
    return f'{value:.3g}' if isinstance(value, float) else str(value)
