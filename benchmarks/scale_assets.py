# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Draw, map and teach what benchmarks.scale measures; a stopped run goes on where it was.

    python -m benchmarks.scale_assets [--sizes 250 500 1000 2000 4000] [--spacings 0.1 ... 4]
        [--out bench_out]

Writes OUT/scale: floors of simulated rooms that grow with the number of pictures, one room driven
through with ever fewer pictures, and of each the SIFT map and a small model; hours of two cores.
Costs are noted in minutes of one core.
"""

import argparse
from pathlib import Path

from benchmarks.scale.plan import A_ROOM, ROAD_M, SIZES, SPACINGS_M, make_size, make_spacing
from posenet_training.commands.console import note


def main() -> None:
    """Make one scene after another, small ones first."""
    options = _options()
    work = options.out / 'scale'
    for size in sorted(options.sizes):
        note(f'{size} pictures:')
        make_size(size, work)
    for metres in sorted(options.spacings, reverse=True):
        note(f'a picture every {metres:g} m:')
        make_spacing(metres, work)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog='python -m benchmarks.scale_assets',
        description=__doc__.splitlines()[0] if __doc__ else '',
    )
    parser.add_argument(
        '--sizes', nargs='*', type=int, default=SIZES, help=f'training pictures, {A_ROOM} a room'
    )
    parser.add_argument(
        '--spacings',
        nargs='*',
        type=float,
        default=SPACINGS_M,
        help=f'metres between pictures of one drive of {ROAD_M:g} m',
    )
    parser.add_argument('--out', type=Path, default=Path('bench_out'), help='holds all of it')
    options = parser.parse_args()
    if bad := [size for size in options.sizes if size < A_ROOM or size % A_ROOM]:
        parser.error(f'a floor has {A_ROOM} pictures a room, not {bad[0]}: give a multiple')
    if bad := [m for m in options.spacings if not _is_multiple(m)]:
        parser.error(f'{bad[0]:g} m is no multiple of {SPACINGS_M[0]} m up to {ROAD_M:g} m')
    return options


def _is_multiple(metres: float) -> bool:
    steps = metres / SPACINGS_M[0]
    return 1.0 <= round(steps) <= ROAD_M / SPACINGS_M[0] and abs(steps - round(steps)) < 1e-6


if __name__ == '__main__':
    main()
