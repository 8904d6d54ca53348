# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Query time, memory and errors as the map grows and as its pictures get farther apart.

    python -m benchmarks.scale [--pictures 24] [--out bench_out]

Measures what benchmarks.scale_assets made, as far as it is there.  Prints two tables and
writes OUT/scale.json (by number of training pictures), OUT/scale_spacing.json (by metres between
them) and OUT/scale.png.  Nine and a half minutes of two cores.
"""

import argparse
import json
import os
import sys
from pathlib import Path

# Before torch is imported: spinning threads of one library would wait in the other's time.
os.environ.setdefault('OMP_WAIT_POLICY', 'PASSIVE')

import torch

from benchmarks.scale.asking import Questions, ask_in_turns, warm_up
from benchmarks.scale.assets import Asset
from benchmarks.scale.drawing import draw
from benchmarks.scale.figures import Values, bars, crossover, error_figures, time_figures
from benchmarks.scale.localizers import Landmarks, exhaustive, looking_up, ours, sift
from benchmarks.scale.matching import MATCHERS, Matcher
from benchmarks.scale.memory import METHODS, measured_mb
from benchmarks.scale.plan import JUDGED, SIZE, SPACING, finished_assets
from benchmarks.scale.report import size_table, spacing_table
from posenet_ros.engines import OnnxRuntime, TorchScript
from posenet_ros.scene import read_scene
from posenet_training.commands.console import note
from posenet_training.whole_file import whole_file

# Which matcher is the best is found at this size, or the nearest that there is.
CHOSEN_AT = 1000
CHOOSING = 12
# How many pictures meet all points of a map: so many points, and a picture takes seconds.
ALL_POINTS_PICTURES = 4000
FEWEST = 3
# So many take nine and a half minutes.
ASKED = 24


def main() -> None:
    """Choose the rival's matcher, ask, measure memory, print and write."""
    options = _options()
    work = options.out / 'scale'
    by_size = {int(size): asset for size, asset in finished_assets(work, SIZE)}
    by_spacing = dict(finished_assets(work, SPACING))
    if not by_size:
        sys.exit(f"'{work}' has nothing to measure yet: run `make bench-scale-assets` first")
    matcher = best_matcher(by_size[min(by_size, key=lambda size: abs(size - CHOSEN_AT))])
    sizes, spacings = (
        of_sizes(by_size, matcher, options.pictures),
        of_spacings(by_spacing, matcher, options.pictures),
    )
    for name, values in (('scale', sizes), ('scale_spacing', spacings)):
        with whole_file(options.out / f'{name}.json') as partial:
            partial.write_text(json.dumps(values, indent=1, allow_nan=False))
    with whole_file(options.out / 'scale.png') as partial:
        draw(sizes, spacings).savefig(partial, format='png', dpi=110)
    print(f'{torch.get_num_threads()} threads\n\n{size_table(sizes)}\n\n{spacing_table(spacings)}')
    if spacings:
        print(f'\nours is nearer than SIFT in the median: {crossover(spacings)}')
    for bar in bars(sizes):
        print(f'{"held" if bar.holds else "NOT held"}: {bar.said}')


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog='python -m benchmarks.scale', description=__doc__.splitlines()[0] if __doc__ else ''
    )
    parser.add_argument(
        '--pictures', type=int, default=ASKED, help=f'of {JUDGED}, that are asked for at each size'
    )
    parser.add_argument(
        '--out', type=Path, default=Path('bench_out'), help='assets are there, figures go there'
    )
    return parser.parse_args()


def best_matcher(asset: Asset) -> Matcher:
    """The quickest of those that register the most pictures of an asset, give or take one."""
    landmarks = Landmarks.of(asset)
    rivals = {name: sift(landmarks, matcher) for name, matcher in MATCHERS.items()}
    questions = Questions.of(asset, rivals, CHOOSING)
    warm_up([questions])
    answered = ask_in_turns([questions])[0]
    figures = {
        name: {**time_figures('sift', each), **error_figures('sift', each)}
        for name, each in answered.items()
    }
    for name, each in figures.items():
        note(f'{name}: {each["sift_ms"]:.0f} ms, {100 * each["sift_registered"]:.0f} % registered')
    most = max(each['sift_registered'] for each in figures.values()) - 1.001 / len(
        questions.pictures
    )
    good = [name for name, each in figures.items() if each['sift_registered'] >= most]
    best = min(good, key=lambda name: figures[name]['sift_ms'])
    note(f'the rival matches by {best}')
    return MATCHERS[best]


def of_sizes(assets: dict[int, Asset], matcher: Matcher, most: int) -> dict[int, Values]:
    """Costs and errors by number of training pictures."""
    questions, quick = [], []
    for asset in assets.values():
        landmarks = Landmarks.of(asset)
        few = max(ALL_POINTS_PICTURES // len(landmarks.sift_map.files), FEWEST)
        everybody = {
            'posenet': ours(asset, TorchScript.name),
            'posenet_onnx': ours(asset, OnnxRuntime.name),
            'retrieval': looking_up(asset),
            'sift': sift(landmarks, matcher),
        }
        quick.append(Questions.of(asset, everybody, most))
        all_points = {'sift_exhaustive': exhaustive(landmarks)}
        questions += [quick[-1], Questions.of(asset, all_points, min(few, most))]
    # All points take seconds a picture, of which a cold start is no part that shows.
    warm_up(quick)
    answered = ask_in_turns(questions)
    found = {}
    for number, (size, asset) in enumerate(assets.items()):
        note(f'{size} pictures: memory')
        each = {**answered[2 * number], **answered[2 * number + 1]}
        values: Values = {}
        for method, answers in each.items():
            values |= {**time_figures(method, answers), **error_figures(method, answers)}
        for rival in ('retrieval', 'sift', 'sift_exhaustive'):
            values[f'{rival}_over_posenet'] = values[f'{rival}_ms'] / values['posenet_ms']
        values |= {f'{method}_mb': measured_mb(method, asset) for method in METHODS}
        found[size] = {**values, **_files_and_minutes(asset)}
    return found


def _files_and_minutes(asset: Asset) -> Values:
    costs = asset.costs()
    return {
        'posenet_file_mb': asset.model.stat().st_size / 1e6,
        'sift_file_mb': asset.sift_map.stat().st_size / 1e6,
        'posenet_minutes': costs['posenet_train_minutes'] + costs['posenet_export_minutes'],
        'sift_minutes': costs['sift_map_minutes'],
        **costs,
    }


def of_spacings(assets: dict[float, Asset], matcher: Matcher, most: int) -> dict[float, Values]:
    """Errors by metres driven from one training picture to the next."""
    questions = [
        Questions.of(
            asset,
            {
                'posenet': ours(asset, TorchScript.name),
                'retrieval': looking_up(asset),
                'sift': sift(Landmarks.of(asset), matcher),
            },
            most,
        )
        for asset in assets.values()
    ]
    found: dict[float, Values] = {}
    for (metres, asset), answered in zip(assets.items(), ask_in_turns(questions), strict=True):
        values: Values = {'pictures': len(read_scene(asset.scene).split('train'))}
        for method, answers in answered.items():
            values |= error_figures(method, answers)
        found[metres] = {**values, **_files_and_minutes(asset)}
    return found


if __name__ == '__main__':
    main()
