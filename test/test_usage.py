# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Executables explain themselves, and find the package's files without a sourced workspace."""

import os
import subprocess
import sys

import pytest
from forks import ROOT

from posenet_ros.parameter_table import TABLE
from posenet_ros.share import share

UNSOURCED = {name: value for name, value in os.environ.items() if name != 'AMENT_PREFIX_PATH'}


@pytest.mark.parametrize(
    ('module', 'parameters'),
    [
        ('posenet_ros.relocalizer', [entry.name for entry in TABLE]),
        ('posenet_ros.player', ['scene', 'split', 'rate', 'encoding', 'frame_id', 'loop']),
        ('posenet_ros.view', ['host', 'port', 'node', 'base_frame']),
    ],
)
@pytest.mark.parametrize('option', ['-h', '--help'])
def test_nodes_answer_help(module: str, parameters: list[str], option: str) -> None:
    command = [sys.executable, '-m', module, option]
    asked = subprocess.run(
        command, cwd=ROOT, env=UNSOURCED, capture_output=True, text=True, timeout=60, check=True
    )
    assert asked.stdout.startswith(f'usage: {module.rpartition(".")[2]} ')
    for parameter in parameters:
        assert f'\n  {parameter} (default ' in asked.stdout
    assert max(map(len, asked.stdout.splitlines())) <= 79


def test_files_of_the_source_tree_need_no_workspace() -> None:
    code = 'from posenet_ros.share import share; print(share("models/demo.pt"))'
    command = [sys.executable, '-c', code]
    asked = subprocess.run(
        command, cwd=ROOT, env=UNSOURCED, capture_output=True, text=True, timeout=60, check=True
    )
    assert asked.stdout.strip() == str(share('models/demo.pt')) == str(ROOT / 'models/demo.pt')


def test_a_workspace_that_is_not_sourced_is_one_sentence(
    monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    monkeypatch.setattr('posenet_ros.share.ROOT', tmp_path_factory.mktemp('elsewhere'))
    monkeypatch.delenv('AMENT_PREFIX_PATH', raising=False)
    with pytest.raises(FileNotFoundError, match=r"^'models/demo.pt' of posenet_ros is "):
        share('models/demo.pt')
