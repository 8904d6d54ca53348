# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Does the node know when it knows?  Predictions once, decisions replayed on them, bars.

    python -m benchmarks.trust [--scale 0.1] [--seed N] [--model FILE] [--symmetric-model FILE]
        [--poster-model FILE] [--jobs 2] [--out bench_out/trust]

Predictions are kept in the folder: a run that was stopped goes on, and a rule that was changed is
judged without them.  Writes OUT/trust.json and OUT/trust.png.
"""

import argparse
import os
import time
from collections.abc import Iterator, Mapping
from datetime import datetime, timezone
from pathlib import Path

from rich.console import Console
from rich.progress import track

from benchmarks.trust import bars, report
from benchmarks.trust.judging import Replays
from benchmarks.trust.looking import Eye, seen
from benchmarks.trust.plan import SYMMETRIC_SEED
from benchmarks.trust.predictions import Cache, frames_of, predict, share, shown
from benchmarks.trust.replay import Replay, replay
from benchmarks.trust.transforms import not_measured, tf_figures
from benchmarks.trust.watching import image_measures
from posenet_ros.model_file import ModelFileError
from posenet_ros.rules import Rules

# By the option of the model that they need.
KINDS = {
    'model': ('kidnap', 'driving', 'foreign'),
    'symmetric_model': ('symmetric',),
    'poster_model': ('symmetric-poster',),
}
ROOMS = {
    'symmetric_model': f'symmetric:{SYMMETRIC_SEED}',
    'poster_model': f'symmetric-poster:{SYMMETRIC_SEED}',
}


def main() -> None:
    """Predict, replay, print and write."""
    options = _options()
    console = Console()
    caches = {
        option: Cache.of(model, options.seed, options.out)
        for option, model in _models(options).items()
    }
    began, clock = datetime.now(timezone.utc), time.monotonic()
    frames, computed = _predict(caches, options, console)
    predicted = time.monotonic()
    replays = {
        kind: list(_replays(cache, kind, options.scale, console))
        for option, cache in caches.items()
        for kind in KINDS[option]
    }
    run = report.Run(
        began=began.isoformat(timespec='seconds'),
        seed=options.seed,
        scale=options.scale,
        models={option: str(cache.model) for option, cache in caches.items()},
        weights_sha256={option: cache.weights_sha256 for option, cache in caches.items()},
        frames=frames,
        computed=computed,
        predicting_s=round(predicted - clock, 1),
        replaying_s=round(time.monotonic() - predicted, 1),
        not_run={**_not_run(caches), **not_measured(options.out)},
    )
    _finish(replays, Eye.of(options.model).spec.calibration.levels, run, options.out, console)


def _finish(
    replays: Mapping[str, Replays],
    levels: tuple[float, ...],
    run: report.Run,
    out: Path,
    console: Console,
) -> None:
    figures = {**report.figures_of(replays, levels), **tf_figures(out)}
    report.write(out, report.as_values(figures, run), replays)
    console.print(bars.table(figures))
    for what, why in run.not_run.items():
        console.print(f'not run: {what}: {why}', style='yellow', highlight=False)
    console.print(
        f'{run.frames} frames, {run.computed} of them predicted in {run.predicting_s:.0f} s, '
        f'decided in {run.replaying_s:.0f} s; {out / report.JSON_FILE}, {report.PICTURE_FILE}',
        highlight=False,
    )


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog='python -m benchmarks.trust',
        description=__doc__.splitlines()[0] if __doc__ else '',
    )
    parser.add_argument('--scale', type=share, default=1.0, help='share of the episodes')
    parser.add_argument('--seed', type=int, default=1, help='of all chance')
    parser.add_argument('--model', type=Path, default=Path('models/demo.pt'), help='model file')
    for option, room in ROOMS.items():
        flag = f'--{option.replace("_", "-")}'
        parser.add_argument(flag, type=Path, help=f'model file of {room}')
    parser.add_argument('--jobs', type=int, default=2, help='processes, of one thread each')
    parser.add_argument('--out', type=Path, default=Path('bench_out/trust'), help='folder')
    options = parser.parse_args()
    if options.seed < 0 or options.jobs < 1:
        parser.error(f'--seed is {options.seed} and --jobs {options.jobs}: give 0 and 1 or more')
    try:
        for model in _models(options).values():
            Cache.of(model, options.seed, options.out)
    except ModelFileError as error:
        parser.error(str(error))
    return options


def _models(options: argparse.Namespace) -> dict[str, Path]:
    """The model files that were given, by their options."""
    given = {option: getattr(options, option) for option in KINDS}
    return {option: model for option, model in given.items() if model}


def _not_run(caches: Mapping[str, Cache]) -> dict[str, str]:
    """What no model was given for, and what to do about it."""
    return {
        kind: f'train a model of {ROOMS[option]} (posenet train {ROOMS[option]} --recipe '
        'room-lite0 --out RUN, posenet export RUN FILE) and give it as '
        f'--{option.replace("_", "-")}'
        for option, kinds in KINDS.items()
        if option not in caches
        for kind in kinds
    }


def _predict(
    caches: Mapping[str, Cache], options: argparse.Namespace, console: Console
) -> tuple[int, int]:
    """Make the predictions that are missing; how many frames there are, and were computed."""
    frames = computed = 0
    for option, cache in caches.items():
        of_cache = frames_of(KINDS[option], options.seed, options.scale)
        console.print(f'{of_cache} frames through {cache.model}', highlight=False)
        work = predict(cache, KINDS[option], options.scale, options.jobs, image_measures)
        computed += shown(work, of_cache)
        frames += of_cache
    return frames, computed


def _replays(cache: Cache, kind: str, scale: float, console: Console) -> Iterator[Replay]:
    eye, rules = Eye.of(cache.model), Rules()
    watched = list(cache.watched(kind, scale))
    for episode, frames in track(watched, f'deciding: {kind}', console=console, transient=True):
        yield replay(episode, frames, seen(eye, frames), rules)


if __name__ == '__main__':
    os.environ.setdefault('OMP_WAIT_POLICY', 'PASSIVE')
    main()
