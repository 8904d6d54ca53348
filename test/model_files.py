# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Model files for tests: the real format around small networks whose answers are known."""

import warnings
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from familiar_samples import undecided

from posenet_ros.engines import INPUT_NAME, OUTPUT_NAMES, twin_of
from posenet_ros.gates import Gates
from posenet_ros.model_archive import ModelArchive
from posenet_ros.model_file import REFERENCE_FILE, weights_sha256
from posenet_ros.model_spec import (
    METADATA_FILE,
    Camera,
    Extent,
    HeldOutErrors,
    ModelSpec,
    Network,
)
from posenet_ros.reference import Reference
from posenet_ros.trusted_models import TrustedModels
from posenet_ros.uncertainty import Calibration

CAMERA = Camera(640, 480, 420.0, 420.0, 320.0, 240.0)
# What the network claims is true as it is.
CALIBRATION = Calibration(
    uncertainty='constant',
    scale=(1.0, 1.0),
    disagreement=(0.0, 0.0),
    least=(0.0, 0.0),
    covariance_factor=1.0,
    levels=(0.5, 0.9, 0.95),
    position=(1.0, 2.0, 3.0),
    rotation=(1.0, 2.0, 3.0),
    frames=100,
    source='tests',
)
# Nothing of a picture of one colour can be doubted but where the camera stood.
GATES = Gates(
    false_refusal_rate=0.02,
    strangeness=1e6,
    novelty=1e6,
    disagreement_m=1e6,
    disagreement_rad=4.0,
    apart_m=1e6,
    apart_rad=4.0,
    outside_m=0.25,
    brightness=0.0,
    saturated=1.0,
    structure=0.0,
    grain=255.0,
    flat=1.0,
    repeats=1e6,
)
REFERENCE = Reference(
    mean=np.zeros(8, np.float32),
    basis=np.eye(2, 8, dtype=np.float32),
    features=np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]], np.float32),
    positions=np.array([[0.0, 0.0, 0.0], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]),
    q_xyzw=np.tile(np.array([[0.0, 0.0, 0.0, 1.0]], np.float32), (3, 1)),
    familiarity=undecided(8),
)
SPEC = ModelSpec(
    scene='test room',
    frame_id='map',
    camera=CAMERA,
    extent=Extent((0.0, 0.0, 0.0), (10.0, 10.0, 10.0)),
    coverage=((1.0, 2.0, 3.0), (4.0, 5.0, 6.0)),
    held_out_errors=HeldOutErrors(
        tuple(map(tuple, np.diag([0.01, 0.02, 0.03, 0.001, 0.002, 0.003]).tolist())), 100, 'tests'
    ),
    calibration=CALIBRATION,
    gates=GATES,
    network=Network('colour', 'quaternion', 8, 'none'),
    recipe={},
    metrics={},
    versions={'torch': torch.__version__},
    weights_sha256='',
    created='2026-01-01T00:00:00+00:00',
)


class ColourNet(torch.nn.Module):
    """Answers the mean colour as the position, (R, G, B) / 25.5 metres.

    A picture darker than 5 of 255 is answered with NaN, a white one with a zero quaternion.
    """

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer('claim', torch.tensor(SPEC.covariance, dtype=torch.float32))
        self.register_buffer('rotation', torch.tensor([0.5, -0.5, 0.5, -0.5]))

    def forward(self, images: torch.Tensor) -> tuple[torch.Tensor, ...]:
        position = images.float().mean((1, 2)) / 25.5
        grey = position.mean(-1, keepdim=True)
        position = torch.where(grey < 5 / 25.5, torch.nan, position)
        q_xyzw = torch.where(grey > 9.9, 0.0, 1.0) * self.rotation
        covariance = self.claim.expand(len(images), 6, 6)
        return position, q_xyzw, covariance, torch.cat([position, position, position[:, :2]], -1)


class SlowNet(ColourNet):
    """The same answers after about `products` large matrix products of work."""

    def __init__(self, products: int) -> None:
        super().__init__()
        self.products = products
        self.register_buffer('square', torch.eye(1024))

    def forward(self, images: torch.Tensor) -> tuple[torch.Tensor, ...]:
        work = self.square * images.float().mean() / 255.0
        for _ in range(self.products):
            work = work @ self.square
        position, *rest = super().forward(images)
        return position + 0.0 * work.mean(), *rest


def write_model(
    path: Path,
    network: torch.nn.Module,
    spec: ModelSpec = SPEC,
    reference: Reference = REFERENCE,
) -> Path:
    """Trace the network and write it as a model file."""
    grey = torch.full((1, 224, 224, 3), 100, dtype=torch.uint8)
    with warnings.catch_warnings():
        warnings.simplefilter('ignore')
        traced = torch.jit.trace(network.eval(), grey)
        whole = replace(spec, weights_sha256=spec.weights_sha256 or weights_sha256(traced))
        extra = {METADATA_FILE: whole.to_json(), REFERENCE_FILE: reference.to_bytes()}
        torch.jit.save(traced, str(path), _extra_files=extra)
    return listed(path)


def listed(file: Path) -> Path:
    """List a file as trusted, as `posenet export` does."""
    TrustedModels().add(ModelArchive(file.read_bytes()).sha256, file)
    return file


def write_twin(model_file: Path, network: torch.nn.Module) -> Path:
    """Write the same network as ONNX beside a model file; needs onnxscript."""
    twin = twin_of(model_file)
    grey = torch.full((1, 224, 224, 3), 100, dtype=torch.uint8)
    with warnings.catch_warnings():
        warnings.simplefilter('ignore')
        torch.onnx.export(
            network.eval(),
            (grey,),
            str(twin),
            input_names=[INPUT_NAME],
            output_names=list(OUTPUT_NAMES),
            dynamo=True,
            external_data=False,
            verbose=False,
        )
    return listed(twin)
