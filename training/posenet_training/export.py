# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Turn a run into a model file: the network traced, its weights halved, its JSON beside it."""

import os
import warnings
from copy import deepcopy
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torchvision
from numpy.typing import NDArray
from torch import Tensor, nn

from posenet_ros.geometry import pose_error
from posenet_ros.model_file import weights_sha256
from posenet_ros.model_spec import METADATA_FILE, Extent, HeldOutErrors, ModelSpec, Network
from posenet_training import __version__
from posenet_training.data.frames import Frames, Source
from posenet_training.errors import ExportError
from posenet_training.evaluate import evaluate, network_predictor
from posenet_training.metrics import distances_and_angles, errors_of, second_moment
from posenet_training.module import load_network
from posenet_training.network import FEATURE_SIZE, PoseNet
from posenet_training.options import TrainOptions

PARITY = 1e-5
LARGEST_SHIFT_M = 1e-3
LARGEST_SHIFT_DEG = 0.02
COVERAGE_POINTS = 500
# Values of a parameter.  Smaller ones are a thirtieth of a file, but most of what halving moves:
# a trunk's first layers and its depthwise ones.
SMALLEST_HALVED = 20_000

Outputs = tuple[Tensor, Tensor, Tensor, Tensor]


class ExportedPoseNet(nn.Module):
    """The form that a robot runs: no auxiliary regressors, and a covariance with every pose.

    forward: uint8 RGB crops [B, 224, 224, 3] -> (position [B, 3] m, q_xyzw [B, 4],
    covariance [B, 6, 6], feature [B, 2048]).
    """

    covariance: Tensor

    def __init__(self, network: PoseNet, covariance: NDArray[np.float64]) -> None:
        super().__init__()
        self.network = deepcopy(network).eval()
        self.network.auxiliaries = nn.ModuleList()
        self.register_buffer('covariance', torch.from_numpy(covariance).float())

    def forward(self, images: Tensor) -> Outputs:
        pose = self.network(images)
        covariance = self.covariance.expand(images.shape[0], 6, 6)
        return pose.position, pose.q_xyzw, covariance, pose.feature


@dataclass(frozen=True)
class Traced:
    """A traced network with halved weights, and what halving changed."""

    module: torch.jit.ScriptModule
    shift: dict[str, float]


def export(checkpoint_file: Path, source: Source, model_file: Path, created: str) -> ModelSpec:
    """Judge a run on its source and write the model file, atomically; returns its spec.

    created: ISO 8601 time to note.  Raises ExportError when tracing or halving changes answers.
    """
    network, options, checkpoint = load_network(checkpoint_file)
    predict = network_predictor(network)
    reference, calibration = source.frames('reference'), source.frames('calibration')
    errors = pose_error(predict(calibration.images).T_map_camera, calibration.T_map_camera)
    covariance = _covariance(errors)
    traced = trace(ExportedPoseNet(network, covariance), source.frames('validation').images)
    report = evaluate(predict, source, reference)
    spec = ModelSpec(
        scene=source.name,
        frame_id='map',
        camera=source.camera,
        extent=_extent(reference),
        coverage=_coverage(reference),
        held_out_errors=HeldOutErrors(
            tuple(tuple(row) for row in covariance.tolist()),
            len(errors),
            source.describe('calibration'),
        ),
        network=Network(
            options.network.trunk,
            options.network.rotation,
            FEATURE_SIZE,
            network.trunk.pretrained,
        ),
        recipe=_recipe(options, checkpoint),
        metrics={**report, 'half_precision_shift': traced.shift},
        versions={
            'torch': torch.__version__,
            'torchvision': torchvision.__version__,
            'posenet_training': __version__,
        },
        weights_sha256=weights_sha256(traced.module),
        created=created,
    )
    save(traced.module, spec, model_file)
    return spec


def _covariance(errors: NDArray[np.float64]) -> NDArray[np.float64]:
    covariance = second_moment(errors)
    if not np.linalg.eigvalsh(covariance)[0] > 0.0:
        raise ExportError(
            f'{len(errors)} calibration frames do not make a covariance: hold out at least 10, '
            'from all over the scene'
        )
    return covariance


def trace(network: ExportedPoseNet, images: NDArray[np.uint8]) -> Traced:
    """Trace, compare with the eager network on pictures [N, 224, 224, 3], halve the weights.

    Only large parameters are halved (SMALLEST_HALVED); the scene's buffers keep their precision.
    """
    example = torch.from_numpy(images[:1])
    with torch.inference_mode(False), torch.no_grad(), warnings.catch_warnings():
        # PyTorch is retiring TorchScript; the file format stays ours until it changes.
        warnings.filterwarnings('ignore', message='.*torch.jit', category=Warning)
        module = torch.jit.trace(network, example, check_trace=False)
    pictures = torch.from_numpy(images[:256])
    traced = _outputs(module, pictures)
    _check_parity(_outputs(network, pictures), traced)
    _halve_and_widen(module)
    shift = _shift(traced, _outputs(module, pictures))
    _store_halves(module)
    return Traced(module, shift)


def save(module: torch.jit.ScriptModule, spec: ModelSpec, model_file: Path) -> None:
    """Write a traced network and its spec; the old file stays until the new one is whole."""
    model_file.parent.mkdir(parents=True, exist_ok=True)
    temporary = model_file.with_name(f'.{model_file.name}.{os.getpid()}')
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings('ignore', message='.*torch.jit', category=Warning)
            torch.jit.save(module, str(temporary), _extra_files={METADATA_FILE: spec.to_json()})
        os.replace(temporary, model_file)
    finally:
        temporary.unlink(missing_ok=True)


def _outputs(network: Any, images: Tensor) -> Outputs:
    with torch.no_grad():
        batches = [network(batch) for batch in images.split(64)]
    position, q_xyzw, covariance, feature = (
        torch.cat(part) for part in zip(*batches, strict=True)
    )
    return position, q_xyzw, covariance, feature


def _check_parity(eager: Outputs, traced: Outputs) -> None:
    worst = max(float((a - b).abs().max()) for a, b in zip(eager, traced, strict=True))
    if not worst < PARITY:
        raise ExportError(
            f'the traced network differs from the eager one by {worst:.2g}, more than {PARITY}: '
            'something in its forward depends on values, which tracing cannot follow'
        )


def _large_parameters(module: torch.jit.ScriptModule) -> list[nn.Parameter]:
    return [parameter for parameter in module.parameters() if parameter.numel() >= SMALLEST_HALVED]


def _halve_and_widen(module: torch.jit.ScriptModule) -> None:
    for parameter in _large_parameters(module):
        parameter.data = parameter.data.half().float()


def _store_halves(module: torch.jit.ScriptModule) -> None:
    for parameter in _large_parameters(module):
        parameter.data = parameter.data.half()


def _shift(full: Outputs, half: Outputs) -> dict[str, float]:
    """Median and largest change of the poses; raises ExportError when the median is too large."""
    errors = errors_of(half[0], half[1], full[0], full[1])
    distances, angles = distances_and_angles(errors)
    shift = {
        'median_position_m': float(np.median(distances)),
        'median_angle_deg': float(np.median(angles)),
        'largest_position_m': float(distances.max()),
        'largest_angle_deg': float(angles.max()),
    }
    too_far = shift['median_position_m'] > LARGEST_SHIFT_M
    if too_far or shift['median_angle_deg'] > LARGEST_SHIFT_DEG:
        raise ExportError(
            f'half precision moves the poses by {shift["median_position_m"] * 1e3:.2f} mm and '
            f'{shift["median_angle_deg"]:.3f} degrees (medians); at most '
            f'{LARGEST_SHIFT_M * 1e3:.0f} mm and {LARGEST_SHIFT_DEG} degrees are allowed: '
            'train on, the weights have not settled'
        )
    return shift


def _extent(reference: Frames) -> Extent:
    low, high = reference.positions.min(axis=0), reference.positions.max(axis=0)
    return Extent(_point(low), _point(high))


def _coverage(reference: Frames) -> tuple[tuple[float, float, float], ...]:
    step = max(len(reference.positions) // COVERAGE_POINTS, 1)
    return tuple(_point(position) for position in reference.positions[::step])


def _point(position: NDArray[np.float64]) -> tuple[float, float, float]:
    x, y, z = (round(float(value), 4) for value in position)
    return x, y, z


def _recipe(options: TrainOptions, checkpoint: dict[str, Any]) -> dict[str, Any]:
    schedule = checkpoint['callbacks'].get('Schedule', {})
    return {
        **asdict(options),
        'steps_done': int(checkpoint['global_step']),
        'minutes': round(schedule.get('seconds', 0.0) / 60.0, 1),
    }
