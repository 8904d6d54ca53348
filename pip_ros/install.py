# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Put these packages into this Python's environment, unless it has the real ones.

python pip_ros/install.py
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from importlib.machinery import PathFinder
from importlib.metadata import distributions
from pathlib import Path

DISTRIBUTION = 'posenet-ros-pip-ros'
PACKAGES = ('tf2_ros', 'tf_transformations', 'sensor_msgs_py')
HERE = Path(__file__).resolve().parent


def reason_to_keep_out() -> str | None:
    """Why nothing may be installed: the real packages are, or may come to be, here."""
    if release := os.environ.get('ROS_DISTRO'):
        return f'ROS 2 {release} is sourced and brings the real packages'
    elsewhere = [path for path in sys.path if Path(path).resolve() != HERE]
    ours = {
        str(file.locate())
        for distribution in distributions(name=DISTRIBUTION, path=elsewhere)
        for file in distribution.files or []
    }
    for package in PACKAGES:
        spec = PathFinder.find_spec(package, elsewhere)
        if spec is not None and spec.origin not in ours:
            return f'the real {package} is installed at {spec.origin}'
    return None


def missing_tool() -> str | None:
    """What the build of tf2_msgs lacks on this machine."""
    if not any(shutil.which(compiler) for compiler in (os.environ.get('CXX', 'g++'), 'c++')):
        return 'a C++ compiler is missing: install it with `apt install g++`'
    if not Path(sysconfig.get_path('include'), 'Python.h').exists():
        return 'the header Python.h is missing: install it with `apt install python3-dev`'
    return None


def has_tf2_msgs() -> bool:
    """Whether the message can be imported with its compiled half."""
    check = 'from tf2_msgs.msg import TFMessage; TFMessage.__import_type_support__()'
    return subprocess.run([sys.executable, '-c', check], capture_output=True).returncode == 0


def build_tf2_msgs(prefix: Path) -> None:
    """Generate, compile and install the package into the environment at `prefix`."""
    tools = {**os.environ, 'PATH': f'{prefix / "bin"}:{os.environ["PATH"]}'}
    with tempfile.TemporaryDirectory() as build:
        for command in (
            f'cmake -G Ninja -S {HERE / "interfaces"} -B {build} -DBUILD_TESTING=OFF '
            f'-DCMAKE_BUILD_TYPE=Release -DCMAKE_INSTALL_PREFIX={prefix} '
            f'-DCMAKE_PREFIX_PATH={prefix} -DPython3_EXECUTABLE={sys.executable}',
            f'cmake --build {build}',
            f'cmake --install {build}',
        ):
            done = subprocess.run(command.split(), env=tools, capture_output=True, text=True)
            if done.returncode:
                sys.exit(f'{done.stdout}{done.stderr}\ntf2_msgs could not be built by: {command}')


def main() -> None:
    """Install what is absent; say in one sentence why not."""
    if reason := reason_to_keep_out():
        print(f'pip_ros: nothing installed, {reason}.')
        return
    if not has_tf2_msgs():
        if reason := missing_tool():
            sys.exit(f'pip_ros: cannot build tf2_msgs, {reason}.')
        build_tf2_msgs(Path(sys.prefix))
    pip = [sys.executable, '-m', 'pip', 'install', '--quiet', '--no-deps', '--no-build-isolation']
    with tempfile.TemporaryDirectory() as folder:
        # A build in place would leave its output in the source tree, and find it again.
        source = shutil.copytree(HERE, Path(folder) / HERE.name)
        subprocess.run([*pip, '--force-reinstall', str(source)], check=True)


if __name__ == '__main__':
    main()
