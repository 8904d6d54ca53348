# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The networks that are timed, as the trainer makes them: as modules, and as files with twins."""

from copy import deepcopy
from dataclasses import replace
from pathlib import Path

import torch

from posenet_ros.engine_choice import example_crops
from posenet_ros.engines import twin_of
from posenet_ros.model_file import load_module, read_reference, read_spec
from posenet_ros.model_spec import ModelSpec
from posenet_training.exporting.claims import ConstantClaim, LearnedClaim
from posenet_training.exporting.listing import list_as_trusted
from posenet_training.exporting.network import ExportedPoseNet
from posenet_training.exporting.onnx_file import OnnxDraft
from posenet_training.exporting.torchscript import TorchScriptDraft
from posenet_training.network import PoseNet, SceneStatistics
from posenet_training.recipe import NetworkOptions
from posenet_training.whole_file import whole_file

SEED = 0


def random_network(trunk: str, spec: ModelSpec) -> ExportedPoseNet:
    """A network with random weights, which take as long as learned ones."""
    torch.manual_seed(SEED)
    network = PoseNet(NetworkOptions(trunk, 'six_d', dropout=0.0), _statistics())
    return ExportedPoseNet(network.eval(), ConstantClaim(spec.covariance)).eval()


def network_of(model_file: Path) -> ExportedPoseNet:
    """The network of a model file of one run that learned its uncertainty, with its weights."""
    spec = read_spec(model_file)
    network = PoseNet(NetworkOptions(**spec.recipe['network']), _statistics())
    network.side = spec.recipe['sides'][-1]['side']
    stored = load_module(model_file).float().state_dict()
    # The layer of its uncertainty has gone to the claim.
    network.load_state_dict(
        {name.removeprefix('network.').removeprefix('claim.'): v for name, v in stored.items()}
    )
    return ExportedPoseNet(network.eval(), LearnedClaim(network.deviations)).eval()


def write_files(network: ExportedPoseNet, like: Path, model_file: Path) -> None:
    """Write a network and its twin, with what another model file says of itself."""
    write_torchscript(network, like, model_file)
    _write(OnnxDraft(network, torch.float16, example_crops()), like, twin_of(model_file))


def write_torchscript(network: ExportedPoseNet, like: Path, model_file: Path) -> None:
    """Write a network alone, with what another model file says of itself."""
    _write(TorchScriptDraft(network, torch.float16, example_crops()), like, model_file)


def _write(draft: TorchScriptDraft | OnnxDraft, like: Path, path: Path) -> None:
    with whole_file(path) as partial:
        spec = replace(read_spec(like), weights_sha256=draft.weights_sha256)
        draft.save(spec, read_reference(like), partial)
        list_as_trusted(partial, path)


def as_often_written(network: ExportedPoseNet) -> ExportedPoseNet:
    """A copy whose pictures have the plain layout of PyTorch, not channels last."""
    plain = deepcopy(network)
    plain.network.trunk.register_forward_pre_hook(lambda trunk, given: (given[0].contiguous(),))
    return plain


def _statistics() -> SceneStatistics:
    return SceneStatistics(torch.full((224, 224, 3), 127.0), 58.0, torch.zeros(3), 1.0)
