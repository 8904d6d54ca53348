# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What a frame is doubted for, and what is said then."""

import json
from dataclasses import asdict, replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from posenet_ros.gates import Gates, doubts, readings, strain
from posenet_ros.image_checks import Measures
from posenet_ros.model_file import Prediction
from posenet_ros.model_spec import Extent
from posenet_ros.reference import Looked

GATES = Gates(
    false_refusal_rate=0.02,
    strangeness=0.5,
    novelty=0.1,
    disagreement_m=0.5,
    disagreement_rad=float(np.radians(10.0)),
    apart_m=2.0,
    apart_rad=float(np.radians(60.0)),
    outside_m=0.25,
    brightness=30.0,
    saturated=0.3,
    structure=10.0,
    grain=5.0,
    flat=0.2,
    repeats=2.0,
)
EXTENT = Extent((0.0, 0.0, 0.5), (8.0, 6.0, 1.5))
LOOKED = Looked(
    strangeness=0.01,
    novelty=0.03,
    position=np.array([3.0, 2.0, 1.0]),
    q_xyzw=np.array([0.0, 0.0, 0.0, 1.0]),
    apart_m=0.8,
    apart_rad=0.2,
)
MEASURES = Measures(brightness=120.0, saturated=0.01, structure=60.0, grain=1.0, flat=0.0)


def prediction(x: float = 3.0, degrees: float = 0.0) -> Prediction:
    return Prediction(
        position=np.array([x, 2.0, 1.0]),
        q_xyzw=Rotation.from_euler('z', degrees, degrees=True).as_quat(),
        covariance=np.eye(6),
        feature=np.zeros(4),
    )


def said(
    answer: Prediction | None = None, looked: Looked = LOOKED, measures: Measures = MEASURES
) -> list[tuple[str, str]]:
    found = doubts(answer or prediction(), looked, measures, GATES, EXTENT)
    return [(doubt.kind, doubt.sentence) for doubt in found]


def test_a_good_frame_is_not_doubted() -> None:
    assert said() == []
    assert said(prediction(3.4, -8.0)) == []


def test_the_retrieval_gates_say_value_limit_and_meaning() -> None:
    assert said(looked=replace(LOOKED, strangeness=7.0)) == [
        ('stranger', 'its strangeness is 7, more than 0.5: it shows another place by the odds')
    ]
    assert said(looked=replace(LOOKED, novelty=0.25)) == [
        (
            'novelty',
            'its novelty is 0.25, more than 0.1: it does not look like the pictures of training',
        )
    ]
    assert said(prediction(3.75, 20.0)) == [
        (
            'disagreement',
            'its position is away from the one looked up by 0.75 m, more than 0.5 m: the '
            'training pictures that look like it were taken elsewhere',
        ),
        (
            'disagreement',
            'its rotation is away from the one looked up by 20 deg, more than 10 deg: the '
            'training pictures that look like it were taken in another direction',
        ),
    ]
    assert said(looked=replace(LOOKED, apart_m=4.0, apart_rad=np.pi)) == [
        (
            'ambiguity',
            'the training pictures most like it are apart by 4 m, more than 2 m: different '
            'places look alike',
        ),
        (
            'ambiguity',
            'the training pictures most like it are turned apart by 180 deg, more than 60 deg: '
            'different directions look alike',
        ),
    ]


def test_the_extent_has_a_margin() -> None:
    beside = replace(LOOKED, position=np.array([8.2, 2.0, 1.0]))
    assert said(prediction(8.2), beside) == []
    assert said(prediction(8.5), beside) == [
        (
            'extent',
            'its position is outside the box of the training positions by 0.5 m, more than '
            '0.25 m: nothing was learned there',
        )
    ]


@pytest.mark.parametrize(
    ('change', 'kind', 'sentence'),
    [
        (
            {'brightness': 4.0},
            'dark',
            'its brightness is 4 of 255, less than 30 of 255: it is too dark to see the place',
        ),
        (
            {'saturated': 0.5},
            'saturated',
            'the share of it that is at full level is 0.5, more than 0.3: it is overexposed',
        ),
        (
            {'structure': 2.0},
            'covered',
            'its contrast is 2 of 255, less than 10 of 255: the lens is covered or fogged, or '
            'the wall fills the view',
        ),
        (
            {'grain': 20.0},
            'noise',
            'its noise is 20 of 255, more than 5 of 255: the sensor or the transport is broken',
        ),
        (
            {'flat': 0.5},
            'corrupt',
            'the share of its rows of one colour is 0.5, more than 0.2: a part of it is missing',
        ),
        (
            {'repeats': 3},
            'frozen',
            'the number of equal pictures before it is 3, more than 2: the camera sends new '
            'stamps with an old picture',
        ),
    ],
)
def test_the_picture_gates_say_value_limit_and_meaning(
    change: dict[str, float], kind: str, sentence: str
) -> None:
    assert said(measures=replace(MEASURES, **change)) == [(kind, sentence)]


def test_what_is_not_a_number_is_doubted() -> None:
    assert [kind for kind, _ in said(looked=replace(LOOKED, novelty=float('nan')))] == ['novelty']


def test_there_is_a_limit_for_every_reading() -> None:
    read = readings(prediction(), LOOKED, MEASURES, EXTENT)
    assert set(read) == set(asdict(GATES)) - {'false_refusal_rate'}


@given(name=st.sampled_from(sorted(set(asdict(GATES)) - {'false_refusal_rate'})))
def test_at_the_limit_a_reading_passes(name: str) -> None:
    limit = asdict(GATES)[name]
    assert strain(name, limit, limit) == 1.0
    worse = 0.99 if name in ('brightness', 'structure') else 1.01
    assert strain(name, worse * limit, limit) > 1.0


def test_a_limit_of_zero_passes_only_zero() -> None:
    assert strain('outside_m', 0.0, 0.0) == 0.0
    assert strain('outside_m', 0.001, 0.0) > 1.0


def test_gates_go_through_json() -> None:
    assert Gates(**json.loads(json.dumps(asdict(GATES)))) == GATES


@pytest.mark.parametrize('limit', [-1.0, float('nan'), float('inf')])
def test_a_limit_that_is_none_is_refused(limit: float) -> None:
    with pytest.raises(ValueError, match='the gate novelty has the limit'):
        replace(GATES, novelty=limit)
