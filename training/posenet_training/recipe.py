# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""A recipe: all that decides a training besides its scene and its seed.

Every field of the YAML files in recipes/ is one of these; recipe_files.py reads them.
"""

import math
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, TypeAdapter

# What `auto` is where every view is new.
ROOM_VIEWS = 6000


@dataclass(frozen=True)
class NetworkOptions:
    """Which PoseNet.

    trunk              a name of trunks.py
    rotation           a head of rotation.py
    dropout            before the final regressors; auxiliary_dropout before GoogLeNet's others
    pretrained         begin with a classifier's weights (pretraining.py)
    normalisation      of pictures: by the scene's own mean image and pixel deviation (the
                       paper), or as the classifier saw its pictures
    batch_norm         statistics that follow the pictures, or those of the classifier
    """

    __pydantic_config__ = ConfigDict(extra='forbid')

    trunk: str = 'googlenet'
    rotation: str = 'quaternion'
    dropout: float = 0.5
    auxiliary_dropout: float = 0.7
    pretrained: bool = False
    normalisation: Literal['scene', 'classifier'] = 'scene'
    batch_norm: Literal['follows', 'frozen'] = 'follows'


@dataclass(frozen=True)
class WeightedByBeta:
    """||x_hat - x|| + beta ||q_hat - q||, the paper's equation 1.

    beta: metres that one unit of the rotation's chord weighs (the paper: 120 to 750 indoors, 250
    to 2000 outdoors), or `auto`: the running ratio of both errors, so that they weigh the same
    (section 3.1).
    """

    __pydantic_config__ = ConfigDict(extra='forbid')

    kind: Literal['beta'] = 'beta'
    beta: float | Literal['auto'] = 'auto'


@dataclass(frozen=True)
class LearnedWeights:
    """L_x exp(-s_x) + s_x + L_q exp(-s_q) + s_q with learned s (Kendall and Cipolla 2017)."""

    __pydantic_config__ = ConfigDict(extra='forbid')

    kind: Literal['learned'] = 'learned'
    s_x: float = 0.0
    s_q: float = -3.0


@dataclass(frozen=True)
class Loss:
    """What is made small.

    weights          how metres and rotations are weighed against each other
    terms            which of the two count: both, or one alone
    auxiliary        weight of GoogLeNet's auxiliary regressors (0.3 in the paper)
    reprojection     weight of the geometric loss (2017) from the share `reprojection_from` of the
                     run on, in place of the others; 0 is without; needs a scene with depth
    relative         weight of the relative poses of picture pairs, as MapNet does; 0 is without
    """

    __pydantic_config__ = ConfigDict(extra='forbid')

    weights: Annotated[WeightedByBeta | LearnedWeights, Field(discriminator='kind')]
    terms: Literal['both', 'position', 'orientation'] = 'both'
    auxiliary: float = 0.3
    reprojection: float = 0.0
    reprojection_from: float = 0.5
    relative: float = 0.0


@dataclass(frozen=True)
class Optimizer:
    """One of torch's: sgd with momentum, adagrad, adamw.  weight_decay leaves biases out."""

    __pydantic_config__ = ConfigDict(extra='forbid')

    kind: Literal['sgd', 'adagrad', 'adamw']
    rate: float
    momentum: float = 0.9
    weight_decay: float = 0.0


@dataclass(frozen=True)
class Steps:
    """The rate falls by `factor` every so many epochs."""

    __pydantic_config__ = ConfigDict(extra='forbid')

    every_epochs: float
    kind: Literal['steps'] = 'steps'
    factor: float = 0.1

    def share(self, progress: float, epoch: float) -> float:
        """Share of the peak rate."""
        return self.factor ** int(epoch / self.every_epochs)


@dataclass(frozen=True)
class Cosine:
    """The rate rises over the first share of the run and falls along a cosine to zero."""

    __pydantic_config__ = ConfigDict(extra='forbid')

    kind: Literal['cosine'] = 'cosine'
    warm_up: float = 0.03

    def share(self, progress: float, epoch: float) -> float:
        """Share of the peak rate."""
        if progress < self.warm_up:
            return 0.05 + 0.95 * progress / self.warm_up
        return 0.5 * (1.0 + math.cos(math.pi * (progress - self.warm_up) / (1.0 - self.warm_up)))


@dataclass(frozen=True)
class Views:
    """How a training picture differs from the picture that was taken.

    crop       the window: `centre` as on the robot, `near` it (6 % of its side), or `anywhere`
               in the picture (the paper)
    axis       a moved window looks along another axis: `kept` leaves the label as it is (the
               paper), `corrected` turns it with the window
    turn_deg   the camera turns by up to this about each axis, by homography, label included
    light      strength of changed light, colour, blur, noise and compression
    reuse      how often a rendered frame is shown; pictures on disk are shown once an epoch
    """

    __pydantic_config__ = ConfigDict(extra='forbid')

    crop: Literal['centre', 'near', 'anywhere'] = 'near'
    axis: Literal['kept', 'corrected'] = 'kept'
    turn_deg: float = 0.0
    light: float = 1.0
    reuse: int = 1


@dataclass(frozen=True)
class Coordinates:
    """The pose from points of the map that the picture's cells show (coordinates/).

    looks          at training pictures: as the robot sees them, then from elsewhere
    members        networks in the head, each of `width` units and `layers` residual layers
    left_out       of the members, so many do not see a stretch of the drive
    steps, cells   of the optimizer, and cells of each member in a step
    rate           of learning, at its peak
    turn_deg, zoom, light   how a look differs: turns about the camera's axes (twice as far about
                   the optical one), factor of the focal length, strength of changed light
    """

    __pydantic_config__ = ConfigDict(extra='forbid')

    looks: Annotated[int, Field(ge=1)] = 4500
    members: Annotated[int, Field(ge=1)] = 6
    left_out: Annotated[int, Field(ge=0)] = 2
    width: Annotated[int, Field(ge=1)] = 192
    layers: Annotated[int, Field(ge=0)] = 2
    steps: Annotated[int, Field(ge=40)] = 1000
    cells: Annotated[int, Field(ge=1)] = 1024
    rate: Annotated[float, Field(gt=0.0)] = 2e-3
    turn_deg: Annotated[float, Field(ge=0.0)] = 10.0
    zoom: Annotated[float, Field(ge=1.0)] = 1.3
    light: float = 0.5

    def __post_init__(self) -> None:
        if self.left_out >= self.members:
            raise ValueError(
                f'left_out is {self.left_out} of {self.members} members: somebody has to see each '
                'stretch, leave fewer out'
            )


@dataclass(frozen=True)
class Side:
    """Until this share of the run, the trunk looks at the crop with this many pixels a side."""

    __pydantic_config__ = ConfigDict(extra='forbid')

    until: float
    side: int


@dataclass(frozen=True)
class Recipe:
    """How a network is taught.

    steps, epochs     length of the run, one of the two; an epoch shows every picture once
    batch             pictures a step, on all processes together
    sides             the picture sizes along the run
    averaging         decay of the running average of the weights, which is what is judged and
                      exported; 0 is none
    clip              largest norm of the gradient; 0 is without
    validate_every    steps
    patience          validations without a better one before the run ends early; 0 is never
    cached_features   the trunk stays as it is and looks at so many views of every picture once;
                      only the head learns, from the features; 0 is without
    uncertainty_views the finished network looks at so many samples more to learn its uncertainty
                      (spread.py); `auto`: two of every picture, 6000 of a simulated room; 0: it
                      claims the same of every picture
    coordinates       answer by the points that the picture's cells show; none: by regression
    """

    __pydantic_config__ = ConfigDict(extra='forbid')

    meaning: str
    network: NetworkOptions
    loss: Loss
    optimizer: Optimizer
    schedule: Annotated[Steps | Cosine, Field(discriminator='kind')]
    batch: int
    steps: int | None = None
    epochs: float | None = None
    views: Views = Views()
    sides: tuple[Side, ...] = (Side(1.0, 224),)
    averaging: float = 0.98
    clip: float = 5.0
    validate_every: int = 250
    patience: int = 0
    cached_features: int = 0
    uncertainty_views: Annotated[int, Field(ge=0)] | Literal['auto'] = 'auto'
    coordinates: Coordinates | None = None

    def __post_init__(self) -> None:
        if (self.steps is None) == (self.epochs is None):
            raise ValueError('give the length of the run in steps or in epochs, one of the two')

    def total_steps(self, pictures: int) -> int:
        """Optimizer steps of the whole run on a scene of so many pictures."""
        if self.steps is not None:
            return self.steps
        assert self.epochs is not None
        return max(math.ceil(self.epochs * pictures / self.batch), 1)

    def views_for_uncertainty(self, pictures: int | None) -> int:
        """Samples to learn the uncertainty from; so many pictures make an epoch, if any do."""
        if self.uncertainty_views != 'auto':
            return self.uncertainty_views
        return ROOM_VIEWS if pictures is None else 2 * pictures

    def side(self, progress: float) -> int:
        """Side in pixels at this share of the run."""
        sides = (stage.side for stage in self.sides if progress < stage.until)
        return next(sides, self.sides[-1].side)

    @staticmethod
    def from_dict(values: dict[str, Any]) -> 'Recipe':
        """Make a recipe of plain values; pydantic.ValidationError says what is wrong."""
        return _RECIPE.validate_python(values)


_RECIPE = TypeAdapter(Recipe)
