# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The sentence that begins a report."""

import pytest

from posenet_training.evaluation.verdict import verdict


def medians(metres, degrees):
    return {'median_position_m': metres, 'median_angle_deg': degrees}


@pytest.mark.parametrize(
    ('mine', 'words'),
    [
        ((0.1, 2.0), 'better in position and better in angle'),
        ((0.1, 6.0), 'better in position and no better in angle'),
        # The best of each kind, from different look-ups.
        ((0.14, 4.6), 'no better in position and better in angle'),
        ((0.2, 9.0), 'no better in position and no better in angle'),
    ],
)
def test_a_network_stands_beside_the_best_look_up(mine, words):
    report = {
        **medians(*mine),
        'scene': 'kitchen',
        'frames': 100,
        'classifier_nearest': medians(0.135, 5.9),
        'classifier_5_interpolated': medians(0.14, 4.7),
        'mean_training_pose': medians(0.001, 0.001),
    }
    said = verdict(report)
    assert said.startswith('kitchen: half of 100 pictures are placed within ')
    assert 'comes within 0.135 m and 4.70 deg, ' in said
    assert said.endswith(words)


def test_alone_it_says_its_medians():
    said = verdict({**medians(0.1, 2.0), 'scene': 'kitchen', 'frames': 100})
    assert said == 'kitchen: half of 100 pictures are placed within 0.100 m and 2.00 deg'
