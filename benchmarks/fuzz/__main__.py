# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Spoilt input for what robot and trainer read: no crash, no hang, nothing wrong accepted.

    python -m benchmarks.fuzz TARGET [--minutes 10] [--seed 1] [--out bench_out]

TARGET is images, parameters, models, scenes, bags, colmap or videos.  Hypothesis spoils valid
inputs and makes those that fail small; they are written to OUT/fuzz, and belong into
benchmarks/fuzz/corpus/TARGET once they are mended, which the tests try again.
"""

import argparse
import sys
import time
import traceback
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import HealthCheck, Phase, given, seed, settings

from benchmarks.fuzz.inputs import Input, Target, in_time, read_corpus, spoilt
from benchmarks.fuzz.native_targets import colmap, videos
from benchmarks.fuzz.robot_targets import images, models, parameters
from benchmarks.fuzz.trainer_targets import bags, scenes

CORPUS = Path(__file__).parent / 'corpus'
TARGETS: Mapping[str, Callable[[Path], Target]] = {
    'images': images,
    'parameters': parameters,
    'models': models,
    'scenes': scenes,
    'bags': bags,
    'colmap': colmap,
    'videos': videos,
}
ROUND = 500


def main() -> None:
    """Spoil for so many minutes; the exit code is 1 when something was found."""
    options = _options()
    until = time.monotonic() + 60.0 * options.minutes
    tried, found, number = Counter[str](), {}, options.seed
    with TemporaryDirectory() as folder:
        target = TARGETS[options.target](Path(folder))
        for one in read_corpus(CORPUS / options.target):
            with in_time():
                target.try_it(one)
        while time.monotonic() < until:
            failed = spoil(target, number, ROUND, until, tried)
            number += 1
            if failed:
                given, words = failed
                if words.splitlines()[-1] not in found:
                    found[words.splitlines()[-1]] = given
                    print(f'{given.kind}: {given.content[:200]!r}\n{words}', flush=True)
                    _keep(options.out / 'fuzz' / options.target, given)
    print(f'{options.target}: {tried.total()} inputs {dict(tried)}, {len(found)} kinds of failure')
    sys.exit(int(bool(found)))


def spoil(
    target: Target, number: int, count: int, until: float, tried: Counter[str]
) -> tuple[Input, str] | None:
    """Try so many spoilt inputs; the smallest that fails, and how."""
    failed: list[tuple[Input, str]] = []

    @seed(number)
    @settings(
        max_examples=count,
        deadline=None,
        database=None,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
        print_blob=False,
    )
    @given(spoilt(target.seeds))
    def attempt(one: Input) -> None:
        if time.monotonic() > until:
            return
        tried[one.kind] += 1
        try:
            with in_time():
                target.try_it(one)
        except Exception:
            failed.append((one, traceback.format_exc(limit=-4)))
            raise

    try:
        attempt()
    except Exception:
        return failed[-1] if failed else None
    return None


def _keep(folder: Path, given: Input) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / given.name).write_bytes(given.content)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else '')
    parser.add_argument('target', choices=TARGETS)
    parser.add_argument('--minutes', type=float, default=10.0)
    parser.add_argument('--seed', type=int, default=1)
    parser.add_argument('--out', type=Path, default=Path('bench_out'), help='folder')
    return parser.parse_args()


if __name__ == '__main__':
    main()
