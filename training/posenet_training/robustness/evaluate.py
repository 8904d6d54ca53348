# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""A model file under corruption, with SIFT and PnP beside it where that is asked for."""

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from posenet_ros.model_file import load_model
from posenet_training.data.frames import Source
from posenet_training.data.pictures import PictureSource
from posenet_training.errors import EvaluationError
from posenet_training.evaluation.judged_pictures import pictures_of
from posenet_training.importers.extras import need_pycolmap
from posenet_training.pages import png_of
from posenet_training.robustness.corruptions import CORRUPTIONS
from posenet_training.robustness.curves import measure
from posenet_training.robustness.localizers import Localizer, network_localizer
from posenet_training.robustness.report import figure
from posenet_training.robustness.summary import as_values
from posenet_training.sequences import Progress, evenly
from posenet_training.whole_file import whole_file

SEED = 0


@dataclass(frozen=True)
class Asked:
    """What to measure.

    split     one of evaluation/judged_pictures.py
    pictures  at most so many of it, evenly taken
    sift      whether SIFT and PnP are asked besides the network
    sift_map  file that keeps their map, None to build it anew
    """

    split: str
    pictures: int
    sift: bool
    sift_map: Path | None


def under_corruption(
    model_file: Path, source: Source, asked: Asked, progress: Progress
) -> dict[str, Any]:
    """Robustness of a model file, as plain values.

    Raises EvaluationError for a simulated room, which has no whole pictures; ModelFileError;
    SceneError (evaluation/judged_pictures.py, beside_sift.py).
    """
    if not isinstance(source, PictureSource):
        raise EvaluationError(
            f'{source.name} is drawn as crops, without the whole pictures that --corrupt spoils: '
            'give a scene on disk'
        )
    pictures = evenly(pictures_of(source, asked.split), asked.pictures)
    localizers = {'network': network_localizer(load_model(model_file), source.scene)}
    if asked.sift:
        localizers['SIFT and PnP'] = _sift(source, asked.sift_map, progress)
    return as_values(measure(source.scene, pictures, localizers, CORRUPTIONS, SEED, progress))


def _sift(source: PictureSource, file: Path | None, progress: Progress) -> Localizer:
    need_pycolmap()
    from posenet_training.robustness.beside_sift import kept_map, sift_localizer

    with tempfile.TemporaryDirectory() as folder:
        kept = kept_map(source.scene, file or Path(folder) / 'map.npz', progress)
    return sift_localizer(source.scene, kept)


def write_figure(values: dict[str, Any], file: Path) -> None:
    """Write the curves as PNG, whole or not at all; EvaluationError when it cannot be."""
    try:
        with whole_file(file) as partial:
            partial.write_bytes(png_of(figure(values)))
    except OSError as error:
        raise EvaluationError(f"'{file}' was not written: {error}") from error
