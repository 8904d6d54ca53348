# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""PoseNet: pictures in, camera poses out (Kendall, Grimes, Cipolla, ICCV 2015).

A classifier's trunk, a 2048-wide localization feature, and affine regressors of position and
rotation; GoogLeNet carries two auxiliary regressors, in training only (section 3.1).  A layer
that learns after all others (spread.py) says beside each pose how far off it may be.
"""

from dataclasses import dataclass
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn
from torch.nn.functional import interpolate

from posenet_ros.preprocess import INPUT_SIZE
from posenet_training.coordinates.network import CoordinatePart
from posenet_training.recipe import NetworkOptions
from posenet_training.rotation import make_rotation_head
from posenet_training.trunks import Trunk, make_trunk, trunk_kind

FEATURE_SIZE = 2048
AUXILIARY_SIZE = 1024
DEVIATIONS = 6


@dataclass(frozen=True)
class SceneStatistics:
    """What the network knows of a scene before it learns.

    mean_image [224, 224, 3] RGB 0..255, pixel_scale its standard deviation; centre [3] m and
    scale (m) of the training positions: positions are regressed in units of that extent.
    """

    mean_image: Tensor
    pixel_scale: float
    centre: Tensor
    scale: float


class RawPose(NamedTuple):
    """One regressor's answer: position [B, 3] m in the map and raw rotation [B, head.size]."""

    position: Tensor
    rotation: Tensor


class Pose(NamedTuple):
    """The answer at test time: position [B, 3] m, unit q_xyzw [B, 4], feature [B, 2048].

    covariance: [B, 6, 6] where points of the map answered (coordinates/), else none.
    """

    position: Tensor
    q_xyzw: Tensor
    feature: Tensor
    covariance: Tensor | None = None


class Regressor(nn.Module):
    """Affine regressors of position and rotation from one feature."""

    def __init__(self, features: int, rotation_size: int) -> None:
        super().__init__()
        self.position = nn.Linear(features, 3)
        self.rotation = nn.Linear(features, rotation_size)

    def forward(self, feature: Tensor) -> tuple[Tensor, Tensor]:
        return self.position(feature), self.rotation(feature)


class AuxiliaryRegressor(nn.Module):
    """GoogLeNet's auxiliary classifier with its softmax replaced by the pose regressors."""

    def __init__(self, channels: int, rotation_size: int, dropout: float) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.AdaptiveAvgPool2d(4),
            nn.Conv2d(channels, 128, kernel_size=1),
            nn.ReLU(),
            nn.Flatten(),
            nn.Linear(128 * 4 * 4, AUXILIARY_SIZE),
            nn.ReLU(),
            nn.Dropout(dropout),
        )
        self.regressor = Regressor(AUXILIARY_SIZE, rotation_size)

    def forward(self, maps: Tensor) -> tuple[Tensor, Tensor]:
        position, rotation = self.regressor(self.layers(maps))
        return position, rotation


class PoseNet(nn.Module):
    """The network with its scene: takes the crops as they are, uint8 RGB [B, 224, 224, 3].

    `side` is the side in pixels at which the trunk looks at the 224 crop: training starts low,
    where pictures are cheap.  The trunk's weights are random unless one is given.

    `deviations` reads from the feature the log deviations [B, 6] of the pose's error 6-vector
    (posenet_ros.geometry) with both halves turned along the camera's optical axes by
    R_map_camera^T, metres and radians.  It has no part in the pose and no gradient in its
    training, and is zero until spread.py fits it.

    `coordinates` answers in the regressor's place once it has learned to (coordinates/).
    """

    coordinates: CoordinatePart | None

    mean_image: Tensor
    pixel_scale: Tensor
    centre: Tensor
    scale: Tensor

    def __init__(
        self, options: NetworkOptions, statistics: SceneStatistics, trunk: Trunk | None = None
    ) -> None:
        super().__init__()
        self.options = options
        self.side = INPUT_SIZE
        self.head = make_rotation_head(options.rotation)
        self.trunk = trunk or make_trunk(options.trunk)
        self.feature = nn.Linear(self.trunk.channels, FEATURE_SIZE)
        self.dropout = nn.Dropout(options.dropout)
        self.regressor = Regressor(FEATURE_SIZE, self.head.size)
        self.auxiliaries = nn.ModuleList(
            AuxiliaryRegressor(channels, self.head.size, options.auxiliary_dropout)
            for channels in self.trunk.tap_channels
        )
        mean_image, pixel_scale = _normalisation(options, statistics)
        self.register_buffer('mean_image', mean_image)
        self.register_buffer('pixel_scale', torch.tensor(pixel_scale))
        self.register_buffer('centre', statistics.centre.float())
        self.register_buffer('scale', torch.tensor(statistics.scale))
        # Last, so that all that is random above is as it was without.
        self.deviations = nn.Linear(FEATURE_SIZE, DEVIATIONS).requires_grad_(False)
        nn.init.zeros_(self.deviations.weight)
        nn.init.zeros_(self.deviations.bias)
        self.register_load_state_dict_pre_hook(_add_deviations)
        self.coordinates = None
        # Frozen batch norms are so from the beginning.
        self.train()

    def normalise(self, images: Tensor) -> Tensor:
        """Turn crops [B, 224, 224, 3] 0..255 into the trunk's pictures [B, 3, side, side]."""
        pictures = images.permute(0, 3, 1, 2)
        # Several times faster on uint8, which only the CPU resamples: not in the robot's file.
        if not (self.training and pictures.device.type == 'cpu'):
            pictures = pictures.float()
        pictures = self._resample(pictures).float()
        mean_image = self._resample(self.mean_image.permute(2, 0, 1)[None])
        pictures = (pictures - mean_image) / self.pixel_scale
        return pictures.contiguous(memory_format=torch.channels_last)

    def _resample(self, pictures: Tensor) -> Tensor:
        if self.side == INPUT_SIZE:
            return pictures
        return interpolate(pictures, (self.side, self.side), mode='bilinear', antialias=True)

    def pooled(self, pictures: Tensor) -> tuple[Tensor, list[Tensor]]:
        """What the trunk says of normalised pictures: [B, channels] over all places, its taps."""
        maps, taps = self.trunk(self._as_weights(pictures))
        return maps.float().mean(dim=(2, 3)), taps

    def _as_weights(self, pictures: Tensor) -> Tensor:
        """In the precision of the trunk's weights, which a robot may halve."""
        return pictures.type_as(next(self.trunk.parameters()))

    def answer(self, pooled: Tensor) -> tuple[RawPose, Tensor]:
        """The final regressor's answer and the localization feature [B, 2048]."""
        feature = self.localization_feature(pooled)
        return self.from_feature(self.dropout(feature)), feature

    def localization_feature(self, pooled: Tensor) -> Tensor:
        """The feature [B, 2048] of what the trunk said of pictures."""
        return torch.relu(self.feature(pooled))

    def from_feature(self, feature: Tensor) -> RawPose:
        """The final regressor's answer from localization features [B, 2048]."""
        return self._in_map(*self.regressor(feature))

    def regress(self, images: Tensor) -> list[RawPose]:
        """Answers of the final regressor and, in training, of the auxiliary ones after it."""
        pooled, taps = self.pooled(self.normalise(images))
        answers = [self.answer(pooled)[0]]
        if self.training:
            for auxiliary, tap in zip(self.auxiliaries, taps, strict=True):
                answers.append(self._in_map(*auxiliary(tap)))
        return answers

    def forward(self, images: Tensor) -> Pose:
        """Poses T_map_camera (optical axes) of uint8 RGB crops [B, 224, 224, 3]."""
        pictures = self.normalise(images)
        if self.coordinates is None:
            return self.pose(self.pooled(pictures)[0])
        maps, cells = self.trunk.cells(self._as_weights(pictures))
        feature = self.localization_feature(maps.float().mean(dim=(2, 3)))
        located = self.coordinates(cells.float())
        return Pose(located.position, located.q_xyzw, feature, located.covariance)

    def pose(self, pooled: Tensor) -> Pose:
        """Poses of what the trunk said of pictures."""
        answer, feature = self.answer(pooled)
        return Pose(answer.position, self.head.quaternion(answer.rotation), feature)

    def train(self, mode: bool = True) -> 'PoseNet':
        """Switch to training; the trunk's batch norms stay as they are where they are frozen."""
        super().train(mode)
        if self.options.batch_norm == 'frozen':
            for layer in self.trunk.modules():
                if isinstance(layer, nn.BatchNorm2d):
                    layer.eval()
        return self

    def _in_map(self, position: Tensor, rotation: Tensor) -> RawPose:
        return RawPose(self.centre + self.scale * position, rotation)


def _add_deviations(network: PoseNet, state: dict[str, Any], prefix: str, *_: Any) -> None:
    """Networks of checkpoints from before this layer have not learned it."""
    for name, value in network.deviations.state_dict().items():
        state.setdefault(f'{prefix}deviations.{name}', value)


def _normalisation(options: NetworkOptions, statistics: SceneStatistics) -> tuple[Tensor, float]:
    if options.normalisation == 'scene':
        return statistics.mean_image.float(), statistics.pixel_scale
    pixels = trunk_kind(options.trunk).pixels
    return torch.tensor(pixels.mean).expand(INPUT_SIZE, INPUT_SIZE, 3).clone(), pixels.scale
