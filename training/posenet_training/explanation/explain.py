# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""All that is found out about a model on a scene."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from posenet_ros.geometry import distance
from posenet_ros.model_file import Regressor, load_model
from posenet_ros.refusal import PredictionRefusal
from posenet_training.data.frames import Source
from posenet_training.errors import ExplainError
from posenet_training.evaluation.predictors import Answers, Predictor, file_predictor
from posenet_training.explanation.gallery import Gallery, open_gallery, unit_of
from posenet_training.explanation.hiding import Hidden, hide
from posenet_training.explanation.neighbours import (
    NEAREST,
    Agreement,
    Apart,
    Neighbours,
    agreement,
    at_best,
    at_random,
    look_up,
)
from posenet_training.explanation.saliency import Saliency, load_differentiable, saliency
from posenet_training.explanation.spaces import (
    Space,
    feature_space,
    first_two,
    principal_components,
    t_sne,
)
from posenet_training.sequences import Progress, evenly

# Pictures that are looked at; of a larger scene, so many evenly spread.  t-SNE takes half a
# minute for them on one core, and their features 16 MB.
MOST = {'train': 1500, 'test': 500}
LEAST = {'train': 2 * NEAREST, 'test': 2}


@dataclass(frozen=True)
class Seen:
    """Pictures of one split and what the network answered."""

    gallery: Gallery
    answers: Answers


@dataclass(frozen=True)
class Looked:
    """One judged picture, by its number, and what in it moved the answer.

    distance, degrees: the network's error, in map units and degrees.
    """

    judged: int
    crop: NDArray[np.uint8]
    distance: float
    degrees: float
    saliency: Saliency
    hidden: Hidden


@dataclass(frozen=True)
class Explanation:
    """What explains a model on a scene.

    unit        of the map: 'm', or 'units' where the scale is unknown
    pca, tsne   planes of the features
    shares      of the variance that the principal components hold, the largest first
    agreements  by space: do neighbours there belong together in the scene?
    looked      some judged pictures; neighbours belong to the same ones
    """

    scene: str
    model_file: Path
    unit: str
    seed: int
    training: Seen
    judged: Seen
    pca: Space
    tsne: Space
    shares: NDArray[np.float64]
    agreements: dict[str, Agreement]
    looked: tuple[Looked, ...]
    neighbours: tuple[Neighbours, ...]


def explain(
    model_file: Path, source: Source, pictures: int, seed: int, progress: Progress
) -> Explanation:
    """Explain a model file on a scene, `pictures` judged ones of it in detail.

    Raises ModelFileError for a file that cannot be used, SceneError for a picture that cannot be
    read, and ExplainError when the scene or the model gives too little to explain.
    """
    regressor = load_model(model_file)
    training, judged = _both_seen(regressor, source, progress)
    features = feature_space(training.answers.features, judged.answers.features)
    components = principal_components(features, seed)
    (tsne,) = (t_sne(components, seed) for _ in progress([None], 't-SNE'))
    pca = first_two(components)
    apart = Apart.of(judged.gallery.T_map_camera, training.gallery.T_map_camera)
    chosen = evenly(range(len(judged.gallery)), pictures)
    module = load_differentiable(model_file)
    return Explanation(
        scene=source.name,
        model_file=model_file,
        unit=unit_of(source),
        seed=seed,
        training=training,
        judged=judged,
        pca=pca,
        tsne=tsne,
        shares=components.shares,
        agreements={
            'random': at_random(apart),
            **{space.name: agreement(space, apart) for space in (features, pca, tsne)},
            'best': at_best(apart),
        },
        looked=tuple(
            _looked(regressor, module, judged, number, seed)
            for number in progress(chosen, 'saliency')
        ),
        neighbours=look_up(features, apart, chosen),
    )


def _both_seen(regressor: Regressor, source: Source, progress: Progress) -> tuple[Seen, Seen]:
    galleries = {
        split: open_gallery(source, split, most, regressor.spec.camera)
        for split, most in progress(list(MOST.items()), 'opening the scene')
    }
    _check_size(source, galleries)
    predict = file_predictor(regressor)
    return (
        _seen(predict, galleries['train'], progress, 'features of training'),
        _seen(predict, galleries['test'], progress, 'features of judged pictures'),
    )


def _check_size(source: Source, galleries: dict[str, Gallery]) -> None:
    training, judged = (galleries[split].total for split in LEAST)
    if training < LEAST['train'] or judged < LEAST['test']:
        raise ExplainError(
            f"scene '{source.name}' has {training} training and {judged} judged pictures: "
            f'explaining needs at least {LEAST["train"]} and {LEAST["test"]}'
        )


def _seen(predict: Predictor, gallery: Gallery, progress: Progress, title: str) -> Seen:
    with _answering():
        answers = [
            predict(gallery.crop(number)[None]) for number in progress(range(len(gallery)), title)
        ]
    return Seen(gallery, Answers.joined(answers))


def _looked(regressor: Regressor, module: Any, judged: Seen, number: int, seed: int) -> Looked:
    crop = judged.gallery.crop(number)
    found = saliency(module, crop, seed)
    metres, radians = distance(
        judged.answers.T_map_camera[number], judged.gallery.T_map_camera[number]
    )
    with _answering():
        hidden = hide(regressor, crop, found, seed)
    return Looked(number, crop, metres, float(np.degrees(radians)), found, hidden)


@contextmanager
def _answering() -> Iterator[None]:
    """Say in one sentence that the model refuses a picture."""
    try:
        yield
    except PredictionRefusal as refusal:
        raise ExplainError(
            f'the model has no pose for a picture of this scene: {refusal}'
        ) from refusal
