# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The relocalization node: lifecycle wiring, nothing else."""

import time
import traceback
from collections.abc import Callable
from contextlib import suppress
from functools import partial, wraps
from pathlib import Path

from diagnostic_msgs.msg import DiagnosticArray
from geometry_msgs.msg import PoseWithCovarianceStamped
from nav_msgs.msg import OccupancyGrid
from rclpy._rclpy_pybind11 import RCLError
from rclpy.callback_groups import ReentrantCallbackGroup
from rclpy.clock import Clock, ClockType, JumpThreshold
from rclpy.duration import Duration
from rclpy.exceptions import InvalidHandle
from rclpy.executors import ExternalShutdownException, ShutdownException
from rclpy.lifecycle import LifecycleNode, LifecycleState, TransitionCallbackReturn
from rclpy.subscription import Subscription
from rclpy.task import Future
from sensor_msgs.msg import CameraInfo, CompressedImage, Image
from std_srvs.srv import Trigger

from posenet_ros import diagnostics, parameters
from posenet_ros.broadcasting import MapOdomBroadcaster
from posenet_ros.engine_choice import EngineWish
from posenet_ros.model_change import ModelChanges, Wanted
from posenet_ros.model_file import DeviceError, choose_device
from posenet_ros.model_spec import ModelFileError
from posenet_ros.models import Models, load_models, resident_mb
from posenet_ros.outputs import Outputs
from posenet_ros.qos import LATCHED, NEWEST_ONLY
from posenet_ros.robot import Robot
from posenet_ros.search import Answer
from posenet_ros.session import Session
from posenet_ros.share import share
from posenet_ros.spinning import spin
from posenet_ros.status import Statistics
from posenet_ros.telling import AMCL_POSE
from posenet_ros.transforms import Transforms
from posenet_ros.trusted_models import TrustedModels, default_list

ATTEND_S = 0.05
DIAGNOSTICS_S = 1.0
# More than people wait at a time for ~/relocalize.
LAST_ROUNDS = 100
WAITING = (
    'the node waits: mend that and start it again, or set its parameters and call '
    '`ros2 lifecycle set /relocalizer configure`, then `activate`'
)
# A service that is taken down takes along the answers that are still on their way.
ANSWERS_WAY_S = 0.3

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
        self._broadcaster: MapOdomBroadcaster | None = None
        self._changes = ModelChanges(self, self._statistics, self._model_path)
        # While one caller waits for its answer, pictures go on and another caller may join.
        self._calls = 0
        self._callers = ReentrantCallbackGroup()
        self.create_service(
            Trigger, '~/relocalize', self._relocalize, callback_group=self._callers
        )
        self._attention = self.create_guard_condition(self._attend)
        self._attending = self.create_timer(ATTEND_S, self._attend, clock=steady)
        self._attending.cancel()
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
            path = self._model_path(values.model_path)
            if not values.model_path:
                self.get_logger().warning(
                    'model_path is empty: loading the model of the demo room'
                )
            wish = EngineWish(values.engine, values.num_threads, values.precision)
            trusted = Path(values.trusted_models) if values.trusted_models else default_list()
            load = partial(
                load_models, device=device.name, wish=wish, trusted=TrustedModels(trusted)
            )
            models = load(path, values.scene)
        except (ModelFileError, DeviceError, ValueError, FileNotFoundError) as error:
            self._statistics.fault = str(error)
            self.get_logger().error(str(error))
            return TransitionCallbackReturn.FAILURE
        if device.note:
            self.get_logger().warning(device.note)
        scenes = list(models.regressors)
        map_frame = models.regressors[scenes[0]].spec.frame_id
        self._outputs = Outputs(self, map_frame, values.path_length)
        robot = Robot(
            logger=self.get_logger(),
            now_ns=lambda: self.get_clock().now().nanoseconds,
            running=self.context.ok,
            wake=self._wake,
            is_published=lambda topic: self.count_publishers(self.resolve_topic_name(topic)) > 0,
            transforms=self._transforms,
            outputs=self._outputs,
            statistics=self._statistics,
        )
        self._session = Session(robot, values, models)
        self._values = values
        wanted = Wanted(values.model_path, values.scene)
        self._changes.begin(load, wanted, self._take_up)
        self._statistics.fault = ''
        self._statistics.device = device.name
        self.get_logger().info(f'{_ready(models)} on {device.name}')
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
            self.create_subscription(OccupancyGrid, 'map', session.place_map, LATCHED),
            self.create_subscription(
                PoseWithCovarianceStamped, AMCL_POSE, session.localizer_pose, 10
            ),
        ]
        if self._values.tf_mode == 'map_to_odom':
            self._broadcaster = MapOdomBroadcaster(
                self, self._transforms, self._statistics, self._values, session.map_odom
            )
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
        self._let_answers_out()
        super().destroy_node()

    def _pause(self) -> None:
        self._statistics.active = False
        if self._broadcaster:
            self._broadcaster.destroy()
            self._broadcaster = None
        self._attending.cancel()
        for subscription in self._inputs:
            self.destroy_subscription(subscription)
        self._inputs = []
        if self._session:
            self._session.stop()

    def _release(self) -> None:
        if self._outputs:
            self._outputs.destroy()
        self._changes.end()
        self._outputs = self._session = None

    async def _relocalize(
        self, request: Trigger.Request, response: Trigger.Response
    ) -> Trigger.Response:
        answered: Future = Future(executor=self.executor)
        if self._session and self._statistics.active:
            self._session.relocalize(answered.set_result)
            self._attend()
        else:
            answered.set_result(Answer(False, 'the node is not active'))
        self._calls += 1
        answer = await answered
        self._calls -= 1
        response.success, response.message = answer.success, answer.message
        if self.context.ok():
            self.get_logger().info(f'relocalize: {response.message}')
        return response

    def _let_answers_out(self) -> None:
        """Finish the calls that wait for an answer and have it, although nobody spins any more."""
        executor = self.executor
        if executor is None or not self._calls:
            return
        executor.add_node(self)
        # Without ROS an executor refuses to wait, but it goes on with what it has begun.
        with suppress(RCLError, InvalidHandle, ExternalShutdownException, ShutdownException):
            for _ in range(LAST_ROUNDS):
                if not self._calls:
                    time.sleep(ANSWERS_WAY_S)
                    return
                executor.spin_once(0.0)

    def _wake(self) -> None:
        # The worker may end after the node, or after ROS.
        with suppress(InvalidHandle, RCLError):
            self._attention.trigger()

    def _attend(self) -> None:
        # At rest nothing is paid for: a timer costs an executor of rclpy a round each time.
        if not (self._session and self._statistics.active and self._session.attend()):
            self._attending.cancel()
        elif self._attending.is_canceled():
            self._attending.reset()

    def _take_up(self, models: Models) -> None:
        if self._session:
            self._session.take_up(models, f'another model: {_ready(models)}')

    def _clock_jumped(self) -> None:
        if self._session and self._statistics.active:
            self._session.clock_jumped()

    def _model_path(self, parameter: str) -> Path:
        if parameter:
            return Path(parameter)
        return share('models/demo.pt')

    def _publish_diagnostics(self) -> None:
        status = self._statistics.snapshot(time.monotonic())
        stamp = self.get_clock().now().to_msg()
        self._diagnostics.publish(diagnostics.array(stamp, self.get_name(), status))


def _ready(models: Models) -> str:
    scenes = [f"'{scene}'" for scene in models.regressors]
    if len(scenes) == 1:
        return f'model of {scenes[0]} is ready'
    memory = f'the node takes {resident_mb():.0f} MB with them'
    return f'models of {", ".join(scenes)} are ready ({memory})'


def run() -> int:
    """Run the node until it is interrupted; returns the process's exit code."""
    return spin('relocalizer', make_node)


def make_node() -> Relocalizer:
    """Make the node and, with autostart, bring it to work."""
    node = Relocalizer()
    autostart = node.get_parameter('autostart').value
    # A refused model leaves it unconfigured, alive and saying why.
    if autostart:
        if node.trigger_configure() == TransitionCallbackReturn.SUCCESS:
            node.trigger_activate()
        else:
            node.get_logger().warning(WAITING)
    return node
