# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Options of a training run, and the presets that carry names."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class NetworkOptions:
    """Which PoseNet: names of trunk and rotation head, dropout before the final regressors."""

    trunk: str = 'googlenet'
    rotation: str = 'quaternion'
    dropout: float = 0.5
    auxiliary_dropout: float = 0.7


@dataclass(frozen=True)
class Stage:
    """Until this share of the run, the trunk looks at the crop with this many pixels a side."""

    until: float
    side: int


@dataclass(frozen=True)
class TrainOptions:
    """All that decides a run besides its scene.

    steps          optimizer steps of the whole run
    batch          frames a step
    learning_rate  its peak; it rises over the first 3 % and falls along a cosine to zero
    beta           weight of the rotation's chord against metres (losses.py)
    reuse          how often a rendered frame is shown, each time with other light and noise
    augmentation   strength of light, colour, blur and noise beyond the frames' own (augment.py)
    ema_decay      of the running average of the weights, which is what is judged and exported; a
                   slower one lags behind its own batch norms while the rate is high
    """

    network: NetworkOptions
    steps: int
    batch: int
    learning_rate: float
    beta: float
    stages: tuple[Stage, ...] = (Stage(1.0, 224),)
    weight_decay: float = 0.01
    reuse: int = 1
    augmentation: float = 1.0
    ema_decay: float = 0.98
    validate_every: int = 500
    seed: int = 1

    def side(self, progress: float) -> int:
        """Side in pixels at this share of the run."""
        sides = (stage.side for stage in self.stages if progress < stage.until)
        return next(sides, self.stages[-1].side)

    @staticmethod
    def from_dict(values: dict[str, Any]) -> 'TrainOptions':
        """Rebuild options from `dataclasses.asdict`, as stored in a checkpoint."""
        network = NetworkOptions(**values['network'])
        stages = tuple(Stage(**stage) for stage in values['stages'])
        return TrainOptions(**{**values, 'network': network, 'stages': stages})


@dataclass(frozen=True)
class Preset:
    """A named set of options with a sentence for people."""

    meaning: str
    options: TrainOptions = field()


PRESETS = {
    'mobilenet': Preset(
        'MobileNetV3-small on 112 pixels, 6-D rotation; about an hour on two cores',
        TrainOptions(
            NetworkOptions('mobilenet_v3_small', 'six_d', dropout=0.0),
            steps=12000,
            batch=32,
            learning_rate=2e-3,
            beta=10.0,
            stages=(Stage(1.0, 112),),
            reuse=4,
            augmentation=0.3,
        ),
    ),
    'googlenet': Preset(
        "the paper's network with a 6-D rotation head; hours on two cores",
        TrainOptions(
            NetworkOptions('googlenet', 'six_d', dropout=0.0, auxiliary_dropout=0.3),
            steps=9000,
            batch=32,
            learning_rate=1e-3,
            beta=6.0,
            stages=(Stage(0.3, 80), Stage(1.0, 112)),
            reuse=2,
            augmentation=0.3,
            validate_every=250,
        ),
    ),
    'lite0': Preset(
        'EfficientNet-Lite0 from ImageNet on 112 pixels, 6-D rotation; two hours on two cores',
        TrainOptions(
            NetworkOptions('efficientnet_lite0', 'six_d', dropout=0.0),
            steps=5000,
            batch=32,
            learning_rate=1e-3,
            beta=3.0,
            stages=(Stage(1.0, 112),),
            reuse=2,
            augmentation=0.3,
            validate_every=250,
        ),
    ),
    'pictures': Preset(
        'EfficientNet-Lite0 from ImageNet, quaternion; for a folder of real pictures',
        TrainOptions(
            NetworkOptions('efficientnet_lite0', 'quaternion', dropout=0.3),
            steps=1000,
            batch=32,
            learning_rate=5e-4,
            beta=3.0,
            stages=(Stage(1.0, 128),),
            validate_every=250,
        ),
    ),
}
