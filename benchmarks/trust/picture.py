# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""One page: errors at hand-over, time to recovery, states over time, refusals by reason."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from benchmarks.trust.judging import IN_TIME_S, Replays
from benchmarks.trust.replay import WRONG, Replay, recovery_s
from posenet_ros.states import State
from simulation.episodes import FRAMES_PER_S, Spoilt

COLOURS = {
    State.SEARCHING: 'tab:gray',
    State.LOCALIZED: 'tab:green',
    State.SUSPECT: 'tab:orange',
}
STRIPES = 12  # episodes whose states are shown, the slowest to recover first
STRIPES_S = 30.0  # of each, at most
LEAST_ERROR_M, LEAST_ERROR_DEG = 1e-3, 1e-2  # for logarithmic axes


def draw(replays: Mapping[str, Replays]) -> Figure:
    """Draw the replayed episodes, kind by kind."""
    figure = Figure(figsize=(13, 9), layout='constrained')
    axes = figure.subplots(2, 2)
    _errors(axes[0, 0], replays)
    _recovery(axes[0, 1], replays.get('kidnap', ()))
    _states(axes[1, 0], replays)
    _refusals(axes[1, 1], replays)
    return figure


def _errors(axes: Axes, replays: Mapping[str, Replays]) -> None:
    for kind, episodes in replays.items():
        errors = np.concatenate([replay.handed_over for replay in episodes])
        metres = np.maximum(errors[:, 0], LEAST_ERROR_M)
        degrees = np.maximum(np.degrees(errors[:, 1]), LEAST_ERROR_DEG)
        axes.loglog(metres, degrees, '.', markersize=4, label=f'{kind}: {len(errors)}')
    axes.axvline(WRONG[0], color='tab:red', linestyle='--')
    axes.axhline(np.degrees(WRONG[1]), color='tab:red', linestyle='--', label='wrong from here on')
    axes.set(title='Errors at hand-over', xlabel='metres', ylabel='degrees')
    axes.legend(loc='upper left')


def _recovery(axes: Axes, kidnaps: Replays) -> None:
    axes.set(title='Kidnaps that are recovered', xlabel='seconds after the kidnap', ylabel='share')
    if not kidnaps:
        return
    for stands, label in ((False, 'moving'), (True, 'standing')):
        times = np.sort([recovery_s(k) for k in kidnaps if k.episode.stands == stands])
        share = np.arange(1, len(times) + 1) / max(1, len(times))
        found = np.isfinite(times)
        axes.step(times[found], share[found], where='post', label=f'{label}, {len(times)}')
    axes.axvline(IN_TIME_S, color='tab:red', linestyle='--', label='in time')
    axes.set(xlim=(0.0, None), ylim=(0.0, 1.02))
    axes.legend(loc='lower right')


def _states(axes: Axes, replays: Mapping[str, Replays]) -> None:
    slow = sorted(replays.get('kidnap', ()), key=recovery_s, reverse=True)
    shown: list[tuple[str, Replay]] = [('kidnap', replay) for replay in slow[: STRIPES // 2]]
    others = [(kind, r) for kind, episodes in replays.items() for r in episodes[: STRIPES // 4]]
    shown += [(kind, replay) for kind, replay in others if kind != 'kidnap'][: STRIPES // 2]
    for row, (_, replay) in enumerate(shown):
        _stripe(axes, row, replay)
    axes.set(title='States over time (circle: handed over, red line: kidnap)', xlabel='seconds')
    axes.set_yticks(range(len(shown)), [f'{kind} {r.episode.seed[-1]}' for kind, r in shown])
    axes.invert_yaxis()
    for state, colour in COLOURS.items():
        axes.plot([], [], color=colour, linewidth=6, label=state.value)
    axes.legend(loc='lower right')


def _stripe(axes: Axes, row: int, replay: Replay) -> None:
    frames = min(len(replay.states), round(STRIPES_S * FRAMES_PER_S))
    seconds = np.arange(frames) / FRAMES_PER_S
    for state, colour in COLOURS.items():
        spans = [(t, 1.0 / FRAMES_PER_S) for t, s in zip(seconds, replay.states) if s is state]  # noqa: B905
        axes.broken_barh(spans, (row - 0.3, 0.6), color=colour)
    told = seconds[replay.told[:frames]]
    axes.plot(told, np.full(len(told), row), 'o', color='white', markeredgecolor='black')
    kidnapped_at = replay.episode.kidnapped_at
    if kidnapped_at is not None:
        axes.plot(2 * [kidnapped_at / FRAMES_PER_S], [row - 0.4, row + 0.4], color='tab:red')


def _refusals(axes: Axes, replays: Mapping[str, Replays]) -> None:
    known = [r for kind in ('kidnap', 'driving') for r in replays.get(kind, ())]
    groups = {spoilt.value: _last_doubts(known, spoilt.value) for spoilt in Spoilt}
    groups['good'] = groups.pop(Spoilt.none.value)
    groups['foreign'] = _last_doubts(replays.get('foreign', ()))
    groups = {name: doubts for name, doubts in groups.items() if doubts}
    left = dict.fromkeys(groups, 0.0)
    for kind in sorted({kind for doubts in groups.values() for kind in doubts if kind}):
        shares = [doubts.count(kind) / len(doubts) for doubts in groups.values()]
        axes.barh(list(groups), shares, left=list(left.values()), label=kind)
        left = {name: begin + s for (name, begin), s in zip(left.items(), shares, strict=True)}
    axes.set(title='Frames that have no vote, by reason', xlabel='share of frames', xlim=(0, 1))
    axes.invert_yaxis()
    if any(left.values()):
        axes.legend(loc='center left', bbox_to_anchor=(1.0, 0.5))


def _last_doubts(replays: Replays, spoilt: str | None = None) -> Sequence[str]:
    """Of each frame its last kind of doubt, '' where there is none.

    What is wrong with the picture itself comes last, and says most.
    """
    return [
        kinds[-1] if kinds else ''
        for replay in replays
        for kinds, how in zip(replay.doubts, replay.spoilt, strict=True)
        if spoilt in (None, how)
    ]
