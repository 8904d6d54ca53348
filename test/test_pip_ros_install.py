# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""pip_ros stays out of the way of real packages, and stays small."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

PIP_ROS = Path(__file__).parent.parent / 'pip_ros'


def install(**environment: str) -> str:
    done = subprocess.run(
        [sys.executable, str(PIP_ROS / 'install.py')],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


def test_nothing_is_installed_where_ros_is_sourced() -> None:
    said = install(ROS_DISTRO='jazzy')
    assert said == (
        'pip_ros: nothing installed, ROS 2 jazzy is sourced and brings the real packages.\n'
    )


@pytest.mark.parametrize('package', ['tf2_ros', 'tf_transformations', 'sensor_msgs_py'])
def test_nothing_is_installed_beside_a_real_package(package: str, tmp_path: Path) -> None:
    pytest.importorskip('tf2_ros.frame_tree', reason='the real tf2_ros is already there')
    real = tmp_path / package / '__init__.py'
    real.parent.mkdir()
    real.touch()
    said = install(PYTHONPATH=str(tmp_path), ROS_DISTRO='')
    assert said == f'pip_ros: nothing installed, the real {package} is installed at {real}.\n'


def test_pip_itself_is_refused_where_ros_is_sourced(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, str(PIP_ROS / 'setup.py'), 'bdist_wheel', '--dist-dir', str(tmp_path)],
        env={**os.environ, 'ROS_DISTRO': 'jazzy'},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr.startswith('pip_ros must not be installed here: ROS 2 jazzy is sourced')
    assert not any(tmp_path.iterdir())


def test_a_missing_compiler_is_named(tmp_path: Path) -> None:
    source = 'import install; print(install.missing_tool())'
    done = subprocess.run(
        [sys.executable, '-c', source],
        env={**os.environ, 'PATH': str(tmp_path)},
        cwd=PIP_ROS,
        capture_output=True,
        text=True,
        check=True,
    )
    assert 'apt install g++' in done.stdout


def test_it_stays_small() -> None:
    kinds = ('*.py', '*.txt', '*.xml', '*.msg')
    files = [file for kind in kinds for file in PIP_ROS.rglob(kind)]
    lines = [line for file in files for line in file.read_text().splitlines()]
    written = [line for line in lines if line.strip() and not line.startswith('#')]
    assert 100 < len(written) <= 650, 'pip_ros holds only what the product imports'
