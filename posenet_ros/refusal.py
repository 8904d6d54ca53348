# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What is said when a frame cannot be used."""

from typing import ClassVar


class Refusal(ValueError):
    """A frame that is not used; the message says what was seen and what to do.

    `kind` groups refusals where they are counted and throttled.
    """

    kind: ClassVar[str] = 'frame'


class StampRefusal(Refusal):
    """A frame whose stamp is missing or out of order."""

    kind = 'stamp'


class ImageRefusal(Refusal):
    """A picture that cannot be decoded."""

    kind = 'image'


class CameraRefusal(Refusal):
    """A camera that cannot show the network what it was trained with."""

    kind = 'camera'


class PredictionRefusal(Refusal):
    """A network's answer that is no pose."""

    kind = 'prediction'


class TransformRefusal(Refusal):
    """A transform that TF could not give at the stamp of the picture."""

    kind = 'transform'


class SceneRefusal(Refusal):
    """A frame that came before it was known which of several places it shows."""

    kind = 'scene'
