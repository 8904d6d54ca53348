# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What `make test-without-ros` runs is there and imports nothing of ROS."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
COLLECT = """
import sys
for name in ('rclpy', 'sensor_msgs', 'geometry_msgs', 'tf2_ros', 'launch'):
    sys.modules[name] = None
import pytest
sys.exit(pytest.main(['--collect-only', '-q', '-p', 'no:cacheprovider', *sys.argv[1:]]))
"""


def test_the_tests_without_ros_import_nothing_of_it() -> None:
    dry = ['make', '--dry-run', '--silent', 'test-without-ros']
    command = subprocess.run(dry, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    files = [word for word in command.split() if word.endswith('.py')]
    assert len(files) > 10
    arguments = [sys.executable, '-W', 'ignore', '-c', COLLECT, *files]
    collected = subprocess.run(arguments, cwd=ROOT, capture_output=True, text=True, check=False)
    assert collected.returncode == 0, collected.stdout[-2000:]
