# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What is installed, and whether it goes together."""

import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path

from posenet_ros.doctor.finding import Finding, fault, good, note
from posenet_ros.share import share

ENGINES = ('onnxruntime', 'openvino')
PATIENCE_S = 60.0
PROFILE = 'FASTRTPS_DEFAULT_PROFILES_FILE'
# Importing cv_bridge is not enough: its compiled half is loaded by the first conversion.
CONVERT = (
    'import numpy, cv_bridge; cv_bridge.CvBridge().cv2_to_imgmsg(numpy.zeros((2, 2, 3), "u1"), '
    '"rgb8"); from cv_bridge.boost import cv_bridge_boost'
)


def software() -> Iterator[Finding]:
    """ROS, Python, torch, CUDA, numpy beside cv_bridge, the engines, the setting of DDS."""
    distribution = os.environ.get('ROS_DISTRO')
    yield good('ROS', f'{distribution or "wheels from PyPI"}, Python {platform.python_version()}')
    yield torch_found(_version('torch'))
    if _version('torch'):
        yield _cuda()
    yield _cv_bridge(distribution)
    found = [f'{name} {_version(name)}' for name in ENGINES if _version(name)]
    yield good('engines', ', '.join(['torchscript', *found]))
    yield profile(os.environ)


def torch_found(installed: str) -> Finding:
    """Whether torch of some version ('' for none) is there."""
    if installed:
        return good('torch', installed)
    return fault(
        'torch',
        f'is not installed for {sys.executable}',
        '. venv/bin/activate && pip install -r src/posenet_ros/requirements.txt',
    )


def cuda_found(available: bool, built_for: str | None, gpu: bool) -> Finding:
    """Whether torch, built for a CUDA version or None, uses the GPU of a machine that has one."""
    if available:
        return good('CUDA', f'available, torch is built for {built_for}')
    if not gpu:
        return good('CUDA', 'no NVIDIA GPU: the network runs on the CPU')
    if built_for is None:
        return note(
            'CUDA',
            'there is a GPU, but torch is built without CUDA',
            'pip install --force-reinstall torch --index-url https://download.pytorch.org/whl/cu126',
        )
    return note(
        'CUDA', f'there is a GPU, but torch for CUDA {built_for} cannot use it', 'nvidia-smi'
    )


def converter(numpy: str, trouble: str | None) -> Finding:
    """Whether cv_bridge works with numpy of a version; trouble is None where it is not there."""
    if trouble is None:
        if find_spec('rosbags') and find_spec('rosbags.image'):
            return good('cv_bridge', 'not installed, rosbags-image converts in its place')
        return note(
            'cv_bridge',
            'not installed: Bayer and YUV pictures cannot be read',
            'sudo apt install ros-$ROS_DISTRO-cv-bridge',
        )
    if not trouble:
        return good('cv_bridge', f'works with numpy {numpy}')
    if int(numpy.split('.')[0]) >= 2:
        return fault(
            'cv_bridge', f'does not load with numpy {numpy} ({trouble})', "pip install 'numpy<2'"
        )
    return fault(
        'cv_bridge',
        f'does not load ({trouble})',
        'sudo apt install --reinstall ros-$ROS_DISTRO-cv-bridge',
    )


def profile_file() -> str:
    """The setting that the package brings along, as a command names it."""
    try:
        return str(share('config/fastdds.xml'))
    except (FileNotFoundError, ImportError):
        return '$(ros2 pkg prefix --share posenet_ros)/config/fastdds.xml'


def profile(environment: Mapping[str, str]) -> Finding:
    """Whether Fast DDS was told to make room for pictures."""
    if environment.get('RMW_IMPLEMENTATION', 'rmw_fastrtps_cpp') != 'rmw_fastrtps_cpp':
        return good('DDS setting', f'{environment["RMW_IMPLEMENTATION"]}, which has its own')
    named = environment.get(PROFILE, '')
    mend = f'export {PROFILE}={profile_file()}'
    if not named:
        return note('DDS setting', f'{PROFILE} is not set: large pictures get lost', mend)
    if not Path(named).is_file():
        return fault('DDS setting', f"{PROFILE} names '{named}', which is not there", mend)
    return good('DDS setting', named)


def _cuda() -> Finding:
    import torch

    gpu = shutil.which('nvidia-smi') is not None
    return cuda_found(torch.cuda.is_available(), torch.version.cuda, gpu)


def _cv_bridge(distribution: str | None) -> Finding:
    numpy = _version('numpy')
    if find_spec('cv_bridge') is None:
        return converter(numpy, None)
    # In a process of its own: what does not go together may end it.
    tried = subprocess.run(
        [sys.executable, '-c', CONVERT], capture_output=True, text=True, timeout=PATIENCE_S
    )
    said = tried.stderr.strip().splitlines() or [f'exit code {tried.returncode}']
    return converter(numpy, '' if tried.returncode == 0 else said[-1])


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return ''
