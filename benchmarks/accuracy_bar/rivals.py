# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What rivals answer and what an answer costs: SIFT with PnP, looking up, plain GoogLeNet."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from posenet_ros.geometry import Array, pose_error
from posenet_ros.model_file import load_model
from posenet_ros.preprocess import INPUT_SIZE
from posenet_training.baselines.classifier import classifier_features
from posenet_training.commands.console import progress
from posenet_training.data.pictures import PictureSource
from posenet_training.evaluation.judged_pictures import judged_pictures
from posenet_training.exporting.claims import LearnedClaim
from posenet_training.exporting.network import ExportedPoseNet
from posenet_training.network import PoseNet, SceneStatistics
from posenet_training.recipe import NetworkOptions
from posenet_training.robustness.beside_sift import kept_map, sift_localizer
from posenet_training.sequences import evenly

# Pictures that are timed, one after another, each by all methods.
TIMED = 40
WARM_UP_RUNS = 5
CLASSIFIER_SIZE = 1280

Crop = NDArray[np.uint8]


@dataclass(frozen=True)
class Sift:
    """Errors [N, 6] of SIFT and PnP, not finite where a picture was not registered; the map's
    file (MB), and the median time of a query (ms).
    """

    errors: Array
    file_mb: float
    query_ms: float


def sift(source: PictureSource, file: Path) -> Sift:
    """Localize the validation pictures in a map of the training pictures, kept in a file."""
    localizer = sift_localizer(source.scene, kept_map(source.scene, file, progress))
    pictures = judged_pictures(source, 'validation')
    errors, seconds = np.full((len(pictures), 6), np.inf), []
    for number in progress(range(len(pictures)), 'SIFT and PnP'):
        rgb = pictures.picture(number)
        begun = time.perf_counter()
        T_map_camera = localizer(source.validation[number], rgb)
        seconds.append(time.perf_counter() - begun)
        if T_map_camera is not None:
            errors[number] = pose_error(T_map_camera[None], pictures.T_map_camera[number][None])[0]
    return Sift(errors, file.stat().st_size / 1e6, 1e3 * float(np.median(seconds)))


def query_ms(source: PictureSource, model_file: Path) -> dict[str, float]:
    """Median times of a query, a crop at hand, interleaved: the model file's, a classifier's with
    a look-up, and one forward pass of plain GoogLeNet PoseNet (`plain_googlenet`).

    A look-up's own share, products of one feature with all, is counted by the pictures that the
    scene trains on.
    """
    pictures = judged_pictures(source, 'validation')
    regressor = load_model(model_file)
    # Torch's: numpy's threads go on spinning into the next method's time.
    features = torch.rand(len(source.train), CLASSIFIER_SIZE)

    def look_up(crop: Crop) -> None:
        (features @ torch.from_numpy(classifier_features([crop])[0])).argmax()

    crops = [pictures.seen(number) for number in evenly(range(len(pictures)), TIMED)]
    asked: dict[str, Callable[[Crop], object]] = {
        'ours': regressor.predict,
        'retrieval_frozen_nn': look_up,
        'plain_googlenet': plain_googlenet(),
    }
    return _medians(asked, crops)


def plain_googlenet() -> Callable[[Crop], object]:
    """The paper's network as our export would write it; untaught, which takes as long."""
    mean_image = torch.full((INPUT_SIZE, INPUT_SIZE, 3), 120.0)
    statistics = SceneStatistics(mean_image, 60.0, torch.zeros(3), 1.0)
    network = PoseNet(NetworkOptions('googlenet'), statistics)
    network.to(memory_format=torch.channels_last).eval()
    exported = ExportedPoseNet(network, LearnedClaim(network.deviations)).eval()
    with torch.no_grad():
        example = torch.zeros(1, INPUT_SIZE, INPUT_SIZE, 3, dtype=torch.uint8)
        traced = torch.jit.freeze(torch.jit.trace(exported, example, check_trace=False))

    def answer(crop: Crop) -> object:
        with torch.inference_mode():
            return traced(torch.from_numpy(crop[None]))

    return answer


def _medians(
    asked: dict[str, Callable[[Crop], object]], crops: Sequence[Crop]
) -> dict[str, float]:
    for _ in range(WARM_UP_RUNS):
        for ask in asked.values():
            ask(crops[0])
    seconds: dict[str, list[float]] = {method: [] for method in asked}
    for crop in crops:
        for method, ask in asked.items():
            begun = time.perf_counter()
            ask(crop)
            seconds[method].append(time.perf_counter() - begun)
    return {method: 1e3 * float(np.median(values)) for method, values in seconds.items()}
