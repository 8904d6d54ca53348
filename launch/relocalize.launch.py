# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Start the relocalization node, and RViz when it is asked for."""

from pathlib import Path
from typing import Any

from ament_index_python.packages import get_package_share_directory
from launch.actions import DeclareLaunchArgument, OpaqueFunction, SetEnvironmentVariable
from launch.conditions import IfCondition
from launch.substitutions import LaunchConfiguration
from launch_ros.actions import Node

from launch import LaunchContext, LaunchDescription

SHARE = Path(get_package_share_directory('posenet_ros'))
FASTDDS = str(SHARE / 'config' / 'fastdds.xml')
# One tree of frames a namespace, as navigation2 does it.
TF_REMAPPINGS = [('/tf', 'tf'), ('/tf_static', 'tf_static')]
# What RViz shows, in the namespace of the node.
SHOWN = (
    'map', 'initialpose', 'ground_truth', 'relocalizer/coverage', 'relocalizer/crop',
    'relocalizer/path', 'relocalizer/pose_with_covariance',
)  # fmt: skip
# Arguments that overrule the parameter file, only when they are given.
OVERRULING = ('model_path', 'mode', 'device', 'engine', 'precision', 'autostart')


def generate_launch_description() -> LaunchDescription:
    """Describe the arguments, the node and RViz."""
    return LaunchDescription(
        [
            DeclareLaunchArgument(
                'model_path',
                default_value='',
                description="TorchScript model file of your place (default: params_file's, which "
                'is models/demo.pt, the demo room)',
            ),
            DeclareLaunchArgument(
                'image_topic',
                default_value='image_raw',
                description="topic of the camera's pictures; with the parameter image_transport "
                'compressed its pictures are taken from <image_topic>/compressed',
            ),
            DeclareLaunchArgument(
                'camera_info_topic',
                default_value='camera_info',
                description="topic of the camera's intrinsics, with which the view is matched to "
                "the training camera's",
            ),
            DeclareLaunchArgument(
                'params_file',
                default_value=str(SHARE / 'config' / 'relocalize.yaml'),
                description='parameter file of the node; copy the default and change the copy',
            ),
            DeclareLaunchArgument(
                'mode',
                default_value='',
                choices=['', 'on_request', 'continuous'],
                description='when a place is handed over: only when ~/relocalize asks, or '
                "whenever it is new to the others (default: params_file's)",
            ),
            DeclareLaunchArgument(
                'device',
                default_value='',
                description='where the network runs: auto, cpu, cuda or cuda:<number> (default: '
                "params_file's)",
            ),
            DeclareLaunchArgument(
                'engine',
                default_value='',
                choices=['', 'auto', 'torchscript', 'onnxruntime', 'openvino'],
                description='what runs the network on a CPU; all but torchscript take the ONNX '
                "twin beside the model file (default: params_file's)",
            ),
            DeclareLaunchArgument(
                'precision',
                default_value='',
                choices=['', 'full', 'half'],
                description='full, or half: TorchScript computes the trunk in 16 bits where that '
                "is quicker and alike (default: params_file's)",
            ),
            DeclareLaunchArgument(
                'namespace', default_value='', description='namespace of the node and its topics'
            ),
            DeclareLaunchArgument(
                'use_sim_time',
                default_value='',
                choices=['', 'true', 'false'],
                description='take the time from /clock, for simulators and bags (default: '
                "params_file's)",
            ),
            DeclareLaunchArgument(
                'rviz',
                default_value='false',
                choices=['true', 'false'],
                description='open RViz with config/relocalize.rviz',
            ),
            DeclareLaunchArgument(
                'autostart',
                default_value='',
                choices=['', 'true', 'false'],
                description='configure and activate the node; false leaves that to a lifecycle '
                "manager with bond_timeout 0.0 (default: params_file's)",
            ),
            DeclareLaunchArgument(
                'log_level', default_value='info', description='log level of the node'
            ),
            # The stock setting of Fast DDS loses pictures of 640x480 and more.
            SetEnvironmentVariable('FASTRTPS_DEFAULT_PROFILES_FILE', FASTDDS),
            SetEnvironmentVariable('FASTDDS_DEFAULT_PROFILES_FILE', FASTDDS),
            OpaqueFunction(function=relocalizer),
            OpaqueFunction(function=rviz),
        ]
    )


def relocalizer(context: LaunchContext) -> list[Node]:
    """Start the node with the parameter file and the arguments that were given."""
    image_topic = LaunchConfiguration('image_topic')
    given = {name: LaunchConfiguration(name).perform(context) for name in OVERRULING}
    overrules: dict[str, Any] = {name: value for name, value in given.items() if value}
    if 'autostart' in overrules:
        overrules['autostart'] = overrules['autostart'] == 'true'
    return [
        Node(
            package='posenet_ros',
            executable='relocalizer',
            name='relocalizer',
            namespace=LaunchConfiguration('namespace'),
            output='screen',
            parameters=[LaunchConfiguration('params_file'), sim_time(context), overrules],
            remappings=[
                ('image_raw', image_topic),
                ('image_raw/compressed', [image_topic, '/compressed']),
                ('camera_info', LaunchConfiguration('camera_info_topic')),
                *TF_REMAPPINGS,
            ],
            arguments=['--ros-args', '--log-level', LaunchConfiguration('log_level')],
        )
    ]


def rviz(context: LaunchContext) -> list[Node]:
    """Open RViz with the displays of this package."""
    return [
        Node(
            package='rviz2',
            executable='rviz2',
            name='rviz',
            namespace=LaunchConfiguration('namespace'),
            condition=IfCondition(LaunchConfiguration('rviz')),
            arguments=['-d', str(SHARE / 'config' / 'relocalize.rviz')],
            parameters=[sim_time(context)],
            remappings=[*TF_REMAPPINGS, *((f'/{topic}', topic) for topic in SHOWN)],
            output='log',
        )
    ]


def sim_time(context: LaunchContext) -> dict[str, bool]:
    """Which clock to follow, if that was said."""
    given = LaunchConfiguration('use_sim_time').perform(context)
    return {'use_sim_time': given == 'true'} if given else {}
