# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Which of several places the camera is in, by how new its pictures look to each place's model.

No clock and no ROS.  What a model says is a strain: the novelty of a picture as a share of the
model's own limit, so that networks with different features can be compared.
"""

import math
from collections import deque
from collections.abc import Mapping, Sequence

# Frames that are remembered: a second at 10 Hz.
WINDOW = 10
# Frames without which nothing is chosen, and all the window for leaving what was chosen.
FIRST = 5
# How far the best must be ahead, in mean logarithm of strain: a quarter less novel than in any
# other place, half as novel for leaving one that was chosen.
LEAD, LEAD_TO_LEAVE = math.log(4.0 / 3.0), math.log(2.0)
# Mean logarithm of strain up to which a place may be chosen, and from which on it looks strange.
STRANGE = math.log(1.5)
# One frame says no more than this, however odd it looks.
MOST = math.log(4.0)


class SceneChoice:
    """Chooses a place when it is clearly the most familiar, and leaves it only for a better one.

    scenes  names of the places; one alone is chosen from the beginning
    """

    def __init__(self, scenes: Sequence[str]) -> None:
        self._scenes = tuple(scenes)
        self._chosen = self._scenes[0] if len(self._scenes) == 1 else ''
        self._wanted = self._content()
        self._frames: deque[Mapping[str, float]] = deque(maxlen=WINDOW)

    @property
    def chosen(self) -> str:
        """The place that was chosen, empty until then."""
        return self._chosen

    @property
    def wanted(self) -> tuple[str, ...]:
        """Places whose strains of the next frame are wanted: the chosen one while it fits."""
        return self._wanted

    def observe(self, strains: Mapping[str, float]) -> None:
        """Take the strains of a frame in all places that are wanted."""
        if len(self._scenes) == 1:
            return
        self._frames.append({scene: _evidence(strains[scene]) for scene in self._wanted})
        scores = self._scores()
        if len(self._wanted) == 1:
            if len(self._frames) == WINDOW and scores[self._chosen] < -STRANGE:
                self._look_at(self._scenes)
            return
        if len(self._frames) >= FIRST and scores.get(self._chosen, -MOST) > -STRANGE:
            self._look_at(self._content())
            return
        best = self._clearly_best(scores)
        if best:
            self._chosen = best
            self._look_at(self._content())

    def sentence(self) -> str:
        """What is known while nothing is chosen."""
        scores = sorted(self._scores().items(), key=lambda item: -item[1])
        said = ', '.join(f"{math.exp(-score):.2f} in '{scene}'" for scene, score in scores)
        count = len(self._frames)
        frames = '1 frame' if count == 1 else f'{count} frames'
        return (
            f'the scene is not chosen yet: over {frames} the novelty as a share of its limit is '
            f'{said}'
        )

    def _content(self) -> tuple[str, ...]:
        return (self._chosen,) if self._chosen else self._scenes

    def _look_at(self, scenes: tuple[str, ...]) -> None:
        self._wanted = scenes
        self._frames.clear()

    def _scores(self) -> dict[str, float]:
        """Mean evidence of the wanted places."""
        count = max(len(self._frames), 1)
        return {s: sum(frame[s] for frame in self._frames) / count for s in self._wanted}

    def _clearly_best(self, scores: Mapping[str, float]) -> str:
        needed, lead = (WINDOW, LEAD_TO_LEAVE) if self._chosen else (FIRST, LEAD)
        second, best = sorted(scores, key=scores.__getitem__)[-2:]
        clear = scores[best] > -STRANGE and scores[best] - scores[second] >= lead
        return best if clear and len(self._frames) >= needed else ''


def _evidence(strain: float) -> float:
    return min(max(-math.log(max(strain, 1e-9)), -MOST), MOST)
