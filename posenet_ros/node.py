# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The relocalization node: lifecycle wiring, nothing else."""

import time
import traceback
from collections.abc import Callable
from functools import wraps
from pathlib import Path

from ament_index_python.packages import get_package_share_directory
from diagnostic_msgs.msg import DiagnosticArray
from rclpy.clock import Clock, ClockType, JumpThreshold
from rclpy.duration import Duration
from rclpy.lifecycle import LifecycleNode, LifecycleState, TransitionCallbackReturn
from rclpy.subscription import Subscription
from sensor_msgs.msg import CameraInfo, CompressedImage, Image
from std_srvs.srv import Trigger

from posenet_ros import diagnostics, parameters
from posenet_ros.model_file import DeviceError, choose_device, load_model
from posenet_ros.model_spec import ModelFileError
from posenet_ros.outputs import Outputs
from posenet_ros.qos import NEWEST_ONLY
from posenet_ros.session import Robot, Session
from posenet_ros.spinning import spin
from posenet_ros.status import Statistics
from posenet_ros.transforms import Transforms

REBROADCAST_S = 0.05
DIAGNOSTICS_S = 1.0

Transition = Callable[['Relocalizer', LifecycleState], TransitionCallbackReturn]


def logged(transition: Transition) -> Transition:
    """Log what a transition raises: rclpy turns it into ERROR without a word."""

    @wraps(transition)
    def guarded(node: 'Relocalizer', state: LifecycleState) -> TransitionCallbackReturn:
        try:
            return transition(node, state)
        except Exception:
            node.get_logger().error(f'{transition.__name__} failed:\n{traceback.format_exc()}')
            return TransitionCallbackReturn.ERROR

    return guarded


class Relocalizer(LifecycleNode):
    """Camera pictures in; pose, TF and initial pose out."""

    def __init__(self) -> None:
        super().__init__('relocalizer')
        parameters.declare(self)
        self._statistics = Statistics()
        self._transforms = Transforms(self)
        self._outputs: Outputs | None = None
        self._session: Session | None = None
        self._inputs: list[Subscription] = []
        self._diagnostics = self.create_publisher(DiagnosticArray, '/diagnostics', 1)
        # Diagnostics must go on when simulated time stands still.
        steady = Clock(clock_type=ClockType.STEADY_TIME)
        self.create_timer(DIAGNOSTICS_S, self._publish_diagnostics, clock=steady)
        self._rebroadcast = self.create_timer(REBROADCAST_S, self._broadcast_map_odom)
        self._rebroadcast.cancel()
        self.create_service(Trigger, '~/relocalize', self._relocalize)
        backwards = JumpThreshold(
            min_forward=None, min_backward=Duration(nanoseconds=-1), on_clock_change=True
        )
        self._jump_handle = self.get_clock().create_jump_callback(
            backwards, post_callback=lambda jump: self._clock_jumped()
        )

    @logged
    def on_configure(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Load, check and warm up the model; refuse with one sentence when that cannot be."""
        try:
            values = parameters.read(self)
            device = choose_device(values.device)
            path = values.model_path or self._demo_model()
            regressor = load_model(path, device.name)
        except (ModelFileError, DeviceError, ValueError) as error:
            self._statistics.fault = str(error)
            self.get_logger().error(str(error))
            return TransitionCallbackReturn.FAILURE
        if device.note:
            self.get_logger().warning(device.note)
        spec = regressor.spec
        self._outputs = Outputs(self, spec.frame_id, values.path_length)
        robot = Robot(
            logger=self.get_logger(),
            now_ns=lambda: self.get_clock().now().nanoseconds,
            running=self.context.ok,
            transforms=self._transforms,
            outputs=self._outputs,
            statistics=self._statistics,
        )
        self._session = Session(robot, values, regressor)
        self._statistics.fault = ''
        self._statistics.model = path
        self._statistics.scene = spec.scene
        self._statistics.device = device.name
        self.get_logger().info(f"model of '{spec.scene}' is ready on {device.name}")
        return TransitionCallbackReturn.SUCCESS

    @logged
    def on_activate(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Subscribe to the camera."""
        session = self._session
        assert session is not None
        result = super().on_activate(state)
        session.start()
        if self.get_parameter('image_transport').value == 'compressed':
            image_type, topic = CompressedImage, 'image_raw/compressed'
        else:
            image_type, topic = Image, 'image_raw'
        self._inputs = [
            self.create_subscription(image_type, topic, session.picture, NEWEST_ONLY),
            self.create_subscription(CameraInfo, 'camera_info', session.camera_info, NEWEST_ONLY),
        ]
        self._rebroadcast.reset()
        self._statistics.active = True
        return result

    @logged
    def on_deactivate(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Leave the camera alone."""
        self._pause()
        return super().on_deactivate(state)

    @logged
    def on_cleanup(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Free the model and its memory."""
        self._release()
        return TransitionCallbackReturn.SUCCESS

    @logged
    def on_shutdown(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Let go of everything, from whatever state."""
        self._pause()
        self._release()
        return TransitionCallbackReturn.SUCCESS

    def destroy_node(self) -> None:
        """Stop working and take the node down."""
        self._pause()
        super().destroy_node()

    def _pause(self) -> None:
        self._statistics.active = False
        self._rebroadcast.cancel()
        for subscription in self._inputs:
            self.destroy_subscription(subscription)
        self._inputs = []
        if self._session:
            self._session.stop()

    def _release(self) -> None:
        if self._outputs:
            self._outputs.destroy()
        self._outputs = self._session = None

    def _relocalize(
        self, request: Trigger.Request, response: Trigger.Response
    ) -> Trigger.Response:
        if self._session and self._statistics.active:
            response.success, response.message = self._session.relocalize()
        else:
            response.success, response.message = False, 'the node is not active'
        self.get_logger().info(f'relocalize: {response.message}')
        return response

    def _broadcast_map_odom(self) -> None:
        if self._session:
            self._session.broadcast_map_odom()

    def _clock_jumped(self) -> None:
        if self._session and self._statistics.active:
            self._session.clock_jumped()

    def _demo_model(self) -> str:
        self.get_logger().warning('model_path is empty: loading the model of the demo room')
        share = Path(get_package_share_directory('posenet_ros'))
        return str(share / 'models' / 'demo.pt')

    def _publish_diagnostics(self) -> None:
        status = self._statistics.snapshot(time.monotonic())
        stamp = self.get_clock().now().to_msg()
        self._diagnostics.publish(diagnostics.array(stamp, self.get_name(), status))


def run() -> int:
    """Run the node until it is interrupted; returns the process's exit code."""
    return spin('relocalizer', make_node)


def make_node() -> Relocalizer:
    """Make the node and, with autostart, bring it to work."""
    node = Relocalizer()
    autostart = node.get_parameter('autostart').value
    # A refused model leaves it unconfigured, alive and saying why.
    if autostart and node.trigger_configure() == TransitionCallbackReturn.SUCCESS:
        node.trigger_activate()
    return node
