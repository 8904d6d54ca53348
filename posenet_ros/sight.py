# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""One model's look at a picture: where it crops, what it answers, what speaks against that."""

import time
from dataclasses import dataclass
from functools import cached_property, lru_cache, partial

import numpy as np
from numpy.typing import NDArray
from sensor_msgs.msg import CompressedImage, Image

from posenet_ros.eye import look
from posenet_ros.framing import Framing, best_framing, matched_framing
from posenet_ros.gates import Doubt, doubts, strain
from posenet_ros.image_checks import Repeats, measured
from posenet_ros.model_file import Prediction, Regressor
from posenet_ros.model_spec import Camera
from posenet_ros.preprocess import CropWindow
from posenet_ros.reference import Looked

# Doubts about the picture itself: it does not show where it was taken.
SHOWS_NOTHING = frozenset({'dark', 'saturated', 'covered', 'noise', 'corrupt', 'frozen'})


@dataclass(frozen=True)
class Seen:
    """What a model makes of a picture.

    looked       what its training frames say of it
    inference_s  time that the network took, seconds
    repeats      how often in a row, before this time, the very same picture was seen
    note         what people should know about the crop, empty when all is well
    """

    model: Regressor
    crop: NDArray[np.uint8]
    prediction: Prediction
    looked: Looked
    inference_s: float
    repeats: int
    note: str

    @cached_property
    def doubts(self) -> tuple[Doubt, ...]:
        """What speaks against the answer; computed when asked for, the pose does not need it."""
        measures = measured(self.crop, self.repeats)
        spec = self.model.spec
        return doubts(self.prediction, self.looked, measures, spec.gates, spec.extent)

    @property
    def strain(self) -> float:
        """Novelty as a share of its limit."""
        return strain('novelty', self.looked.novelty, self.model.spec.gates.novelty)

    @property
    def blind(self) -> bool:
        """Whether the picture shows nothing, by this model's limits."""
        return any(doubt.kind in SHOWS_NOTHING for doubt in self.doubts)


class Sight:
    """A model behind the robot's camera."""

    def __init__(self, model: Regressor, refuse_mismatch: bool) -> None:
        self.model = model
        self._frame = matched_framing if refuse_mismatch else best_framing
        self._repeats = Repeats()
        self.use(None)

    def use(self, camera: Camera | None) -> None:
        """Take the camera's intrinsics."""
        # Not a method of its own: a cycle would keep the model when nobody needs it any more.
        framing = partial(self._frame, camera=camera, trained=self.model.spec.camera)
        self._framing = lru_cache(maxsize=8)(framing)

    def forget(self) -> None:
        """Know nothing of the pictures before."""
        self._repeats = Repeats()

    def see(self, message: Image | CompressedImage) -> Seen:
        """Look at a picture; raises Refusal for one that cannot be used."""
        framings: list[Framing] = []

        def window(width: int, height: int) -> CropWindow:
            framings.append(self._framing(width, height))
            return framings[0].window

        crop = look(message, window)
        began = time.monotonic()
        prediction = self.model.predict(crop)
        inference_s = time.monotonic() - began
        return Seen(
            model=self.model,
            crop=crop,
            prediction=prediction,
            looked=self.model.reference.look_up(prediction.feature),
            inference_s=inference_s,
            repeats=self._repeats.count(crop),
            note=framings[0].note,
        )
