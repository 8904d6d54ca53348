# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Installation of the robot half and of the demo's world, by colcon or pip."""

import re
from glob import glob
from pathlib import Path

from setuptools import find_packages, setup

NAME = 'posenet_ros'
SHARE = f'share/{NAME}'
MANIFEST = Path(__file__).with_name('package.xml').read_text()
(VERSION,) = re.findall(r'<version>(.+)</version>', MANIFEST)

setup(
    name=NAME,
    version=VERSION,
    description='Camera relocalization with PoseNet as a ROS 2 node',
    license='Apache-2.0',
    author='The posenet_ros authors',
    maintainer='The posenet_ros authors',
    maintainer_email='maintainers@posenet-ros.example',
    packages=find_packages(include=[NAME, f'{NAME}.*', 'simulation', 'simulation.*']),
    python_requires='>=3.10',
    install_requires=['numpy', 'pillow', 'pyyaml', 'scipy', 'torch'],
    extras_require={
        'test': ['hypothesis', 'pytest', 'pytest-timeout'],
        # Recordings of the demo.
        'record': ['rosbags>=0.11,<0.12'],
        # The browser view; robots that nobody looks at do without.
        'view': ['viser>=1.1,<1.2'],
    },
    data_files=[
        ('share/ament_index/resource_index/packages', [f'resource/{NAME}']),
        (SHARE, ['package.xml']),
        (f'{SHARE}/launch', glob('launch/*.launch.py')),
        (f'{SHARE}/config', glob('config/*')),
        (f'{SHARE}/models', glob('models/*')),
    ],
    entry_points={
        'console_scripts': [
            'relocalizer = posenet_ros.relocalizer:main',
            'describe_model = posenet_ros.describe_model:main',
            'trust = posenet_ros.trust_model:main',
            'simulator = simulation.simulator:main',
            'localizer = simulation.localizer:main',
            'player = posenet_ros.player:main',
            'view = posenet_ros.view.__main__:main',
            'doctor = posenet_ros.doctor.__main__:main',
        ],
    },
    zip_safe=True,
)
