# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The places that the node has models of, and the one that it sees."""

import math
from pathlib import Path

from sensor_msgs.msg import CompressedImage, Image

from posenet_ros.model_file import Regressor
from posenet_ros.model_spec import Camera
from posenet_ros.models import Models
from posenet_ros.refusal import Refusal, SceneRefusal
from posenet_ros.scene_choice import SceneChoice
from posenet_ros.sight import Seen, Sight


class Scenes:
    """Looks at each picture with the models that are needed: all, or the one that fits.

    The worker's thread sees; what was chosen may be asked for by any.
    """

    def __init__(self, models: Models, refuse_mismatch: bool, camera: Camera | None) -> None:
        self._models = models
        self._sights = {
            scene: Sight(model, refuse_mismatch) for scene, model in models.regressors.items()
        }
        self._choice = SceneChoice(tuple(self._sights))
        self.use(camera)

    @property
    def chosen(self) -> Regressor | None:
        """The model of the place that was chosen, None until then."""
        scene = self._choice.chosen
        return self._sights[scene].model if scene else None

    @property
    def file(self) -> Path:
        """The file of the chosen model, until then the folder of all."""
        scene = self._choice.chosen
        return (
            self._models.files[scene] if scene else next(iter(self._models.files.values())).parent
        )

    def use(self, camera: Camera | None) -> None:
        """Take the camera's intrinsics."""
        for sight in self._sights.values():
            sight.use(camera)

    def forget(self) -> None:
        """Know nothing of the pictures before."""
        for sight in self._sights.values():
            sight.forget()

    def see(self, message: Image | CompressedImage) -> Seen:
        """Look at a picture with the chosen model.

        Raises Refusal for a picture that cannot be used, or while no place is chosen.
        """
        seen: dict[str, Seen] = {}
        refused: dict[str, Refusal] = {}
        for scene in self._choice.wanted:
            try:
                seen[scene] = self._sights[scene].see(message)
            except Refusal as refusal:
                refused[scene] = refusal
        # What is dark to a model of bright places may show a dim one.
        if len(self._sights) > 1 and not all(look.blind for look in seen.values()):
            strains = {scene: look.strain for scene, look in seen.items()}
            self._choice.observe({**dict.fromkeys(refused, math.inf), **strains})
        chosen = self._choice.chosen
        if chosen in seen:
            return seen[chosen]
        if chosen in refused:
            raise refused[chosen]
        if not seen:
            raise next(iter(refused.values()))
        raise SceneRefusal(self._choice.sentence())
