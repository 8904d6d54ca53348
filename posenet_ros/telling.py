# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Tells the localizer of the robot where it is: the topic initialpose, and whether it believed it.

All of it is for the executor's thread.
"""

from collections.abc import Callable

from posenet_ros.confirmation import Confirmation, Step
from posenet_ros.estimates import Handover
from posenet_ros.geometry import Array
from posenet_ros.initial_pose import carried, planar_pose, spatial_pose
from posenet_ros.late_odometry import Odometry
from posenet_ros.parameter_table import Parameters
from posenet_ros.place_map import PlaceMap
from posenet_ros.robot import Robot
from posenet_ros.rules import Rules

AMCL_POSE = 'amcl_pose'


class Telling:
    """Publishes places to initialpose, and again while the localizer does not follow."""

    def __init__(self, robot: Robot, parameters: Parameters, odometry: Odometry) -> None:
        self._robot = robot
        self._parameters = parameters
        self._odometry = odometry
        self._shaped = planar_pose if parameters.planar else spatial_pose
        self._confirmation = Confirmation(Rules().cap, parameters.initialpose_repeats)
        self._heard: tuple[int, Array] | None = None
        self.place_map: PlaceMap | None = None

    def tell(self, place: Handover, now_s: float) -> str:
        """Hand a place over; returns why it is not, empty when it is."""
        hindrance = self._publish(place)
        if not hindrance:
            self._confirmation.told(place, now_s)
            self._note()
        return hindrance

    @property
    def waits(self) -> bool:
        """Whether the last hand-over is still to be confirmed."""
        return self._confirmation.waits

    def hear(self, stamp_ns: int, T_map_base: Array) -> None:
        """Take what the localizer believes."""
        if self._confirmation.waits:
            self._heard = stamp_ns, T_map_base

    def attend(self, now_s: float, agreed: Callable[[], Handover | None]) -> None:
        """Look after the last hand-over; `agreed` is the place that frames agree on now."""
        if not self._confirmation.waits:
            return
        self._compare()
        step = self._confirmation.next_step(now_s, self._robot.is_published(AMCL_POSE))
        if step is Step.REPEAT:
            # A place that is not believed any more is not repeated.
            place = agreed()
            if place is not None and not self._publish(place):
                self._confirmation.repeated(place, now_s)
            else:
                self._confirmation.missed(now_s)
        elif step is Step.GIVE_UP:
            self._robot.logger.warning(
                f'{self._confirmation.sentence}: look at what the localizer says of initialpose'
            )
        self._note()

    def forget(self) -> None:
        """Follow the last hand-over no longer."""
        self._heard = None
        self._confirmation.forget()
        self._note()

    def _publish(self, place: Handover) -> str:
        if self.place_map is not None:
            conflict = self.place_map.plan.conflict(place.T_map_base[:3, 3])
            if conflict:
                return conflict
        if self._parameters.initialpose_profile == 'slam_toolbox':
            place = self._now(place)
        try:
            pose = self._shaped(place.T_map_base, place.covariance)
        except ValueError as error:
            return str(error)
        self._robot.outputs.initial_pose(place.stamp_ns, pose)
        self._robot.statistics.handed_over()
        return ''

    def _now(self, place: Handover) -> Handover:
        """The place where odometry is now: slam_toolbox takes a pose as that of its next scan."""
        newest = self._robot.transforms.newest(
            self._parameters.odom_frame, self._parameters.base_frame
        )
        if newest is None or newest[0] <= place.stamp_ns:
            return place
        return carried(place, *newest)

    def _compare(self) -> None:
        if self._heard is None:
            return
        stamp_ns, T_map_base = self._heard
        T_odom_base = self._odometry(stamp_ns)
        if T_odom_base is not None or not self._confirmation.by_odometry:
            self._confirmation.heard(stamp_ns, T_map_base, T_odom_base)
            self._heard = None

    def _note(self) -> None:
        statistics, confirmation = self._robot.statistics, self._confirmation
        statistics.confirmation = confirmation.sentence
        statistics.unconfirmed = confirmation.given_up
