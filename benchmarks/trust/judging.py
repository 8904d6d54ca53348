# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""From replayed episodes to figures, kind by kind.

Bounds are exact: Clopper and Pearson's of a share, Garwood's of a Poisson rate, both one-sided.
"""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.stats import beta, chi2

from benchmarks.gates import auroc
from benchmarks.trust.replay import Replay, is_wrong, recovery_s
from posenet_ros.geometry import Array
from posenet_ros.states import State
from posenet_training.evaluation.intervals import correlation_length, share_interval
from simulation.episodes import FRAMES_PER_S

IN_TIME_S = 2.0
CONFIDENCE = 0.95
# Infinite strain is more than any other, whatever counts as a number.
LARGEST_STRAIN = 1e9
GROUPS = ('position', 'rotation')

Figures = dict[str, float | int | list[float] | None]
Replays = Sequence[Replay]


def kidnap_figures(kidnaps: Replays) -> Figures:
    """How often and how soon robots that were carried away know where they are."""
    times = np.array([recovery_s(kidnap) for kidnap in kidnaps])
    # Of a list with infinite times, only its own entries are percentiles.
    percentile = float(np.percentile(times, 95.0, method='higher'))
    return {
        'kidnaps': len(times),
        'recovered_rate': float(np.mean(times <= IN_TIME_S)),
        'recovered_within_s_median': _finite(float(np.percentile(times, 50.0, method='higher'))),
        'recovered_within_s_p95': _finite(percentile),
        'never_recovered': int(np.isinf(times).sum()),
    }


def handover_figures(replays: Replays) -> Figures:
    """How many places were handed over, and how many of them would send a robot astray."""
    told = np.concatenate([replay.handed_over for replay in replays])
    offered = np.concatenate([replay.offered for replay in replays])
    offered = offered[~np.isnan(offered[:, 0])]
    wrong = int(is_wrong(told).sum())
    return {
        'wrong_handovers': wrong,
        'handovers': len(told),
        'wrong_handover_upper95': share_upper_bound(wrong, len(told)),
        'handover_m_median': _median(told[:, 0]),
        'handover_deg_median': _median(np.degrees(told[:, 1])),
        # At each of these moments ~/relocalize would have handed the place over.
        'offers': len(offered),
        'wrong_offers': int(is_wrong(offered).sum()),
    }


def driving_figures(drives: Replays) -> Figures:
    """How often a robot that nobody carried away is taken for one that was."""
    hours = sum(len(drive.states) for drive in drives) / (FRAMES_PER_S * 3600.0)
    alarms = sum(false_alarms(drive) for drive in drives)
    suspicions = sum(_entered(drive, State.SUSPECT) for drive in drives)
    localized = [state is State.LOCALIZED for drive in drives for state in drive.states]
    return {
        'hours': hours,
        'false_alarms': alarms,
        'false_alarms_per_hour': alarms / hours,
        'false_alarms_per_hour_upper95': count_upper_bound(alarms) / hours,
        'suspicions_per_hour': suspicions / hours,
        'localized_share': float(np.mean(localized)),
    }


def false_alarms(drive: Replay) -> int:
    """How often the robot's place was given up, or another handed over, after it was known."""
    known = next((i for i, s in enumerate(drive.states) if s is State.LOCALIZED), None)
    if known is None:
        return 0
    lost = sum(
        before is not State.SEARCHING and state is State.SEARCHING
        for before, state in zip(drive.states[known:], drive.states[known + 1 :], strict=False)
    )
    # What follows a place that was given up belongs to the same alarm.
    return max(lost, int(drive.told[known + 1 :].sum()))


def foreign_figures(drives: Replays) -> Figures:
    """What was handed over of places that the model does not know."""
    offered = np.concatenate([drive.offered for drive in drives])
    return {
        'foreign_handovers': int((~np.isnan(offered[:, 0])).sum()),
        'foreign_frames': len(offered),
        'foreign_drives': len(drives),
        'foreign_drives_handed_over': sum(bool(drive.told.any()) for drive in drives),
        'foreign_refusal_rate': float(np.mean(np.concatenate([d.doubted for d in drives]))),
    }


def frame_figures(replays: Replays, foreign: Replays, levels: Sequence[float]) -> Figures:
    """Of frames that nothing spoils: refused, told from foreign ones, held by their radii."""
    good = np.concatenate([replay.good for replay in replays])
    doubted = np.concatenate([replay.doubted for replay in replays])
    strain = np.concatenate([replay.strain for replay in replays])
    return {
        'good_frames': int(good.sum()),
        'good_frame_refusal_rate': float(doubted[good].mean()),
        **_told_apart(strain[good], foreign),
        **_coverage(replays, good, levels),
    }


def _told_apart(good_strain: Array, foreign: Replays) -> Figures:
    if not foreign:
        return {}
    foreign_strain = np.concatenate([drive.strain for drive in foreign])
    good, others = (np.minimum(s, LARGEST_STRAIN) for s in (good_strain, foreign_strain))
    return {'auroc_foreign': auroc(good, others)}


def _coverage(replays: Replays, good: NDArray[np.bool_], levels: Sequence[float]) -> Figures:
    """Shares held by the radii, position and rotation apart; of both the one farther off."""
    error = np.concatenate([replay.error for replay in replays])
    usable = good & ~np.isnan(error[:, 0])
    runs = np.repeat(np.arange(len(replays)), [len(replay.error) for replay in replays])[usable]
    inside = error[:, :, None] <= np.concatenate([replay.radii for replay in replays])
    block = 2 * correlation_length(np.log(error[usable, 0] + 1e-6), runs)
    figures: Figures = {}
    for column, level in enumerate(levels):
        key = f'coverage_{round(100 * level)}'
        held = inside[usable, :, column]
        shares = held.mean(axis=0)
        figures[key] = float(shares[np.abs(shares - level).argmax()])
        for group, name in enumerate(GROUPS):
            figures[f'{key}_{name}'] = float(shares[group])
            figures[f'{key}_{name}_interval'] = share_interval(held[:, group], runs, block)
    return figures


def symmetric_figures(attempts: Replays) -> Figures:
    """What is handed over where two poses look the same."""
    return {
        'symmetric_attempts': len(attempts),
        'symmetric_wrong_rate': _share(attempts, lambda a: bool(is_wrong(a.handed_over).any())),
        'symmetric_cannot_decide_rate': _share(
            attempts, lambda a: not a.told.any() and bool(a.undecided[-1])
        ),
    }


def poster_figures(attempts: Replays) -> Figures:
    """What is handed over in the same room where one poster tells the two poses apart."""
    return {
        'symmetric_poster_attempts': len(attempts),
        'symmetric_poster_wrong_rate': _share(
            attempts, lambda a: bool(is_wrong(a.handed_over).any())
        ),
        'symmetric_poster_recovered_rate': _share(
            attempts, lambda a: bool(a.told.any()) and not is_wrong(a.handed_over).any()
        ),
    }


def share_upper_bound(count: int, of: int) -> float:
    """The largest share that gives so few with 5 %."""
    return 1.0 if count >= of else float(beta.ppf(CONFIDENCE, count + 1, of - count))


def count_upper_bound(count: int) -> float:
    """The largest expected number of events that gives so few with 5 %."""
    return float(0.5 * chi2.ppf(CONFIDENCE, 2 * (count + 1)))


def _share(attempts: Replays, holds: Callable[[Replay], bool]) -> float:
    return float(np.mean([holds(attempt) for attempt in attempts]))


def _entered(replay: Replay, state: State) -> int:
    pairs = zip(replay.states, replay.states[1:], strict=False)
    return sum(after is state is not before for before, after in pairs)


def _median(values: Array) -> float | None:
    return float(np.median(values)) if len(values) else None


def _finite(value: float) -> float | None:
    return value if np.isfinite(value) else None
