# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What the node knows about itself: counters that any thread may feed, and a snapshot of them."""

from collections import Counter, deque
from collections.abc import Iterable
from dataclasses import dataclass
from threading import Lock

RATE_WINDOW_S = 5.0
# Fewer pictures than this share of the camera_info messages means that the transport loses them.
DELIVERED_ENOUGH = 0.7
ENOUGH_TO_JUDGE = 20


@dataclass(frozen=True)
class Status:
    """A snapshot for diagnostics; times in seconds, rates in Hz."""

    model: str
    scene: str
    device: str
    engine: str
    fault: str
    active: bool
    rate: float
    age: float
    inference: float
    frames_seen: int
    frames_dropped: int
    refused: dict[str, int]
    doubted: dict[str, int]
    last_refusal: str
    refused_last: bool
    framing_note: str
    state: str
    reason: str
    handovers: int
    confirmation: str
    unconfirmed: bool
    map_odom: str
    conflict: str
    refused_model: str
    pictures: int
    camera_infos: int

    @property
    def pictures_lost(self) -> bool:
        """Whether far fewer pictures than camera_info messages arrive."""
        judged = self.camera_infos >= ENOUGH_TO_JUDGE
        return judged and self.pictures < DELIVERED_ENOUGH * self.camera_infos


class Statistics:
    """Counts what happens to frames; all times are given by the caller, in seconds."""

    def __init__(self) -> None:
        self._lock = Lock()
        self.model = self.scene = self.device = self.engine = self.fault = self.framing_note = ''
        self.active = False
        self.state = self.reason = self.confirmation = ''
        self.unconfirmed = False
        self.map_odom = self.conflict = self.refused_model = ''
        self._handovers = 0
        self._seen = self._dropped = 0
        self._refused: Counter[str] = Counter()
        self._doubted: Counter[str] = Counter()
        self._last_refusal = ''
        self._refused_last = False
        self._age = self._inference = 0.0
        self._poses: deque[float] = deque()
        self._pictures: deque[float] = deque()
        self._camera_infos: deque[float] = deque()

    def picture(self, now: float) -> None:
        """Count a picture that arrived."""
        with self._lock:
            self._seen += 1
            self._pictures.append(now)

    def camera_info(self, now: float) -> None:
        """Count a camera_info that arrived."""
        with self._lock:
            self._camera_infos.append(now)

    def dropped(self) -> None:
        """Count a picture that a newer one replaced before it was looked at."""
        with self._lock:
            self._dropped += 1

    def inferred(self, seconds: float) -> None:
        """Note how long the network took for its last picture."""
        self._inference = seconds

    def pose(self, now: float, age: float) -> None:
        """Count a published pose, `age` seconds after its picture was taken."""
        with self._lock:
            self._poses.append(now)
            self._age = age
            self._refused_last = False

    def refusal(self, kind: str, sentence: str) -> None:
        """Count a refused frame."""
        with self._lock:
            self._refused[kind] += 1
            self._last_refusal = sentence
            self._refused_last = True

    def doubts(self, kinds: Iterable[str]) -> None:
        """Count a frame's doubts, each by its kind."""
        with self._lock:
            self._doubted.update(kinds)

    def handed_over(self) -> None:
        """Count a message on initialpose."""
        self._handovers += 1

    def snapshot(self, now: float) -> Status:
        """Take the state of things, rates over the last five seconds."""
        with self._lock:
            for times in (self._poses, self._pictures, self._camera_infos):
                while times and times[0] < now - RATE_WINDOW_S:
                    times.popleft()
            return Status(
                model=self.model,
                scene=self.scene,
                device=self.device,
                engine=self.engine,
                fault=self.fault,
                active=self.active,
                rate=_rate(self._poses),
                age=self._age,
                inference=self._inference,
                frames_seen=self._seen,
                frames_dropped=self._dropped,
                refused=dict(self._refused),
                doubted=dict(self._doubted),
                last_refusal=self._last_refusal,
                refused_last=self._refused_last,
                framing_note=self.framing_note,
                state=self.state,
                reason=self.reason,
                handovers=self._handovers,
                confirmation=self.confirmation,
                unconfirmed=self.unconfirmed,
                map_odom=self.map_odom,
                conflict=self.conflict,
                refused_model=self.refused_model,
                pictures=len(self._pictures),
                camera_infos=len(self._camera_infos),
            )


def _rate(times: deque[float]) -> float:
    return (len(times) - 1) / (times[-1] - times[0]) if len(times) > 1 else 0.0
