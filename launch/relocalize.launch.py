# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Start the relocalization node, and RViz when it is asked for."""

from pathlib import Path

from ament_index_python.packages import get_package_share_directory
from launch import LaunchDescription
from launch.actions import DeclareLaunchArgument, SetEnvironmentVariable
from launch.conditions import IfCondition
from launch.substitutions import LaunchConfiguration
from launch_ros.actions import Node
from launch_ros.parameter_descriptions import ParameterValue

SHARE = Path(get_package_share_directory('posenet_ros'))
FASTDDS = str(SHARE / 'config' / 'fastdds.xml')
# One tree of frames a namespace, as navigation2 does it.
TF_REMAPPINGS = [('/tf', 'tf'), ('/tf_static', 'tf_static')]


def generate_launch_description() -> LaunchDescription:
    """Describe the arguments, the node and RViz."""
    model_path = LaunchConfiguration('model_path')
    image_topic = LaunchConfiguration('image_topic')
    use_sim_time = ParameterValue(LaunchConfiguration('use_sim_time'), value_type=bool)
    return LaunchDescription(
        [
            DeclareLaunchArgument(
                'model_path',
                default_value=str(SHARE / 'models' / 'demo.pt'),
                description='TorchScript model file of your place; the default knows the demo room',
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
                'device',
                default_value='auto',
                description='where the network runs: auto, cpu, cuda or cuda:<number>',
            ),
            DeclareLaunchArgument(
                'namespace', default_value='', description='namespace of the node and its topics'
            ),
            DeclareLaunchArgument(
                'use_sim_time',
                default_value='false',
                choices=['true', 'false'],
                description='take the time from /clock, for simulators and bags',
            ),
            DeclareLaunchArgument(
                'rviz',
                default_value='false',
                choices=['true', 'false'],
                description='open RViz with config/relocalize.rviz',
            ),
            DeclareLaunchArgument(
                'autostart',
                default_value='true',
                choices=['true', 'false'],
                description='configure and activate the node; false leaves that to a lifecycle '
                'manager (bond_timeout: 0.0)',
            ),
            DeclareLaunchArgument(
                'log_level', default_value='info', description='log level of the node'
            ),
            # The stock setting of Fast DDS loses pictures of 640x480 and more.
            SetEnvironmentVariable('FASTRTPS_DEFAULT_PROFILES_FILE', FASTDDS),
            SetEnvironmentVariable('FASTDDS_DEFAULT_PROFILES_FILE', FASTDDS),
            Node(
                package='posenet_ros',
                executable='relocalizer',
                name='relocalizer',
                namespace=LaunchConfiguration('namespace'),
                output='screen',
                parameters=[
                    LaunchConfiguration('params_file'),
                    {
                        'model_path': ParameterValue(model_path, value_type=str),
                        'device': ParameterValue(LaunchConfiguration('device'), value_type=str),
                        'autostart': ParameterValue(
                            LaunchConfiguration('autostart'), value_type=bool
                        ),
                        'use_sim_time': use_sim_time,
                    },
                ],
                remappings=[
                    ('image_raw', image_topic),
                    ('image_raw/compressed', [image_topic, '/compressed']),
                    ('camera_info', LaunchConfiguration('camera_info_topic')),
                    *TF_REMAPPINGS,
                ],
                arguments=['--ros-args', '--log-level', LaunchConfiguration('log_level')],
            ),
            Node(
                package='rviz2',
                executable='rviz2',
                name='rviz',
                namespace=LaunchConfiguration('namespace'),
                condition=IfCondition(LaunchConfiguration('rviz')),
                arguments=['-d', str(SHARE / 'config' / 'relocalize.rviz')],
                parameters=[{'use_sim_time': use_sim_time}],
                remappings=TF_REMAPPINGS,
                output='log',
            ),
        ]
    )
