# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Read and check a model file: the only place that touches torch.jit on the robot.

A model file is TorchScript with `metadata.json` (model_spec.py) and `reference.npz` (reference.py)
in its extra files, or ONNX with them in its metadata, which does not need torch.jit.  Its graph
takes uint8 RGB crops [B, 224, 224, 3] and returns (position [B, 3] m, q_xyzw [B, 4],
covariance [B, 6, 6], feature [B, F]) of the camera's optical frame in the map.
TorchScript runs what is in the file, so that only listed files are loaded (trusted_models.py).
"""

from __future__ import annotations

import hashlib
import io
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from posenet_ros.engine_choice import Chosen, EngineWish, choose, choose_for_onnx
from posenet_ros.engines import EngineRefusal
from posenet_ros.graphs import as_written
from posenet_ros.model_archive import ModelArchive, OnnxArchive, read_archive
from posenet_ros.model_spec import METADATA_FILE, ModelFileError, ModelSpec
from posenet_ros.own_engine import own_engine, plain_engine
from posenet_ros.preprocess import INPUT_SIZE
from posenet_ros.reference import Reference
from posenet_ros.refusal import PredictionRefusal
from posenet_ros.trusted_models import TrustedModels

REFERENCE_FILE = 'reference.npz'
WARM_UP_RUNS = 3
TORCHSCRIPT = EngineWish()


class DeviceError(ValueError):
    """A device name that torch does not know or that this machine does not have."""


@dataclass(frozen=True)
class Prediction:
    """One answer of the network for one picture, float64.

    position [3] m and q_xyzw [4] (unit): T_map_camera, optical axes; covariance [6, 6] as in
    geometry.py, as the network claims it (uncertainty.py calibrates it); feature [F] the
    localization feature.
    """

    position: NDArray[np.float64]
    q_xyzw: NDArray[np.float64]
    covariance: NDArray[np.float64]
    feature: NDArray[np.float64]


@dataclass(frozen=True)
class Device:
    """Where the network runs, and why not elsewhere (empty when it was asked for)."""

    name: str
    note: str = ''


def choose_device(name: str) -> Device:
    """Turn `auto`, `cpu` or `cuda[:n]` into a device; without CUDA it is the CPU, with a note.

    Raises DeviceError for any other name and for a GPU number that is not there.
    """
    kind, _, index = name.partition(':')
    known = name in ('auto', 'cpu') or (kind == 'cuda' and (index.isdigit() or name == 'cuda'))
    if not known:
        raise DeviceError(f"device '{name}' is unknown: use auto, cpu, cuda or cuda:<number>")
    if name == 'cpu':
        return Device('cpu')
    count = torch.cuda.device_count() if torch.cuda.is_available() else 0
    if count == 0:
        return Device('cpu', 'no CUDA device is available: running on the CPU')
    if index and int(index) >= count:
        raise DeviceError(f"device '{name}' is not there: this machine has cuda:0 to {count - 1}")
    return Device('cuda' if name == 'auto' else name)


def weights_sha256(module: torch.nn.Module) -> str:
    """Digest of the names, shapes, types and bytes of all weights and buffers, as stored."""
    return tensors_sha256(module.state_dict())


def tensors_sha256(tensors: Mapping[str, torch.Tensor]) -> str:
    """Digest of the names, shapes, types and bytes of tensors."""
    digest = hashlib.sha256()
    for name, tensor in sorted(tensors.items()):
        digest.update(f'{name} {tuple(tensor.shape)} {tensor.dtype}'.encode())
        digest.update(tensor.detach().cpu().contiguous().numpy().tobytes())
    return digest.hexdigest()


@contextmanager
def quiet_torchscript() -> Iterator[None]:
    """Silence what torch.jit says of its own end: PyTorch retires it, users cannot help it."""
    with warnings.catch_warnings():
        warnings.filterwarnings('ignore', message='.*torch.jit', category=Warning)
        yield


class Regressor:
    """A checked, warmed-up network in its engine, with the training frames that it keeps.

    engine, engine_note: its name, and why that one, '' where nothing was to choose.
    """

    def __init__(self, chosen: Chosen, spec: ModelSpec, reference: Reference) -> None:
        self.spec = spec
        self.reference = reference
        self.device = chosen.engine.device
        self.engine = chosen.engine.name
        self.engine_note = chosen.reason
        self._engine = chosen.engine

    def predict(self, crop_rgb: NDArray[np.uint8]) -> Prediction:
        """Regress the camera's pose from one crop [224, 224, 3], uint8 RGB.

        Raises PredictionRefusal when the answer is not finite or not a rotation.
        """
        outputs = self.answers(torch.from_numpy(crop_rgb)[None])
        position, q_xyzw, covariance, feature = (
            output[0].numpy().astype(np.float64) for output in outputs
        )
        return checked(position, q_xyzw, covariance, feature)

    def answers(self, crops_rgb: torch.Tensor) -> tuple[torch.Tensor, ...]:
        """The graph's own four outputs for uint8 RGB crops [B, 224, 224, 3], on the CPU."""
        return self._engine.answers(crops_rgb)


def checked(
    position: NDArray[np.float64],
    q_xyzw: NDArray[np.float64],
    covariance: NDArray[np.float64],
    feature: NDArray[np.float64],
) -> Prediction:
    """One answer of the network, with a quaternion of unit length.

    Raises PredictionRefusal when it is not finite or not a rotation.
    """
    if not np.all(np.isfinite(position)):
        raise PredictionRefusal(f'the network answered the position {position.tolist()}')
    norm = float(np.linalg.norm(q_xyzw))
    if not abs(norm - 1.0) < 1e-3:
        raise PredictionRefusal(f'the network answered a quaternion of length {norm:.3g}')
    if not np.all(np.isfinite(covariance)):
        raise PredictionRefusal('the network answered a covariance that is not finite')
    return Prediction(position, q_xyzw / norm, covariance, feature)


def load_model(
    path: str | Path,
    device: str = 'cpu',
    wish: EngineWish = TORCHSCRIPT,
    trusted: TrustedModels | None = None,
) -> Regressor:
    """Load, check and warm up a model file, in TorchScript unless another engine is wished.

    trusted: the list that it must stand in, unless given the user's own.
    Raises ModelFileError with one sentence when the file, or the engine for it, cannot be used.
    """
    path, trusted = Path(path), trusted or TrustedModels()
    try:
        archive = read_archive(path)
        spec = spec_of(archive)
        reference = _reference(archive)
        if isinstance(archive, OnnxArchive):
            # Its digest is that of its weights too.
            trusted.check(archive.sha256, path)
            regressor = Regressor(choose_for_onnx(wish, path, trusted), spec, reference)
            _warm_up(regressor)
            return regressor
        module = _module(archive, spec, trusted, path)
        frozen = _frozen(module, device)
        # Before anything is compared: that it keeps its contract at all.
        plain = plain_engine(as_written(frozen), device)
        _warm_up(Regressor(Chosen(plain, ''), spec, reference), 1)
        own = own_engine(frozen, device, wish.precision)
        regressor = Regressor(choose(wish, own, path, trusted), spec, reference)
        _warm_up(regressor)
    except (ModelFileError, EngineRefusal) as error:
        raise ModelFileError(f"model file '{path}' cannot be used: {error}") from error
    return regressor


def load_module(path: Path, trusted: TrustedModels | None = None) -> torch.jit.ScriptModule:
    """The module as it is stored, for whom a frozen one is of no use; raises ModelFileError."""
    try:
        archive = read_archive(path)
        return _module(archive, spec_of(archive), trusted or TrustedModels(), path)
    except ModelFileError as error:
        raise ModelFileError(f"model file '{path}' cannot be used: {error}") from error


def read_spec(path: Path) -> ModelSpec:
    """Read what the file says about itself without running anything that is in it."""
    return spec_of(read_archive(path))


def read_reference(path: Path) -> Reference:
    """Read the training frames that the file keeps."""
    return _reference(read_archive(path))


def spec_of(archive: ModelArchive) -> ModelSpec:
    """What a model file in memory says about itself; raises ModelFileError."""
    try:
        text = archive.extra(METADATA_FILE).decode()
    except UnicodeDecodeError as error:
        raise ModelFileError(f'its {METADATA_FILE} is no text ({error})') from error
    return ModelSpec.from_json(text)


def _reference(archive: ModelArchive) -> Reference:
    try:
        return Reference.from_bytes(archive.extra(REFERENCE_FILE))
    except ValueError as error:
        raise ModelFileError(str(error)) from error


def _module(
    archive: ModelArchive, spec: ModelSpec, trusted: TrustedModels, path: Path
) -> torch.jit.ScriptModule:
    trusted.check(archive.sha256, path)
    with quiet_torchscript():
        try:
            module = torch.jit.load(io.BytesIO(archive.content), map_location='cpu')
        except (RuntimeError, ValueError, OSError) as error:
            reason = str(error).strip().splitlines()[0]
            raise ModelFileError(f'it is corrupt or no TorchScript file ({reason})') from error
    if weights_sha256(module) != spec.weights_sha256:
        raise ModelFileError('its weights are not those that its metadata was written for')
    return module


def _frozen(module: torch.jit.ScriptModule, device: str) -> torch.jit.ScriptModule:
    """Widen stored half precision, move to the device and freeze."""
    try:
        with quiet_torchscript():
            return torch.jit.freeze(module.eval().float().to(device))
    except RuntimeError as error:
        reason = str(error).strip().splitlines()[0]
        raise ModelFileError(f"it cannot be brought to device '{device}' ({reason})") from error


def _warm_up(regressor: Regressor, runs: int = WARM_UP_RUNS) -> None:
    """Run the first slow calls now and see that the graph keeps its contract."""
    grey = np.full((INPUT_SIZE, INPUT_SIZE, 3), 128, dtype=np.uint8)
    try:
        for _ in range(runs):
            prediction = regressor.predict(grey)
    except (RuntimeError, ValueError, TypeError, AttributeError) as error:
        reason = str(error).strip().splitlines()[-1]
        raise ModelFileError(
            f'its network does not take a 224x224 RGB picture ({reason})'
        ) from error
    shapes = (prediction.position.shape, prediction.q_xyzw.shape, prediction.covariance.shape)
    if shapes != ((3,), (4,), (6, 6)):
        raise ModelFileError(f'its network answers shapes {shapes}, not (3,), (4,) and (6, 6)')
    width = regressor.reference.mean.shape
    if prediction.feature.shape != width:
        raise ModelFileError(
            f'its feature has shape {prediction.feature.shape}, its training frames {width}'
        )
    if prediction.feature.shape != (regressor.spec.network.feature_size,):
        raise ModelFileError(
            f'its feature has shape {prediction.feature.shape}, its metadata says '
            f'{regressor.spec.network.feature_size}'
        )
