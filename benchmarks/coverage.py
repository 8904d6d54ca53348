# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Do the covariance and the radii of a model file hold what they say?

    python -m benchmarks.coverage MODEL SCENE [--views 2000] [--drives 100] [--frames 100]

Of a simulated room, independent views and drives are drawn that neither training nor calibration
saw; of a scene on disk it is the part of validation that does not calibrate.  Intervals hold the
shares with 95 % by bootstrap over whole drives, or over blocks of pictures that err alike.  Prints
a Markdown table.
"""

import argparse
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from rich.progress import track

from benchmarks.experiments.markdown import markdown
from posenet_ros.model_file import Regressor, load_model
from posenet_ros.preprocess import CropWindow, crop, crop_window
from posenet_ros.uncertainty import combined, difficulty
from posenet_training.calibrating.claims import claims_of
from posenet_training.calibrating.conformal import group_errors
from posenet_training.calibrating.coverage import GROUPS, coverage, sparsification
from posenet_training.commands.training import open_source
from posenet_training.data.frames import Source
from posenet_training.data.rendered import RenderedSource, View, drive_views
from posenet_training.evaluation.intervals import Numbers, block_length
from posenet_training.evaluation.judged_pictures import JudgedPictures, judged_pictures
from simulation.drive import Floor
from simulation.sampling import random_view

# Keeps these views apart from those of data/rendered.py.
STREAM = 17


@dataclass(frozen=True)
class Frames:
    """Pictures to judge by; block: how many in a row are drawn together, None to measure it."""

    title: str
    pictures: JudgedPictures
    block: int | None


def frames_of(source: Source, regressor: Regressor, options: argparse.Namespace) -> list[Frames]:
    """All that a scene has to judge by."""
    if not isinstance(source, RenderedSource):
        pictures = judged_pictures(source, 'test', regressor.spec.camera)
        return [Frames('validation', pictures, None)]
    rng = np.random.default_rng([STREAM, options.seed])
    views = [random_view(source.room, rng) for _ in range(options.views)]
    floor = Floor.of(source.room)
    drives = [
        view for _ in range(options.drives) for view in drive_views(floor, rng, options.frames)
    ]
    alone, together = np.arange(len(views)), np.arange(len(drives)) // options.frames
    return [
        Frames('views', _drawn(source, views, alone), 1),
        Frames('drives', _drawn(source, drives, together), options.frames),
    ]


def _drawn(source: RenderedSource, views: list[View], runs: Numbers) -> JudgedPictures:
    camera = source.renderer.camera
    window = crop_window(camera.width, camera.height)
    return JudgedPictures(
        split='drawn',
        description=f'{len(views)} pictures',
        names=tuple(map(str, range(len(views)))),
        sequences=tuple(map(str, runs)),
        runs=runs,
        T_map_camera=np.stack([T_map_camera for T_map_camera, _ in views]),
        picture=lambda number: crop(source.renderer.render(*views[number]), window),
        window=lambda number, drawn: CropWindow(0, 0, len(drawn)),
        look=lambda drawn: drawn,
        whole=False,
    )


def judged(frames: Frames, regressor: Regressor) -> dict[str, Any]:
    """What coverage.py says of frames, and what sorting them would come to if claims were true."""
    claims = claims_of(regressor.answers, frames.pictures, _shown)
    contradictions = claims.contradictions(claims.looked_up(regressor.reference))
    calibration, errors, runs = regressor.spec.calibration, claims.errors, frames.pictures.runs
    block = frames.block or block_length(errors, runs)
    values = coverage(errors, claims.covariances, contradictions, calibration, runs, block)
    whole = combined(claims.covariances, contradictions, calibration)
    rng = np.random.default_rng(0)
    standard = rng.normal(size=(*errors.shape, 1))
    true = group_errors((np.linalg.cholesky(whole) @ standard)[..., 0])
    for column, group in enumerate(GROUPS):
        values[group]['if_true'] = sparsification(true[:, column], difficulty(whole)[:, column])
        values[group]['median'] = float(np.median(group_errors(errors)[:, column]))
    return values


def _shown(items: Iterable[range], title: str) -> Iterable[range]:
    return track(list(items), title, console=Console(stderr=True), transient=True)


def rows_of(title: str, values: dict[str, Any]) -> list[tuple[str, ...]]:
    """Two rows of the table: position and rotation."""
    rows = []
    for group in GROUPS:
        of_group = values[group]
        median = of_group['median']
        said = f'{median:.3f} m' if group == 'position' else f'{np.degrees(median):.2f} deg'
        rows.append(
            (
                f'{title}, {group}',
                str(values['frames']),
                said,
                *map(_share, of_group['levels'].values()),
                ' '.join(f'{100 * share:.0f}' for share in of_group['quarters_90']),
                f'{100 * values["ellipsoid_90"]:.1f}',
                f'{values["nees"]:.2f}',
                f'{of_group["sparsification"]:.2f}',
                f'{of_group["if_true"]:.2f}',
            )
        )
    return rows


def _share(share: dict[str, Any]) -> str:
    between = share['interval']
    interval = f' ({100 * between[0]:.1f} to {100 * between[1]:.1f})' if between else ''
    return f'{100 * share["share"]:.1f}{interval}'


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else '')
    parser.add_argument('model', type=Path, help='model file')
    parser.add_argument('scene', help='room:SEED or the folder of its scene')
    parser.add_argument('--views', type=int, default=2000, help='independent views of a room')
    parser.add_argument('--drives', type=int, default=100, help='drives in a room')
    parser.add_argument('--frames', type=int, default=100, help='of each drive, 1 s apart')
    parser.add_argument('--seed', type=int, default=1, help='of views and drives')
    options = parser.parse_args()
    if min(options.views, options.drives, options.frames) < 1 or options.seed < 0:
        parser.error('give 1 or more views, drives and frames, and a seed of 0 or more')
    regressor = load_model(options.model)
    levels = [f'{100 * level:g} %' for level in regressor.spec.calibration.levels]
    rows = [
        row
        for frames in frames_of(open_source(options.scene), regressor, options)
        for row in rows_of(frames.title, judged(frames, regressor))
    ]
    columns = ('frames', 'number', 'median', *levels, '90 % by quarters', '90 % ellipsoid')
    print(markdown((*columns, 'NEES', 'sparsification', 'if true'), rows))


if __name__ == '__main__':
    main()
