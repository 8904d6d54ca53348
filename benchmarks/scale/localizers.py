# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""From a picture to a pose: our model, looking up, SIFT with a map; all from an asset's files."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from benchmarks.scale.assets import Asset
from benchmarks.scale.matching import Matcher, Rows, by_product
from posenet_ros.engine_choice import EngineWish
from posenet_ros.geometry import Array, transform
from posenet_ros.model_file import load_model, quiet_torchscript
from posenet_ros.model_spec import Camera
from posenet_ros.scene import read_scene
from posenet_training.baselines.classifier import (
    Features,
    classifier_pixels,
    classifier_view,
    frozen_trunk,
)
from posenet_training.baselines.sift.features import detect
from posenet_training.baselines.sift.localization import RETRIEVED, pose_of
from posenet_training.baselines.sift.sift_map import SiftMap
from posenet_training.data.pictures import centre_crop

Picture = NDArray[np.uint8]
Localizer = Callable[[Picture], Array | None]


def ours(asset: Asset, engine: str) -> Localizer:
    """The model file in an engine."""
    regressor = load_model(asset.model, wish=EngineWish(engine))

    def ask(rgb: Picture) -> Array | None:
        answer = regressor.predict(centre_crop(rgb))
        return transform(answer.position, answer.q_xyzw)

    return ask


def looking_up(asset: Asset) -> Localizer:
    """The pose of the map's picture that looks most alike to a classifier."""
    sift_map = SiftMap.load(asset.sift_map)
    standard, poses = sift_map.standard, sift_map.T_map_camera
    features = torch.from_numpy(sift_map.features).float()
    del sift_map

    def ask(rgb: Picture) -> Array | None:
        feature = torch.from_numpy(standard.unit(look(rgb)))
        return np.asarray(poses[int((features @ feature).argmax())])

    return ask


@dataclass(frozen=True)
class Landmarks:
    """A SIFT map in memory, and the camera that took its pictures."""

    sift_map: SiftMap
    camera: Camera

    @staticmethod
    def of(asset: Asset) -> 'Landmarks':
        """Of an asset's files."""
        return Landmarks(SiftMap.load(asset.sift_map), camera_of(asset))


def sift(landmarks: Landmarks, matcher: Matcher) -> Localizer:
    """At most 2000 keypoints, the points of the 20 pictures most alike, PnP with RANSAC."""
    sift_map = landmarks.sift_map
    features = torch.from_numpy(sift_map.features).float()

    def points_of_most_alike(rgb: Picture) -> Rows:
        feature = torch.from_numpy(sift_map.standard.unit(look(rgb)))
        likest = (features @ feature).topk(min(RETRIEVED, len(features))).indices
        return sift_map.seen_in(likest.numpy())

    return _sift(landmarks, matcher, points_of_most_alike)


def exhaustive(landmarks: Landmarks) -> Localizer:
    """The same with all points of the map, exactly."""
    everything = np.arange(len(landmarks.sift_map.points))
    return _sift(landmarks, by_product, lambda _: everything)


def _sift(landmarks: Landmarks, matcher: Matcher, choose: Callable[[Picture], Rows]) -> Localizer:
    sift_map = landmarks.sift_map

    def ask(rgb: Picture) -> Array | None:
        keypoints = detect(rgb, landmarks.camera)
        if len(keypoints.points) < 2:
            return None
        points, rows = matcher(sift_map, choose(rgb), keypoints.descriptors)
        answer = pose_of(keypoints.points[rows], sift_map.points[points])
        return answer.T_map_camera if answer else None

    return ask


def camera_of(asset: Asset) -> Camera:
    """The one camera of its scene."""
    return next(iter(read_scene(asset.scene).cameras.values()))


def look(rgb: Picture) -> Features:
    """What the classifier says of a picture, [F]."""
    with torch.inference_mode():
        maps: Any = _traced()(classifier_pixels(classifier_view(rgb)[None]))
    return np.asarray(maps[0].mean(dim=(1, 2)).numpy())


@cache
def _traced() -> Any:
    """The classifier, as quick as ours: frozen TorchScript in channels-last."""
    trunk = frozen_trunk().to(memory_format=torch.channels_last)

    class Maps(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.trunk = trunk

        def forward(self, pictures: torch.Tensor) -> torch.Tensor:
            return trunk(pictures)[0]

    with torch.no_grad(), quiet_torchscript():
        example = classifier_pixels(np.zeros((1, 224, 224, 3), np.uint8))
        example = example.contiguous(memory_format=torch.channels_last)
        return torch.jit.freeze(torch.jit.trace(Maps().eval(), example, check_trace=False))
