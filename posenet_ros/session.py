# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What happens to a picture between its arrival and the published pose.

The executor's thread delivers pictures, the worker's thread turns the newest into a pose, and
handover.py decides what others may make of it.
"""

import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from sensor_msgs.msg import CameraInfo, CompressedImage, Image

from posenet_ros import messages
from posenet_ros.estimates import Estimate, Refused
from posenet_ros.eye import look
from posenet_ros.framing import Framing, best_framing, matched_framing
from posenet_ros.gates import Doubt, doubts
from posenet_ros.geometry import Array
from posenet_ros.handover import Handovers
from posenet_ros.image_checks import Repeats, measured
from posenet_ros.inference import Worker
from posenet_ros.localization import BasePose, base_pose
from posenet_ros.model_file import Prediction, Regressor
from posenet_ros.model_spec import Camera
from posenet_ros.outputs import Outputs
from posenet_ros.parameter_table import Parameters
from posenet_ros.preprocess import CropWindow
from posenet_ros.refusal import Refusal, StampRefusal, TransformRefusal
from posenet_ros.stamps import Order, StampGuard, seconds_between
from posenet_ros.status import Statistics
from posenet_ros.throttle import Throttle
from posenet_ros.transforms import Transforms


@dataclass(frozen=True)
class Frame:
    """A picture on its way; `era` changes whenever time jumps or the node stops."""

    message: Image | CompressedImage
    stamp_ns: int
    era: int


class Logger(Protocol):
    """Where a session speaks; a node's logger is one."""

    def warning(self, message: str) -> Any: ...

    def error(self, message: str) -> Any: ...


@dataclass(frozen=True)
class Robot:
    """The parts of the node that a session works with."""

    logger: Logger
    now_ns: Callable[[], int]
    running: Callable[[], bool]
    transforms: Transforms
    outputs: Outputs
    statistics: Statistics


class Session:
    """One configured model at work."""

    def __init__(self, robot: Robot, parameters: Parameters, regressor: Regressor) -> None:
        self._robot = robot
        self._parameters = parameters
        self._regressor = regressor
        self._spec = regressor.spec
        self._camera: Camera | None = None
        self._framing = lru_cache(maxsize=8)(self._find_framing)
        self._guard = StampGuard()
        self._throttle = Throttle()
        self._worker: Worker[Frame] | None = None
        self._repeats = Repeats()
        self._handovers = Handovers(
            robot.now_ns, robot.transforms, robot.outputs, parameters, self._spec.frame_id
        )

    def start(self) -> None:
        """Begin to take pictures."""
        self._worker = Worker(self._process, self._set_threads)
        positions = np.array(self._spec.coverage, dtype=np.float64).reshape(-1, 3)
        self._robot.outputs.coverage(self._robot.now_ns(), positions)

    def stop(self) -> None:
        """Take no more pictures and forget what the last ones said."""
        self._forget('the node was stopped')
        self._guard.reset()
        if self._worker:
            self._worker.stop()
            self._worker = None

    def picture(self, message: Image | CompressedImage) -> None:
        """Take a picture from the subscription; returns at once."""
        self._robot.statistics.picture(time.monotonic())
        stamp_ns = messages.stamp_ns(message.header.stamp)
        try:
            order = self._guard.check(stamp_ns)
        except StampRefusal as refusal:
            self._say_refused(refusal)
            return
        if order is Order.TIME_JUMP:
            self._start_over('the stamps of the pictures jumped')
        if self._worker and self._worker.submit(Frame(message, stamp_ns, self._handovers.era)):
            self._robot.statistics.dropped()

    def camera_info(self, message: CameraInfo) -> None:
        """Take the camera's intrinsics from the subscription."""
        self._robot.statistics.camera_info(time.monotonic())
        camera = messages.camera(message)
        if camera != self._camera:
            self._camera = camera
            self._framing.cache_clear()

    def clock_jumped(self) -> None:
        """Take the clock's own word that time jumped."""
        self._guard.reset()
        self._start_over('the clock jumped')

    def relocalize(self) -> tuple[bool, str]:
        """Hand the robot's place to `initialpose` when the last frames agree on it."""
        return self._handovers.relocalize()

    def broadcast_map_odom(self) -> None:
        """Repeat the agreed transform of odometry in the map."""
        self._handovers.broadcast_map_odom()

    def _set_threads(self) -> None:
        # OpenMP keeps this number per thread: it must be set where the network runs.
        if self._parameters.num_threads:
            torch.set_num_threads(self._parameters.num_threads)

    def _process(self, frame: Frame) -> None:
        try:
            estimate = self._estimate(frame)
        except Refusal as refusal:
            self._say_refused(refusal)
            doubt = Doubt(refusal.kind, str(refusal))
            self._handovers.take(Refused(frame.stamp_ns, doubt), frame.era)
            return
        except Exception:  # Whatever it was, the next frame must find the worker alive.
            if not self._robot.running():
                return  # An interrupt takes ROS down before it reaches this thread.
            self._robot.statistics.refusal('internal', 'internal error, see the log')
            if self._throttle.allows('internal', time.monotonic()):
                self._robot.logger.error(traceback.format_exc())
            return
        self._handovers.take(estimate, frame.era)

    def _estimate(self, frame: Frame) -> Estimate:
        camera_frame = frame.message.header.frame_id
        crop = look(frame.message, self._window)
        self._robot.outputs.crop(frame.stamp_ns, camera_frame, crop)
        began = time.monotonic()
        prediction = self._regressor.predict(crop)
        self._robot.statistics.inferred(time.monotonic() - began)
        extrinsic = self._extrinsic(camera_frame, frame.stamp_ns)
        pose = base_pose(prediction, self._spec.calibration, extrinsic)
        self._publish(frame, pose)
        return Estimate(
            stamp_ns=frame.stamp_ns,
            T_map_base=pose.T_map_base,
            covariance=pose.covariance,
            T_odom_base=self._odometry(frame.stamp_ns),
            doubts=self._doubts(crop, prediction),
        )

    def _doubts(self, crop: NDArray[np.uint8], prediction: Prediction) -> tuple[Doubt, ...]:
        looked = self._regressor.reference.look_up(prediction.feature)
        measures = measured(crop, self._repeats.count(crop))
        return doubts(prediction, looked, measures, self._spec.gates, self._spec.extent)

    def _publish(self, frame: Frame, pose: BasePose) -> None:
        if frame.era != self._handovers.era:
            return
        self._robot.outputs.pose(frame.stamp_ns, pose)
        if self._parameters.tf_mode == 'estimate':
            self._robot.transforms.broadcast(
                self._spec.frame_id,
                self._parameters.estimate_frame,
                frame.stamp_ns,
                pose.T_map_base,
            )
        age = seconds_between(frame.stamp_ns, self._robot.now_ns())
        self._robot.statistics.pose(time.monotonic(), age)

    def _extrinsic(self, camera_frame: str, stamp_ns: int) -> Array:
        base_frame = self._parameters.base_frame
        if not base_frame:
            return np.eye(4)
        if not camera_frame:
            raise TransformRefusal(
                'picture without a frame_id: the camera driver must name its optical frame'
            )
        timeout_s = self._parameters.tf_timeout
        return self._robot.transforms.at(base_frame, camera_frame, stamp_ns, timeout_s)

    def _odometry(self, stamp_ns: int) -> Array | None:
        odom_frame, base_frame = self._parameters.odom_frame, self._parameters.base_frame
        transforms = self._robot.transforms
        # Waiting for odometry that nobody publishes would cost every frame the whole timeout.
        if not base_frame or not transforms.connected(odom_frame, base_frame):
            return None
        try:
            return transforms.at(odom_frame, base_frame, stamp_ns, self._parameters.tf_timeout)
        except TransformRefusal:
            return None

    def _window(self, width: int, height: int) -> CropWindow:
        framing = self._framing(width, height)
        self._robot.statistics.framing_note = framing.note
        if framing.note and self._throttle.allows('framing', time.monotonic()):
            self._robot.logger.warning(framing.note)
        return framing.window

    def _find_framing(self, width: int, height: int) -> Framing:
        refuse = self._parameters.on_camera_mismatch == 'refuse'
        frame = matched_framing if refuse else best_framing
        return frame(width, height, self._camera, self._spec.camera)

    def _say_refused(self, refusal: Refusal) -> None:
        self._robot.statistics.refusal(refusal.kind, str(refusal))
        if self._throttle.allows(refusal.kind, time.monotonic()):
            self._robot.logger.warning(f'frame refused: {refusal}')

    def _start_over(self, why: str) -> None:
        self._robot.logger.warning(f'{why}: transforms, path and past frames are forgotten')
        self._robot.transforms.clear()
        self._forget(why)

    def _forget(self, why: str) -> None:
        if self._worker:
            self._worker.clear()
        self._repeats = Repeats()
        self._handovers.forget(why)
        self._robot.outputs.clear()
