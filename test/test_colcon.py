# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The package as users build it: colcon, a sourced workspace, the installed commands."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import rclpy
from rclpy.executors import SingleThreadedExecutor
from rclpy.node import Node
from rclpy.parameter import parameter_value_to_python
from rclpy.parameter_client import AsyncParameterClient

ROOT = Path(__file__).parent.parent
PACKAGE = 'posenet_ros'

pytestmark = pytest.mark.slow


def environment() -> dict[str, str]:
    """The shell of a user who has activated this Python's environment."""
    return {
        'AMENT_PREFIX_PATH': sys.prefix,
        **{name: value for name, value in os.environ.items() if name != 'PYTHONPATH'},
        'PATH': f'{Path(sys.executable).parent}:{os.environ["PATH"]}',
    }


def run(command: list[str], folder: Path, **added: str) -> str:
    done = subprocess.run(
        command,
        cwd=folder,
        env=environment() | added,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f'{command} failed:\n{done.stdout}'
    return done.stdout


@pytest.fixture(scope='module')
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace outside the tree, with the committed files as its one package, built."""
    if not (ROOT / '.git').exists():
        pytest.skip('the list of committed files comes from git, and this is no checkout')
    workspace = tmp_path_factory.mktemp('workspace')
    listed = run(['git', 'ls-files', '-z'], ROOT).split('\0')
    for name in listed:
        if name and (ROOT / name).is_file():
            copy = workspace / 'src' / PACKAGE / name
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, copy)
    printed = run(['colcon', 'build', '--event-handlers', 'console_direct+'], workspace)
    assert '1 package finished' in printed, printed
    return workspace


def sourced(workspace: Path, command: str) -> str:
    return run(['bash', '-c', f'source install/setup.bash && {command}'], workspace)


def test_only_this_package_is_built(workspace: Path) -> None:
    # pip_ros and training are no packages of the workspace.
    listed = run(['colcon', 'list', '--names-only'], workspace)
    assert listed.split() == [PACKAGE]


def test_the_share_folder_is_found_through_the_index(workspace: Path) -> None:
    share = sourced(
        workspace,
        'python3 -c "from ament_index_python.packages import get_package_share_directory as find;'
        f"print(find('{PACKAGE}'))\"",
    ).strip()
    assert Path(share) == workspace / 'install' / PACKAGE / 'share' / PACKAGE
    for folder in ('launch', 'config', 'models'):
        committed = run(['git', 'ls-files', folder], ROOT).split()
        installed = {file.name for file in Path(share, folder).glob('*')}
        assert {Path(name).name for name in committed} <= installed, folder
    assert Path(share, 'package.xml').is_file()


def test_commands_run_with_the_python_of_the_environment(workspace: Path) -> None:
    commands = workspace / 'install' / PACKAGE / 'lib' / PACKAGE
    assert {file.name for file in commands.iterdir()} == {
        'describe_model', 'doctor', 'localizer', 'player', 'relocalizer', 'simulator',
        'trust', 'view',
    }  # fmt: skip
    for command in commands.iterdir():
        # A fixed path would be the system's Python, which has no torch.
        assert command.read_text().startswith('#!/usr/bin/env python3\n'), command
    assert 'model' in sourced(workspace, f'{commands}/describe_model --help')


def test_the_sourced_workspace_is_what_is_imported(workspace: Path) -> None:
    for package in (PACKAGE, 'simulation'):
        where = sourced(workspace, f'python3 -c "import {package}; print({package}.__file__)"')
        assert Path(where.strip()).is_relative_to(workspace / 'install'), where


@contextmanager
def started(workspace: Path, parameters: Path) -> Iterator[None]:
    command = (
        'source install/setup.bash && '
        f'exec install/{PACKAGE}/lib/{PACKAGE}/relocalizer --ros-args '
        f'--params-file {parameters} -p autostart:=false'
    )
    process = subprocess.Popen(['bash', '-c', command], cwd=workspace, env=environment())
    try:
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(10.0)
        except subprocess.TimeoutExpired:
            process.kill()
            raise


def parameter_values(node: Node, names: list[str]) -> list[object]:
    client = AsyncParameterClient(node, 'relocalizer')
    assert client.wait_for_services(120.0), 'the installed relocalizer offers no parameters'
    future = client.get_parameters(names)
    rclpy.spin_until_future_complete(node, future, node.executor, 30.0)
    answer = future.result()
    assert answer is not None, 'the installed relocalizer does not answer'
    return [parameter_value_to_python(value) for value in answer.values]


def test_the_installed_node_takes_the_installed_parameters(workspace: Path) -> None:
    shipped = workspace / 'install' / PACKAGE / 'share' / PACKAGE / 'config' / 'relocalize.yaml'
    text = shipped.read_text()
    assert "odom_frame: 'odom'" in text
    changed = workspace / 'changed.yaml'
    changed.write_text(text.replace("odom_frame: 'odom'", "odom_frame: 'wheels'"))
    context = rclpy.Context()
    rclpy.init(context=context)
    node = rclpy.create_node('asker', context=context)
    executor = SingleThreadedExecutor(context=context)
    executor.add_node(node)
    try:
        with started(workspace, changed):
            values = parameter_values(node, ['odom_frame', 'base_frame', 'device'])
    finally:
        executor.shutdown()
        node.destroy_node()
        rclpy.shutdown(context=context)
    assert values == ['wheels', 'base_link', 'auto']
