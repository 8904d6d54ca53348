# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Listens to the truth and to the poses of the relocalizer, and asks for kidnaps."""

from dataclasses import dataclass

from diagnostic_msgs.msg import DiagnosticArray, DiagnosticStatus
from geometry_msgs.msg import PoseStamped

from posenet_ros.messages import pose_matrix, stamp_ns
from simulation.demo.score import Estimate, Truth
from simulation.demo.witness import Witness

DIAGNOSED = 'relocalizer: relocalization'


@dataclass(frozen=True)
class Heard:
    """Everything received so far."""

    truths: list[Truth]
    estimates: list[Estimate]
    diagnostics: dict[str, str]
    status: str
    fault: bool
    now_ns: int

    @property
    def told(self) -> str:
        """What the relocalizer says of itself: its state, once it has one, and how it works."""
        state = self.diagnostics.get('state', '')
        return f'{state}; {self.status}' if state else self.status


class Monitor(Witness):
    """The demo's own node."""

    def __init__(self) -> None:
        super().__init__('demo_monitor')
        self._estimates: list[Estimate] = []
        self._diagnostics: dict[str, str] = {}
        self._status, self._fault = 'starting', False
        self.create_subscription(PoseStamped, 'relocalizer/pose', self._estimate, 50)
        self.create_subscription(DiagnosticArray, '/diagnostics', self._diagnose, 10)

    def heard(self) -> Heard:
        """A copy of what was received."""
        with self.lock:
            return Heard(
                list(self.truths),
                list(self._estimates),
                dict(self._diagnostics),
                self._status,
                self._fault,
                self.now_ns(),
            )

    def _estimate(self, message: PoseStamped) -> None:
        received_ns = self.now_ns()
        T_map_base = pose_matrix(message.pose)
        estimate = Estimate(stamp_ns(message.header.stamp), received_ns, T_map_base)
        with self.lock:
            self._estimates.append(estimate)

    def _diagnose(self, message: DiagnosticArray) -> None:
        with self.lock:
            for status in message.status:
                if status.name == DIAGNOSED:
                    self._diagnostics = {pair.key: pair.value for pair in status.values}
                    self._status = status.message
                    self._fault = status.level == DiagnosticStatus.ERROR
