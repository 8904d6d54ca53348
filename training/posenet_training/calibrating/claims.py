# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What a network says of pictures whose poses are known, with what it claims about its errors."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from posenet_ros.gates import readings
from posenet_ros.geometry import Array, pose_error, transform
from posenet_ros.image_checks import Measures, measured
from posenet_ros.model_file import Prediction
from posenet_ros.model_spec import Extent
from posenet_ros.reference import Looked, Reference
from posenet_ros.uncertainty import contradiction
from posenet_training.evaluation.judged_pictures import JudgedPictures
from posenet_training.evaluation.predictors import Answers
from posenet_training.sequences import Progress

# Crops [B, 224, 224, 3] -> position, q_xyzw, covariance, feature, as a model file's graph.
Answering = Callable[[Tensor], Sequence[Tensor]]
BATCH = 32


@dataclass(frozen=True)
class Claims:
    """N pictures of a split, as a network sees them."""

    pictures: JudgedPictures
    predictions: tuple[Prediction, ...]
    measures: tuple[Measures, ...]

    @property
    def T_hat(self) -> Array:
        """Answered poses T_map_camera [N, 4, 4]."""
        return np.stack([transform(p.position, p.q_xyzw) for p in self.predictions])

    @property
    def features(self) -> NDArray[np.float32]:
        """[N, F]."""
        return np.stack([p.feature for p in self.predictions]).astype(np.float32)

    @property
    def covariances(self) -> Array:
        """As claimed, [N, 6, 6]."""
        return np.stack([p.covariance for p in self.predictions])

    @property
    def errors(self) -> Array:
        """Error 6-vectors [N, 6] (posenet_ros.geometry)."""
        return pose_error(self.T_hat, self.pictures.T_map_camera)

    @property
    def answers(self) -> Answers:
        """Poses and features, as those who judge take them."""
        return Answers(self.T_hat, self.features)

    def looked_up(self, reference: Reference) -> list[Looked]:
        """What the training frames say of each picture."""
        return [reference.look_up(prediction.feature) for prediction in self.predictions]

    def contradictions(self, looked_up: Sequence[Looked]) -> Array:
        """[N, 6], what would be the errors if the looked-up poses were true."""
        return np.stack(list(map(contradiction, self.predictions, looked_up)))

    def readings(self, looked_up: Sequence[Looked], extent: Extent) -> list[dict[str, float]]:
        """What the gates judge of each picture."""
        return [
            readings(prediction, looked, measures, extent)
            for prediction, looked, measures in zip(
                self.predictions, looked_up, self.measures, strict=True
            )
        ]


def claims_of(answer: Answering, pictures: JudgedPictures, progress: Progress) -> Claims:
    """Ask a network about all pictures, of which a few are in memory at once."""
    predictions: list[Prediction] = []
    measures: list[Measures] = []
    for numbers in progress(pictures.batches(BATCH), f'looking at {pictures.split} pictures'):
        crops = [pictures.seen(number) for number in numbers]
        with torch.inference_mode():
            outputs = answer(torch.from_numpy(np.stack(crops)))
        rows = zip(*(output.cpu().double().numpy() for output in outputs), strict=True)
        predictions += [Prediction(*row) for row in rows]
        measures += map(measured, crops)
    return Claims(pictures, tuple(predictions), tuple(measures))


def features_of(answer: Answering, crops: Iterable[NDArray[np.uint8]]) -> NDArray[np.float32]:
    """Features [N, F] of crops [224, 224, 3], of which a few are in memory at once."""
    features, rest = [], iter(crops)
    while batch := list(islice(rest, BATCH)):
        with torch.inference_mode():
            *_, feature = answer(torch.from_numpy(np.stack(batch)))
        features.append(feature.cpu().float().numpy())
    return np.concatenate(features)
