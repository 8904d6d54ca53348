# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The training half needs no ROS, and its command speaks in sentences."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from command_samples import refused
from training_samples import small_scene

from posenet_ros.model_file import read_spec

ROOT = Path(__file__).resolve().parents[2]


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    paths = os.pathsep.join([str(ROOT), str(ROOT / 'training')])
    return subprocess.run(
        [sys.executable, *arguments],
        env={**os.environ, 'PYTHONPATH': paths},
        capture_output=True,
        text=True,
        timeout=250,
        check=False,
    )


# A loader process imports the script again: only the trainer runs it.
WITHOUT_ROS = """
import sys
sys.modules['rclpy'] = None
sys.modules['rosidl_parser'] = None
import pkgutil
from importlib import import_module
from pathlib import Path
import posenet_training
from posenet_ros.scene import read_scene
from posenet_training.data.pictures import PictureSource
from posenet_training.exporting.export import export
from posenet_training.fit import RunOptions, fit
from posenet_training.recipe_files import read_recipe

if __name__ == '__main__':
    for module in pkgutil.walk_packages(posenet_training.__path__, 'posenet_training.'):
        import_module(module.name)
        print(module.name)
    folder = Path(sys.argv[1])
    source = PictureSource(read_scene(folder / 'scene'))
    recipe = read_recipe('pictures', [
        'network.trunk=mobilenet_v3_small', 'network.pretrained=false', 'views.axis=kept',
        'steps=2', 'batch=2', 'sides=[{until: 1.0, side: 64}]',
    ])
    checkpoint = fit(source, recipe, folder / 'run', RunOptions(workers=1))
    export(checkpoint, source, folder / 'model.pt', 'today')
"""


@pytest.mark.slow
def test_every_module_and_training_and_export_need_no_ros(tmp_path):
    small_scene(tmp_path / 'scene', train=4, validation=30)
    script = tmp_path / 'script.py'
    script.write_text(WITHOUT_ROS.strip())
    result = run('-W', 'ignore', str(script), str(tmp_path))
    assert result.returncode == 0, result.stderr
    assert result.stdout.count('posenet_training.') > 10
    assert read_spec(tmp_path / 'model.pt').recipe['steps_done'] == 2


@pytest.mark.parametrize(
    ('arguments', 'sentence'),
    [
        (['train', 'moon', '--out', 'run'], "posenet: 'moon' is no scene: it has no scene.yaml"),
        (['evaluate', 'none.pt', 'room:7'], r"posenet: .*'none.pt' cannot be used: there is no"),
        (['export', 'none', 'model.pt'], r"posenet: there is no run 'none': train one"),
    ],
)
def test_mistakes_end_in_one_sentence(arguments, sentence, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert re.match(sentence, refused(monkeypatch, *arguments))
