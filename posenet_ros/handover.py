# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What others act on: initialpose, the answer of ~/relocalize, and map to odom."""

import time
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from posenet_ros.estimates import Estimate, Handover, Refused
from posenet_ros.geometry import Array
from posenet_ros.late_odometry import LateOdometry
from posenet_ros.map_odom import SMOOTH, MapOdom
from posenet_ros.model_spec import ModelSpec
from posenet_ros.parameter_table import Parameters
from posenet_ros.place_map import PlaceMap
from posenet_ros.refusal import TransformRefusal
from posenet_ros.robot import Robot
from posenet_ros.rules import Rules
from posenet_ros.search import Answer, Search
from posenet_ros.stamps import describe, seconds_between
from posenet_ros.telling import Telling
from posenet_ros.trust import Decision, Trust
from posenet_ros.watch import Watch


class Handovers:
    """Hands the robot's place over when the last frames agree on it.

    The worker's thread brings frames; all else is for the executor's, which decides on them.
    """

    def __init__(self, robot: Robot, parameters: Parameters) -> None:
        self._robot = robot
        self._parameters = parameters
        self._spec: ModelSpec | None = None
        self._era = 0
        self._late = LateOdometry()
        self._rules = replace(Rules(), max_age_s=parameters.max_age)
        self._trust = Trust(self._rules)
        self._watch = Watch(parameters.cool_down)
        self._search = Search()
        self._telling = Telling(robot, parameters, self._odometry)
        self._mismatch = ''
        self._said: tuple[str, str] | None = None
        smooth = parameters.map_odom_correction == SMOOTH
        duration_s = parameters.map_odom_smooth_time if smooth else 0.0
        self._map_odom = MapOdom(duration_s, parameters.map_odom_when_lost)

    @property
    def era(self) -> int:
        """Changes whenever time jumps or the node stops: frames of another era do not count."""
        return self._era

    def take(self, frame: Estimate | Refused, era: int) -> None:
        """Take the next frame, from the worker's thread."""
        self._late.put(frame, era, time.monotonic())
        self._robot.wake()

    @property
    def busy(self) -> bool:
        """Whether time alone may make something due."""
        return self._late.waits or self._search.active or self._telling.waits

    def attend(self) -> None:
        """Judge the frames that have their odometry, and look after what was promised."""
        now_s = time.monotonic()
        for waiting in self._late.ready(self._odometry, now_s, self._patience_s()):
            if waiting.era == self._era:
                self._judge(waiting.frame)
        if self._search.overdue(now_s):
            self._act(self._trust.decide(self._robot.now_ns()))
        self._telling.attend(now_s, self._agreed)

    def relocalize(self, tell: Callable[[Answer], object]) -> None:
        """Hand the robot's place over as soon as frames agree on it, and tell what was done.

        Who asks while another one waits gets the same answer at the same time.
        """
        self._search.join(tell, time.monotonic() + self._parameters.relocalize_timeout)
        self._act(self._trust.decide(self._robot.now_ns()))

    def hear(self, stamp_ns: int, T_map_base: Array) -> None:
        """Take what the localizer that owns map to odom believes."""
        self._telling.hear(stamp_ns, T_map_base)

    def map_changed(self, place_map: PlaceMap) -> None:
        """Hold the map that is served against the model, and places against the map."""
        self._telling.place_map = place_map
        if self._hold_against_map():
            self._act(self._trust.decide(self._robot.now_ns()))

    def take_up(self, spec: ModelSpec | None, reason: str) -> None:
        """Go on with another model, or with none until a scene is chosen."""
        before, self._spec = self._spec, spec
        self._start_over(reason)
        if before is not None:  # Who waits for the first choice of a scene goes on waiting.
            self._end_search(reason)
        if spec is None or before is None or _place(before) != _place(spec):
            self._map_odom.forget()
        self._hold_against_map()
        decision = self._trust.decide(self._robot.now_ns())
        self._map_odom.follow(decision, self._robot.now_ns())
        self._say(decision, '')

    def map_odom(self, now_ns: int) -> tuple[str, Array] | None:
        """The map's frame and T_map_odom [4, 4] to broadcast at a time; None while unknown."""
        T_map_odom = self._map_odom.at(now_ns)
        if self._spec is None or T_map_odom is None:
            return None
        return self._spec.frame_id, T_map_odom

    def begin(self) -> None:
        """Say where things stand, to those who listen from now on."""
        self._said = _described(self._trust.decide(self._robot.now_ns()), '')
        self._robot.outputs.state(*self._said)

    def forget(self, reason: str) -> None:
        """Begin another era, in which nothing is known."""
        self._map_odom.forget()
        self._start_over(reason)
        self._end_search(reason)
        if self._robot.running():
            self._say(self._trust.decide(self._robot.now_ns()), '')

    def _start_over(self, reason: str) -> None:
        self._era += 1
        self._late.clear()
        self._trust.reset(reason)
        self._watch.reset()
        self._telling.forget()

    def _end_search(self, reason: str) -> None:
        self._search.end(Answer(False, f'{reason} while frames were awaited: ask again'))

    def _hold_against_map(self) -> bool:
        """Hand nothing over while the map is not the model's; true when that changed."""
        mismatch, place_map = '', self._telling.place_map
        if self._spec is not None and place_map is not None:
            positions = np.array(self._spec.coverage, dtype=np.float64).reshape(-1, 3)
            mismatch = place_map.mismatch(self._spec.frame_id, positions)
        if mismatch == self._mismatch:
            return False
        self._mismatch = mismatch
        if mismatch:
            self._robot.logger.warning(mismatch)
            self._trust.hold(mismatch)
            self._map_odom.forget()
            self._telling.forget()
        else:
            self._trust.release()
        return True

    def _judge(self, frame: Estimate | Refused) -> None:
        now_ns = self._robot.now_ns()
        decision = self._trust.observe(frame, now_ns, self._T_map_odom_others())
        self._map_odom.follow(decision, now_ns)
        self._watch.see(decision)
        self._act(decision)

    def _act(self, decision: Decision) -> None:
        """Hand over what is decided, to those who asked or should know, and say how it stands."""
        now_ns, now_s = self._robot.now_ns(), time.monotonic()
        place, hindrance = decision.handover, ''
        if place is not None and (self._search.active or self._must_tell(now_ns)):
            hindrance = self._telling.tell(place, now_s)
            if not hindrance:
                self._watch.told(now_ns)
                words = f'published the pose at {describe(place.stamp_ns)} to initialpose'
                self._robot.logger.info(f'{words}: {decision.reason}')
                self._search.end(Answer(True, f'{words}: {decision.reason}'))
        self._say(decision, hindrance)
        if self._search.overdue(now_s):
            state, reason = _described(decision, hindrance)
            self._search.end(Answer(False, f'{state}: {reason}'))

    def _must_tell(self, now_ns: int) -> bool:
        """Whether the others should know; a place that nobody hears of stays new to them."""
        due = self._parameters.mode == 'continuous' and self._watch.due(now_ns)
        return due and self._robot.outputs.initial_pose_heard

    def _say(self, decision: Decision, hindrance: str) -> None:
        said = state, reason = _described(decision, hindrance)
        if said == self._said:
            return
        if self._said is not None and state != self._said[0]:
            self._robot.logger.info(f'{state}: {reason}')
        self._said = said
        self._robot.statistics.state, self._robot.statistics.reason = said
        self._robot.outputs.state(state, reason)

    def _agreed(self) -> Handover | None:
        return self._trust.decide(self._robot.now_ns()).handover

    def _patience_s(self) -> float:
        """Waiting for odometry that nobody publishes would delay every frame."""
        odom_frame, base_frame = self._parameters.odom_frame, self._parameters.base_frame
        awaited = base_frame and self._robot.transforms.connected(odom_frame, base_frame)
        return self._parameters.tf_timeout if awaited else 0.0

    def _odometry(self, stamp_ns: int) -> Array | None:
        odom_frame, base_frame = self._parameters.odom_frame, self._parameters.base_frame
        if not base_frame:
            return None
        try:
            return self._robot.transforms.at(odom_frame, base_frame, stamp_ns, 0.0)
        except TransformRefusal:
            return None

    def _T_map_odom_others(self) -> Array | None:
        """What SLAM or AMCL believes, where the transform is not our own."""
        if self._spec is None or self._parameters.tf_mode == 'map_to_odom':
            return None
        newest = self._robot.transforms.newest(self._spec.frame_id, self._parameters.odom_frame)
        if newest is None:
            return None
        stamp_ns, T_map_odom = newest
        age_s = seconds_between(stamp_ns, self._robot.now_ns())
        # What TF keeps of somebody who fell silent is no belief; a static one has no stamp.
        return T_map_odom if stamp_ns == 0 or age_s <= self._rules.belief_s else None


def _place(spec: ModelSpec) -> tuple[str, str]:
    return spec.scene, spec.frame_id


def _described(decision: Decision, hindrance: str) -> tuple[str, str]:
    reason = f'{decision.reason}; not handed over: {hindrance}' if hindrance else decision.reason
    return decision.state.value, reason
