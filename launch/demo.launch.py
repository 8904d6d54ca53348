# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Start the embedded world, the relocalization node, a small localizer and RViz."""

from pathlib import Path

from ament_index_python.packages import get_package_share_directory
from launch.actions import (
    DeclareLaunchArgument,
    IncludeLaunchDescription,
    SetEnvironmentVariable,
)
from launch.launch_description_sources import PythonLaunchDescriptionSource
from launch.substitutions import LaunchConfiguration
from launch_ros.actions import Node

from launch import LaunchDescription

SHARE = Path(get_package_share_directory('posenet_ros'))
FASTDDS = str(SHARE / 'config' / 'fastdds.xml')


def generate_launch_description() -> LaunchDescription:
    """Describe the simulated robot, the node that finds it, and a localizer that believes it."""
    return LaunchDescription(
        [
            DeclareLaunchArgument(
                'rviz',
                default_value='true',
                choices=['true', 'false'],
                description='open RViz with config/relocalize.rviz',
            ),
            DeclareLaunchArgument(
                'device',
                default_value='',
                description='where the network runs: auto (default), cpu, cuda or cuda:<number>',
            ),
            # The stock setting of Fast DDS loses pictures of 640x480 and more.
            SetEnvironmentVariable('FASTRTPS_DEFAULT_PROFILES_FILE', FASTDDS),
            SetEnvironmentVariable('FASTDDS_DEFAULT_PROFILES_FILE', FASTDDS),
            Node(package='posenet_ros', executable='simulator', name='simulator', output='screen'),
            # Where AMCL would be: it owns map to odom and is told where to begin.
            Node(package='posenet_ros', executable='localizer', name='localizer', output='screen'),
            IncludeLaunchDescription(
                PythonLaunchDescriptionSource(str(SHARE / 'launch' / 'relocalize.launch.py')),
                launch_arguments={
                    'mode': 'continuous',
                    'rviz': LaunchConfiguration('rviz'),
                    'device': LaunchConfiguration('device'),
                }.items(),
            ),
        ]
    )
