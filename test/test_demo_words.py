# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What the demo says at its end."""

import pytest

from simulation.demo.score import Summary
from simulation.demo.words import in_words


@pytest.mark.parametrize(
    ('recovery_s', 'words'),
    [
        ((0.1, 0.25, 0.3), '3 kidnaps, 3 recovered from: the first pose from which all'),
        ((0.1, None, 0.3), 'came 0.10 to 0.30 s after the jump'),
        ((0.1, None, 0.3), '3 kidnaps, 2 recovered from: '),
        ((None, None, None), '3 kidnaps, 0 recovered from\n'),
    ],
)
def test_recoveries(recovery_s: tuple[float | None, ...], words: str) -> None:
    summary = Summary(0.13, 1.44, 0.3, 4.0, {}, 24.0, 40.0, 898, 2, 3, recovery_s, 14.9)
    assert words in in_words(summary)
    assert '898 pictures, 2 dropped, 14.9 poses a second' in in_words(summary)
