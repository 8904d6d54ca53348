# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Decisions on episodes made by hand, whose outcome is known, and the figures of them."""

from dataclasses import replace

import numpy as np
import pytest
from watched_samples import EYE, HERE, THERE, planar, replayed, watched

from benchmarks.trust.judging import (
    count_upper_bound,
    driving_figures,
    false_alarms,
    foreign_figures,
    frame_figures,
    handover_figures,
    kidnap_figures,
    poster_figures,
    share_upper_bound,
    symmetric_figures,
)
from benchmarks.trust.looking import seen
from benchmarks.trust.replay import is_wrong, recovery_s
from posenet_ros.rules import Rules
from posenet_ros.states import State
from simulation.episodes import Spoilt

# A metre off is a place that sends a robot astray.
ASTRAY = planar(3.0, 3.0, 30.0)
NEEDED = Rules().agreeing


def test_a_right_network_hands_over_once():
    result = replayed(watched([HERE] * 20, [HERE] * 20))
    assert np.flatnonzero(result.told).tolist() == [NEEDED - 1]
    assert not is_wrong(result.handed_over).any()
    np.testing.assert_allclose(result.handed_over, 0.0, atol=1e-3)
    figures = handover_figures([result])
    assert figures['handovers'] == 1
    assert figures['wrong_handovers'] == 0
    assert figures['offers'] == 21 - NEEDED
    assert figures['wrong_handover_upper95'] == pytest.approx(0.95)


def test_a_network_that_errs_alike_hands_over_what_is_wrong():
    result = replayed(watched([HERE] * 20, [ASTRAY] * 20))
    figures = handover_figures([result])
    assert (figures['wrong_handovers'], figures['handovers']) == (1, 1)
    assert figures['wrong_offers'] == figures['offers'] == 21 - NEEDED
    assert figures['handover_m_median'] == pytest.approx(1.0, abs=1e-3)


def test_a_kidnap_is_recovered_and_the_old_place_never_offered_after_it():
    places = [HERE] * 30 + [THERE] * 30
    result = replayed(watched(places, places), kidnapped_at=30)
    # Frames at 10 Hz that raise the suspicion, and as many that confirm it.
    assert 2 * NEEDED - 2 <= 10.0 * recovery_s(result) <= 2 * NEEDED + 2
    assert State.SUSPECT in result.states
    figures = kidnap_figures([result])
    assert figures['recovered_rate'] == 1.0
    assert figures['recovered_within_s_p95'] == recovery_s(result)
    assert handover_figures([result])['wrong_offers'] == 0


def test_a_kidnap_that_nobody_sees_is_not_recovered():
    blind = watched([HERE] * 30 + [THERE] * 30, [HERE] * 30 + [THERE] * 30, range(30, 60))
    result = replayed(blind, kidnapped_at=30)
    assert recovery_s(result) == np.inf
    figures = kidnap_figures([result])
    assert figures['recovered_rate'] == 0.0
    assert figures['recovered_within_s_p95'] is None
    assert figures['never_recovered'] == 1
    assert result.doubts[30] == ('prediction',)
    assert result.strain[30] == np.inf
    assert np.isnan(result.error[30]).all()


def test_a_network_that_is_astray_for_three_seconds_raises_a_false_alarm():
    quiet = replayed(watched([HERE] * 90, [HERE] * 90))
    alarmed = replayed(watched([HERE] * 90, [HERE] * 30 + [THERE] * 30 + [HERE] * 30))
    assert false_alarms(quiet) == 0
    # It believes the wrong place, and then the right one again: both times it gave a place up.
    assert false_alarms(alarmed) == 2
    figures = driving_figures([quiet, alarmed])
    assert figures['hours'] == pytest.approx(180 / 36000)
    assert figures['false_alarms_per_hour'] == pytest.approx(2 / figures['hours'])
    assert figures['suspicions_per_hour'] == pytest.approx(2 / figures['hours'])


def test_a_suspicion_that_is_dropped_is_no_alarm():
    result = replayed(watched([HERE] * 60, [HERE] * 30 + [THERE] * 7 + [HERE] * 23))
    assert State.SUSPECT in result.states
    assert false_alarms(result) == 0


def test_foreign_frames_count_while_a_place_is_on_offer():
    rng = np.random.default_rng(0)
    anywhere = [planar(*rng.uniform(2.0, 8.0, 2), rng.uniform(0.0, 360.0)) for _ in range(20)]
    scattered = replayed(watched([HERE] * 20, anywhere))
    alike = replayed(watched([HERE] * 20, [THERE] * 20))
    assert foreign_figures([scattered])['foreign_handovers'] == 0
    figures = foreign_figures([scattered, alike])
    assert figures['foreign_handovers'] == 21 - NEEDED
    assert figures['foreign_frames'] == 40


def test_refusals_and_coverage_are_those_of_good_frames():
    frames = watched([HERE] * 40, [HERE] * 40, blind=[3, 7])
    spoilt = frames.spoilt.copy()
    spoilt[7] = Spoilt.dark.value
    result = replayed(replace(frames, spoilt=spoilt))
    figures = frame_figures([result], [], (0.5, 0.9, 0.95))
    assert figures['good_frames'] == 39
    assert figures['good_frame_refusal_rate'] == pytest.approx(1 / 39)
    assert figures['coverage_50'] == figures['coverage_95_rotation'] == 1.0
    assert 'auroc_foreign' not in figures
    assert frame_figures([result], [result], (0.5,))['auroc_foreign'] == pytest.approx(
        0.5, abs=0.1
    )


def test_radii_are_those_of_the_calibration():
    frames = list(seen(EYE, watched([HERE] * 2, [ASTRAY] * 2)))
    np.testing.assert_allclose(frames[0].error, [1.0, 0.0], atol=1e-3)
    np.testing.assert_allclose(frames[0].radii[0], [0.1, 0.2, 0.3], rtol=1e-3)


def test_an_attempt_between_two_places_cannot_decide():
    back_and_forth = [HERE if i % 2 else THERE for i in range(60)]
    torn = replayed(watched([HERE] * 60, back_and_forth))
    sure = replayed(watched([HERE] * 60, [HERE] * 60))
    wrong = replayed(watched([HERE] * 60, [THERE] * 60))
    figures = symmetric_figures([sure, wrong])
    assert figures['symmetric_wrong_rate'] == 0.5
    assert figures['symmetric_cannot_decide_rate'] == 0.0
    assert not torn.told.any()
    assert poster_figures([sure, wrong, torn])['symmetric_poster_recovered_rate'] == 1 / 3


def test_bounds_are_exact():
    assert share_upper_bound(0, 500) == pytest.approx(1.0 - 0.05 ** (1 / 500))
    assert share_upper_bound(3, 3) == 1.0
    assert count_upper_bound(0) == pytest.approx(-np.log(0.05))
