# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""One distribution of the Python packages; it refuses to build beside the real ones."""

import sys
from pathlib import Path

from setuptools import setup

sys.path.insert(0, str(Path(__file__).resolve().parent))
from install import DISTRIBUTION, PACKAGES, reason_to_keep_out

if reason := reason_to_keep_out():
    sys.exit(f'pip_ros must not be installed here: {reason}.')

setup(
    name=DISTRIBUTION,
    version='0.1.0',
    description='What the ROS 2 of apt has and PyPI lacks, as far as posenet_ros uses it',
    license='Apache-2.0',
    packages=list(PACKAGES),
    install_requires=['numpy', 'scipy', 'transforms3d'],
)
