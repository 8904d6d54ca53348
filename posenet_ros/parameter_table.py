# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The one table of the node's parameters: name, default, range, meaning."""

import math
from dataclasses import dataclass, fields
from typing import Any


@dataclass(frozen=True)
class Entry:
    """A parameter: its default gives the type; numbers have a range, some strings choices.

    fixed: it cannot be changed over the network once the node runs.
    """

    name: str
    default: bool | int | float | str
    meaning: str
    minimum: float = -math.inf
    maximum: float = math.inf
    choices: tuple[str, ...] = ()
    fixed: bool = False

    def check(self, value: object) -> Any:
        """Return the value in the parameter's own type.

        Raises ValueError with one sentence for another type, range or choice.
        """
        if isinstance(self.default, float) and type(value) is int:
            value = float(value)
        if type(value) is not type(self.default):
            wanted = type(self.default).__name__
            raise ValueError(f"parameter '{self.name}' is {value!r}, it must be of type {wanted}")
        if isinstance(value, int | float) and not self.minimum <= value <= self.maximum:
            raise ValueError(
                f"parameter '{self.name}' is {value}, it must be from {self.minimum:g} to "
                f'{self.maximum:g}'
            )
        if self.choices and value not in self.choices:
            raise ValueError(
                f"parameter '{self.name}' is '{value}', it must be one of "
                + ', '.join(f"'{choice}'" for choice in self.choices)
            )
        return value


TABLE = (
    Entry(
        'model_path',
        '',
        'TorchScript model file of your place, or a folder with one for each of several places; '
        "'' loads models/demo.pt, which knows only the demo room. It may change while the node "
        'runs.',
    ),
    Entry(
        'scene',
        '',
        "Name of the scene whose model is used of a folder; '' lets the first pictures choose.",
    ),
    Entry(
        'trusted_models',
        '',
        "List of the sha256 of model files that may be loaded; '' is "
        '~/.config/posenet_ros/trusted_models. Only read when the node starts.',
        fixed=True,
    ),
    Entry('device', 'auto', 'Where the network runs: auto, cpu, cuda or cuda:<number>.'),
    Entry(
        'engine',
        'torchscript',
        'What runs the network on a CPU: torchscript, the model file itself; onnxruntime or '
        'openvino, its ONNX twin beside it; auto, the quickest that is installed and answers '
        'alike.',
        choices=('auto', 'torchscript', 'onnxruntime', 'openvino'),
    ),
    Entry(
        'precision',
        'full',
        'full, or half: TorchScript computes the trunk of the network in 16 bits, on GPUs and on '
        'CPUs that do so quickly, where it answers nearly alike.',
        choices=('full', 'half'),
    ),
    Entry('num_threads', 0, 'CPU threads of the network; 0 leaves the choice to PyTorch.', 0, 256),
    Entry(
        'image_transport',
        'raw',
        'raw subscribes to image_raw (sensor_msgs/Image), compressed to image_raw/compressed.',
        choices=('raw', 'compressed'),
    ),
    Entry(
        'on_camera_mismatch',
        'warn',
        'What to do with a camera that is too narrow for the model or of another distortion kind: '
        'warn and use the whole picture, or refuse its pictures.',
        choices=('warn', 'refuse'),
    ),
    Entry('odom_frame', 'odom', 'Frame in which odometry is continuous (REP-105).'),
    Entry(
        'base_frame',
        'base_link',
        "Frame of the robot whose pose is published; '' publishes the camera's own pose.",
    ),
    Entry('estimate_frame', 'posenet_base', 'Child frame of the transform of tf_mode estimate.'),
    Entry(
        'tf_mode',
        'estimate',
        'Transform to broadcast: none; estimate, the map frame to estimate_frame for every '
        'pose; map_to_odom, the map frame to odom_frame after the last frames agreed (only '
        'where no SLAM owns it).',
        choices=('none', 'estimate', 'map_to_odom'),
    ),
    Entry(
        'tf_timeout',
        0.1,
        'Longest wait for a transform at the stamp of the picture, seconds.',
        0.0,
        2.0,
    ),
    Entry(
        'transform_tolerance',
        0.1,
        'How far map to odom is dated into the future, seconds.',
        0.0,
        2.0,
    ),
    Entry(
        'map_odom_correction',
        'jump',
        'How map to odom follows a place: jump at once, or smooth, on which the robot glides.',
        choices=('jump', 'smooth'),
    ),
    Entry(
        'map_odom_smooth_time',
        1.0,
        'Time that a smooth correction of map to odom takes, seconds.',
        0.05,
        5.0,
    ),
    Entry(
        'map_odom_when_lost',
        'hold',
        'What becomes of map to odom while the node is not localized: hold broadcasts the last '
        'one, withdraw none.',
        choices=('hold', 'withdraw'),
    ),
    Entry(
        'max_age',
        1.0,
        'Oldest frame that ~/relocalize and map to odom may rely on, seconds: seven must be '
        'younger.',
        0.05,
        60.0,
    ),
    Entry(
        'mode',
        'on_request',
        'When a place is handed over: on_request, only by the service ~/relocalize; continuous, '
        'also by itself as soon as frames agree on a place that is new to the others.',
        choices=('on_request', 'continuous'),
    ),
    Entry(
        'relocalize_timeout',
        5.0,
        'Longest time that ~/relocalize searches before it answers false, seconds; 0 answers at '
        'once.',
        0.0,
        600.0,
    ),
    Entry(
        'cool_down',
        5.0,
        'Shortest time between hand-overs that mode continuous makes by itself, seconds.',
        0.0,
        3600.0,
    ),
    Entry(
        'initialpose_profile',
        'amcl',
        'Who listens to initialpose: amcl adds what was driven since the stamp of the picture; '
        'slam_toolbox ignores the stamp, so that the pose is carried on to the newest odometry.',
        choices=('amcl', 'slam_toolbox'),
    ),
    Entry(
        'planar',
        False,
        'Hand over x, y and heading only; height, roll and pitch and their covariances are 0.',
    ),
    Entry(
        'initialpose_repeats',
        2,
        'How often initialpose is repeated while amcl_pose does not follow it, before a warning.',
        0,
        100,
    ),
    Entry('path_length', 200, 'Poses kept in ~/path.', 1, 10000),
    Entry(
        'autostart',
        True,
        'Configure and activate by itself; false leaves it to a lifecycle manager.',
    ),
)


@dataclass(frozen=True)
class Parameters:
    """The checked values of the table, a field an entry."""

    model_path: str
    scene: str
    trusted_models: str
    device: str
    engine: str
    precision: str
    num_threads: int
    image_transport: str
    on_camera_mismatch: str
    odom_frame: str
    base_frame: str
    estimate_frame: str
    tf_mode: str
    tf_timeout: float
    transform_tolerance: float
    map_odom_correction: str
    map_odom_smooth_time: float
    map_odom_when_lost: str
    max_age: float
    mode: str
    relocalize_timeout: float
    cool_down: float
    initialpose_profile: str
    planar: bool
    initialpose_repeats: int
    path_length: int
    autostart: bool


assert tuple(field.name for field in fields(Parameters)) == tuple(e.name for e in TABLE)
