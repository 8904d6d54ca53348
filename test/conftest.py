# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Every test session talks on a DDS domain of its own, with room for pictures."""

import os
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from domains import own_domain

if TYPE_CHECKING:
    from harness import Camera, Relocalizer

ROOT = Path(__file__).parent.parent

# Two test runs, or a test run and a demo, must not hear each other: held until the process ends.
_session = ExitStack()
os.environ['ROS_DOMAIN_ID'] = str(_session.enter_context(own_domain()))
os.environ['FASTRTPS_DEFAULT_PROFILES_FILE'] = str(ROOT / 'config' / 'fastdds.xml')
os.environ['FASTDDS_DEFAULT_PROFILES_FILE'] = str(ROOT / 'config' / 'fastdds.xml')


# Of a file whose fixture `pair` is a node and the robot that it works for.
@pytest.fixture
def node(pair: 'tuple[Relocalizer, Camera]') -> 'Relocalizer':
    return pair[0]


@pytest.fixture
def robot(pair: 'tuple[Relocalizer, Camera]') -> 'Camera':
    return pair[1]
