# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Whether one frame can be believed: what is read of it against the limits of the model file.

No gate ever changes a pose: a frame passes, or it is doubted with a reason.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from math import isfinite
from typing import TYPE_CHECKING

import numpy as np

from posenet_ros.geometry import rotation_angle

if TYPE_CHECKING:  # These import model_spec.py, which keeps Gates.
    from posenet_ros.image_checks import Measures
    from posenet_ros.model_file import Prediction
    from posenet_ros.model_spec import Extent
    from posenet_ros.reference import Looked


@dataclass(frozen=True)
class Gates:
    """A limit for each reading: the largest that passes, the least for brightness and structure.

    false_refusal_rate    share of good frames that the limits were chosen to refuse
    strangeness, novelty  see Looked
    disagreement_m, _rad  between the network's pose and the one that was looked up
    apart_m, apart_rad    see Looked
    outside_m             distance of the network's position from the box of the training positions
    brightness ... repeats  see Measures

    Raises ValueError for a limit that is negative or not finite.
    """

    false_refusal_rate: float
    strangeness: float
    novelty: float
    disagreement_m: float
    disagreement_rad: float
    apart_m: float
    apart_rad: float
    outside_m: float
    brightness: float
    saturated: float
    structure: float
    grain: float
    flat: float
    repeats: float

    def __post_init__(self) -> None:
        for name, limit in asdict(self).items():
            if not (isfinite(limit) and limit >= 0.0):
                raise ValueError(f'the gate {name} has the limit {limit}: it must be 0 or more')


@dataclass(frozen=True)
class Doubt:
    """A reason not to act on a frame; `kind` groups doubts where they are counted."""

    kind: str
    sentence: str


@dataclass(frozen=True)
class _Gate:
    """How a reading is put: its kind, what it is, its unit, what is wrong beyond the limit."""

    kind: str
    subject: str
    unit: str
    meaning: str
    least: bool = False
    shown: float = 1.0


# In place of a divisor of 0.
_TINY = 1e-9
_DEGREES = float(np.degrees(1.0))
_GATES = {
    'strangeness': _Gate(
        'stranger',
        'its strangeness',
        '',
        'it shows another place by the odds',
    ),
    'novelty': _Gate(
        'novelty', 'its novelty', '', 'it does not look like the pictures of training'
    ),
    'disagreement_m': _Gate(
        'disagreement',
        'its position is away from the one looked up by',
        ' m',
        'the training pictures that look like it were taken elsewhere',
    ),
    'disagreement_rad': _Gate(
        'disagreement',
        'its rotation is away from the one looked up by',
        ' deg',
        'the training pictures that look like it were taken in another direction',
        shown=_DEGREES,
    ),
    'apart_m': _Gate(
        'ambiguity',
        'the training pictures most like it are apart by',
        ' m',
        'different places look alike',
    ),
    'apart_rad': _Gate(
        'ambiguity',
        'the training pictures most like it are turned apart by',
        ' deg',
        'different directions look alike',
        shown=_DEGREES,
    ),
    'outside_m': _Gate(
        'extent',
        'its position is outside the box of the training positions by',
        ' m',
        'nothing was learned there',
    ),
    'brightness': _Gate(
        'dark', 'its brightness', ' of 255', 'it is too dark to see the place', least=True
    ),
    'saturated': _Gate(
        'saturated', 'the share of it that is at full level', '', 'it is overexposed'
    ),
    'structure': _Gate(
        'covered',
        'its contrast',
        ' of 255',
        'the lens is covered or fogged, or the wall fills the view',
        least=True,
    ),
    'grain': _Gate('noise', 'its noise', ' of 255', 'the sensor or the transport is broken'),
    'flat': _Gate('corrupt', 'the share of its rows of one colour', '', 'a part of it is missing'),
    'repeats': _Gate(
        'frozen',
        'the number of equal pictures before it',
        '',
        'the camera sends new stamps with an old picture',
    ),
}


def readings(
    prediction: Prediction, looked: Looked, measures: Measures, extent: Extent
) -> dict[str, float]:
    """What the gates judge of a frame, by the names of their limits."""
    away = prediction.position - looked.position
    low, high = np.array(extent.minimum), np.array(extent.maximum)
    outside = np.maximum(np.maximum(low - prediction.position, prediction.position - high), 0.0)
    return {
        'strangeness': looked.strangeness,
        'novelty': looked.novelty,
        'disagreement_m': float(np.linalg.norm(away)),
        'disagreement_rad': float(rotation_angle(prediction.q_xyzw, looked.q_xyzw)),
        'apart_m': looked.apart_m,
        'apart_rad': looked.apart_rad,
        'outside_m': float(np.linalg.norm(outside)),
        **{name: float(value) for name, value in asdict(measures).items()},
    }


def strain(name: str, reading: float, limit: float) -> float:
    """How far a reading goes towards its limit: a gate doubts it from above 1."""
    if _GATES[name].least:
        reading, limit = limit, reading
    return reading / max(limit, _TINY)


def doubts(
    prediction: Prediction, looked: Looked, measures: Measures, gates: Gates, extent: Extent
) -> tuple[Doubt, ...]:
    """Every reason not to act on a frame; none for one that can be believed."""
    limits = asdict(gates)
    read = readings(prediction, looked, measures, extent)
    return tuple(
        _doubt(_GATES[name], reading, limits[name])
        for name, reading in read.items()
        if not strain(name, reading, limits[name]) <= 1.0
    )


def _doubt(gate: _Gate, reading: float, limit: float) -> Doubt:
    side = 'less' if gate.least else 'more'
    value, bound = (f'{gate.shown * number:.3g}{gate.unit}' for number in (reading, limit))
    verb = '' if gate.subject.endswith(' by') else ' is'
    return Doubt(gate.kind, f'{gate.subject}{verb} {value}, {side} than {bound}: {gate.meaning}')
