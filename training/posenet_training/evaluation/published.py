# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Published medians beside ours, where the pictures are exactly the official ones."""

import re
from dataclasses import dataclass
from typing import Any

from posenet_training.data.frames import Source
from posenet_training.data.pictures import PictureSource
from posenet_training.evaluation.judged_pictures import JudgedPictures
from posenet_training.evaluation.published_figures import (
    CAMBRIDGE,
    CAMBRIDGE_SCENES,
    SEVEN_SCENES,
    SEVEN_SCENES_DSLAM,
    SEVEN_SCENES_SFM,
    Method,
)


@dataclass(frozen=True)
class Official:
    """A scene's official split: how many pictures, and the numbers of the test sequences.

    sequences is empty where the counts alone decide.
    """

    name: str
    train: int
    test: int
    sequences: frozenset[int] = frozenset()


def published_beside(source: Source, samples: JudgedPictures) -> dict[str, Any] | None:
    """Published medians for these samples; None unless they are the official test pictures.

    Scene, format, counts of training and test pictures and the test sequences must all agree:
    with one picture missing nothing is compared.
    """
    if not isinstance(source, PictureSource) or samples.split != 'test' or not source.test:
        return None
    kind = source.scene.source.get('format')
    scenes = {'7scenes': SEVEN_SCENES, 'cambridge': CAMBRIDGE_SCENES}.get(str(kind), ())
    for column, (name, train, test, *sequences) in enumerate(scenes):
        official = Official(name, train, test, frozenset(sequences))
        if _is(official, source, samples):
            return _values(column, name, *_table(source, str(kind)))
    return None


def _is(official: Official, source: PictureSource, samples: JudgedPictures) -> bool:
    numbers = {int(re.sub(r'\D', '', name) or -1) for name in samples.sequences}
    return (
        _plain(source.name) == _plain(official.name)
        and len(samples) == official.test
        and len(source.scene.pictures) == official.train + official.test
        and (not official.sequences or numbers == official.sequences)
    )


def _plain(name: str) -> str:
    return re.sub(r'[^a-z0-9]', '', name.lower())


def _table(source: PictureSource, kind: str) -> tuple[str, str, tuple[Method, ...]]:
    """Data set, which truth its poses are, and the figures that belong to it."""
    if kind == 'cambridge':
        return 'Cambridge Landmarks', 'structure from motion', CAMBRIDGE
    if isinstance(source.scene.source.get('poses'), list):
        return '7-Scenes', 'pseudo ground truth from structure from motion', SEVEN_SCENES_SFM
    return '7-Scenes', 'poses by KinectFusion', SEVEN_SCENES_DSLAM


def _values(
    column: int, scene: str, data_set: str, truth: str, methods: tuple[Method, ...]
) -> dict[str, Any]:
    figures = []
    for method in methods:
        figure = method.figures.split()[column]
        if figure != '-':
            metres, degrees = (float(number) for number in figure.split('/'))
            figures.append(
                {
                    'method': method.name,
                    'position_m': metres,
                    'angle_deg': degrees,
                    'source': method.source,
                }
            )
    return {'data_set': data_set, 'scene': scene, 'truth': truth, 'figures': figures}
