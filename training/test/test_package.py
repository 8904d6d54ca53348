# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The training half needs no ROS, and its command speaks in sentences."""

import os
import pkgutil
import subprocess
import sys
from pathlib import Path

import posenet_training

ROOT = Path(__file__).resolve().parents[2]


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    paths = os.pathsep.join([str(ROOT), str(ROOT / 'training')])
    return subprocess.run(
        [sys.executable, *arguments],
        env={**os.environ, 'PYTHONPATH': paths},
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )


def test_every_module_imports_without_ros():
    names = [
        module.name
        for module in pkgutil.walk_packages(posenet_training.__path__, 'posenet_training.')
    ]
    assert len(names) > 10
    blocked = "import sys; sys.modules['rclpy'] = None; sys.modules['rosidl_parser'] = None; "
    result = run('-W', 'ignore', '-c', blocked + 'import ' + ', '.join(names))
    assert result.returncode == 0, result.stderr


def test_unknown_scene_is_refused_in_one_sentence(tmp_path):
    result = run('-W', 'ignore', '-m', 'posenet_training.cli', 'train', 'moon', str(tmp_path))
    assert result.returncode == 1
    assert result.stderr.strip() == "posenet: scene 'moon' is neither room:SEED nor a folder"


def test_missing_model_file_is_refused_in_one_sentence(tmp_path):
    missing = str(tmp_path / 'none.pt')
    result = run('-W', 'ignore', '-m', 'posenet_training.cli', 'evaluate', missing, 'room:7')
    assert result.returncode == 1
    assert 'cannot be used: there is no such file' in result.stderr
    assert 'Traceback' not in result.stderr
