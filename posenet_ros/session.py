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

import numpy as np
import torch
from geometry_msgs.msg import PoseWithCovarianceStamped
from nav_msgs.msg import OccupancyGrid
from sensor_msgs.msg import CameraInfo, CompressedImage, Image

from posenet_ros import messages
from posenet_ros.estimates import Estimate, Refused
from posenet_ros.gates import Doubt
from posenet_ros.geometry import Array
from posenet_ros.handover import Handovers
from posenet_ros.inference import Worker
from posenet_ros.localization import BasePose, base_pose
from posenet_ros.model_file import Regressor
from posenet_ros.model_spec import Camera
from posenet_ros.models import Models
from posenet_ros.parameter_table import Parameters
from posenet_ros.refusal import Refusal, SceneRefusal, StampRefusal, TransformRefusal
from posenet_ros.robot import Robot
from posenet_ros.scenes import Scenes
from posenet_ros.search import Answer
from posenet_ros.sight import Seen
from posenet_ros.stamps import Order, StampGuard, seconds_between
from posenet_ros.telling import AMCL_POSE
from posenet_ros.throttle import Throttle


@dataclass(frozen=True)
class Frame:
    """A picture on its way; `era` changes whenever time jumps or the node stops."""

    message: Image | CompressedImage
    stamp_ns: int
    era: int


class Session:
    """The configured models at work."""

    def __init__(self, robot: Robot, parameters: Parameters, models: Models) -> None:
        self._robot = robot
        self._parameters = parameters
        self._camera: Camera | None = None
        self._guard = StampGuard()
        self._throttle = Throttle()
        self._worker: Worker[Frame] | None = None
        self._handovers = Handovers(robot, parameters)
        self._at_work: Regressor | None = None
        self.take_up(models, '')

    def start(self) -> None:
        """Begin to take pictures."""
        self._worker = Worker(self._process, self._set_threads)
        self._show_coverage()
        self._handovers.begin()

    def take_up(self, models: Models, reason: str) -> None:
        """Go on with these models from the next picture on; trust begins anew, for the reason."""
        refuse = self._parameters.on_camera_mismatch == 'refuse'
        self._scenes = Scenes(models, refuse, self._camera)
        self._use(self._scenes.chosen, reason)

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
            self._scenes.use(camera)

    def clock_jumped(self) -> None:
        """Take the clock's own word that time jumped."""
        self._guard.reset()
        self._start_over('the clock jumped')

    def place_map(self, message: OccupancyGrid) -> None:
        """Take the map of the map server."""
        try:
            self._handovers.map_changed(messages.place_map(message))
        except ValueError as error:
            self._warn('map', str(error))

    def localizer_pose(self, message: PoseWithCovarianceStamped) -> None:
        """Take what the localizer that owns map to odom believes."""
        map_frame = self._robot.outputs.map_frame
        if message.header.frame_id != map_frame:
            self._warn(
                AMCL_POSE,
                f"{AMCL_POSE} is in the frame '{message.header.frame_id}', not in "
                f"'{map_frame}': it is not looked at",
            )
            return
        try:
            T_map_base = messages.pose_matrix(message.pose.pose)
        except ValueError as error:
            self._warn(AMCL_POSE, f'{AMCL_POSE} is not looked at: {error}')
            return
        self._handovers.hear(messages.stamp_ns(message.header.stamp), T_map_base)

    def relocalize(self, tell: Callable[[Answer], object]) -> None:
        """Hand the robot's place to `initialpose` as soon as frames agree on it."""
        self._handovers.relocalize(tell)

    def attend(self) -> bool:
        """Do what is due, as judging frames whose odometry came; true to be called again soon."""
        chosen = self._scenes.chosen
        if chosen is not None and chosen is not self._at_work:
            self._use(chosen, f"the scene '{chosen.spec.scene}' was chosen")
        self._handovers.attend()
        return self._handovers.busy

    def map_odom(self, now_ns: int) -> tuple[str, Array] | None:
        """The map's frame and T_map_odom [4, 4] to broadcast at a time; None while unknown."""
        return self._handovers.map_odom(now_ns)

    def _use(self, model: Regressor | None, reason: str) -> None:
        """Work with a model, or with none until a scene is chosen."""
        self._handovers.take_up(model.spec if model else None, reason)
        outputs, statistics = self._robot.outputs, self._robot.statistics
        outputs.clear()
        if model:
            outputs.map_frame = model.spec.frame_id
        self._at_work = model
        statistics.model = str(self._scenes.file)
        statistics.scene = model.spec.scene if model else 'not chosen yet'
        statistics.engine = model.engine if model else ''
        if self._worker:
            self._show_coverage()
        if reason:
            self._robot.logger.info(f"{reason}: '{statistics.model}' is at work")
        if model and model.engine_note:
            self._robot.logger.info(model.engine_note)

    def _show_coverage(self) -> None:
        if self._at_work:
            positions = np.array(self._at_work.spec.coverage, dtype=np.float64).reshape(-1, 3)
            self._robot.outputs.coverage(self._robot.now_ns(), positions)

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
        seen = self._see(frame)
        try:
            extrinsic = self._extrinsic(camera_frame, frame.stamp_ns)
            pose = base_pose(seen.prediction, seen.looked, seen.model.spec.calibration, extrinsic)
            self._publish(frame, pose)
        finally:
            # Only now: nothing of it is needed for the pose.
            self._robot.statistics.doubts(doubt.kind for doubt in seen.doubts)
        return Estimate(
            stamp_ns=frame.stamp_ns,
            T_map_base=pose.T_map_base,
            covariance=pose.covariance,
            T_odom_base=None,  # It may still be under way: handover.py waits for it.
            doubts=seen.doubts,
        )

    def _see(self, frame: Frame) -> Seen:
        seen = self._scenes.see(frame.message)
        if seen.model is not self._at_work:
            self._robot.wake()
            raise SceneRefusal(f"the scene '{seen.model.spec.scene}' is being taken up")
        self._robot.outputs.crop(frame.stamp_ns, frame.message.header.frame_id, seen.crop)
        self._robot.statistics.inferred(seen.inference_s)
        self._robot.statistics.framing_note = seen.note
        if seen.note:
            self._warn('framing', seen.note)
        return seen

    def _publish(self, frame: Frame, pose: BasePose) -> None:
        if frame.era != self._handovers.era:
            return
        outputs, transforms = self._robot.outputs, self._robot.transforms
        message = messages.pose_stamped(frame.stamp_ns, outputs.map_frame, pose.T_map_base)
        outputs.pose(message, pose.covariance)
        if self._parameters.tf_mode == 'estimate':
            transforms.broadcast(messages.as_transform(message, self._parameters.estimate_frame))
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

    def _say_refused(self, refusal: Refusal) -> None:
        self._robot.statistics.refusal(refusal.kind, str(refusal))
        self._warn(refusal.kind, f'frame refused: {refusal}')

    def _warn(self, kind: str, sentence: str) -> None:
        if self._throttle.allows(kind, time.monotonic()):
            self._robot.logger.warning(sentence)

    def _start_over(self, why: str) -> None:
        self._robot.logger.warning(f'{why}: transforms, path and past frames are forgotten')
        self._robot.transforms.clear()
        self._forget(why)

    def _forget(self, why: str) -> None:
        if self._worker:
            self._worker.clear()
        self._scenes.forget()
        self._handovers.forget(why)
        self._robot.outputs.clear()
