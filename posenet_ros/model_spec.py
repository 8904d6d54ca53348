# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What a model file says about itself: the JSON that stands beside the weights.

The trainer writes it, the robot checks it; both halves import it from here.
"""

import json
from dataclasses import asdict, dataclass, field
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from posenet_ros.gates import Gates
from posenet_ros.uncertainty import Calibration

FORMAT_VERSION = 3
METADATA_FILE = 'metadata.json'
PREDICTS = 'T_map_camera_optical'
POSE_SIZE = 6


class ModelFileError(ValueError):
    """A model file that is missing, foreign, newer, corrupt or inconsistent; says which."""


@dataclass(frozen=True)
class Camera:
    """A pinhole camera: size and intrinsics in pixels, distortion as in sensor_msgs/CameraInfo."""

    width: int
    height: int
    fx: float
    fy: float
    cx: float
    cy: float
    distortion_model: str = 'plumb_bob'
    distortion: tuple[float, ...] = ()


@dataclass(frozen=True)
class Extent:
    """Axis-aligned box of the training cameras' positions in the map, metres."""

    minimum: tuple[float, float, float]
    maximum: tuple[float, float, float]


@dataclass(frozen=True)
class HeldOutErrors:
    """Second moment of the errors on frames that the network never saw.

    `covariance` is 6x6 (x y z rotX rotY rotZ, map axes, metres and radians; see geometry.py),
    taken about zero with all tails, so that it owns up to a bias as well.
    """

    covariance: tuple[tuple[float, ...], ...]
    frames: int
    source: str


@dataclass(frozen=True)
class Network:
    """Which network the weights belong to and where its trunk started."""

    trunk: str
    rotation_head: str
    feature_size: int
    pretrained: str


@dataclass(frozen=True)
class ModelSpec:
    """All that a robot must know of a model besides its weights.

    scene            name of the place, for people
    frame_id         the map frame that poses are expressed in
    camera           the training camera, None where it was not known
    extent           box of the training positions
    coverage         some of the training positions [[x, y, z], ...], metres, for display
    held_out_errors  on the frames that it was calibrated with
    calibration      how the covariance that the network claims is read (uncertainty.py)
    gates            the limits beyond which a frame is doubted (gates.py)
    network          architecture and pretraining
    recipe, metrics  how it was trained and what it reached on held-out data, for people
    versions         of torch, torchvision and the trainer that wrote the file
    weights_sha256   digest of names, shapes, types and bytes of all weights (model_file.py)
    created          ISO 8601 time of the export
    """

    scene: str
    frame_id: str
    camera: Camera | None
    extent: Extent
    coverage: tuple[tuple[float, float, float], ...]
    held_out_errors: HeldOutErrors
    calibration: Calibration
    gates: Gates
    network: Network
    recipe: dict[str, Any]
    metrics: dict[str, Any]
    versions: dict[str, str]
    weights_sha256: str
    created: str
    predicts: str = PREDICTS
    crop: str = 'centred square of min(W, H) * 224 / 256, antialiased bilinear to 224'
    format_version: int = field(default=FORMAT_VERSION)

    @property
    def covariance(self) -> NDArray[np.float64]:
        """Covariance [6, 6] of a pose of this model, about T_map_camera, along the map's axes."""
        return np.array(self.held_out_errors.covariance, dtype=np.float64)

    def to_json(self) -> str:
        """Write the spec as JSON, readable by people."""
        return json.dumps(asdict(self), indent=1)

    @staticmethod
    def from_json(text: str) -> 'ModelSpec':
        """Read and check a spec; raises ModelFileError with one sentence on what is wrong."""
        try:
            values = json.loads(text)
        # Of numbers of thousands of digits and of thousands of brackets too.
        except (ValueError, RecursionError) as error:
            raise ModelFileError(f'its {METADATA_FILE} is not JSON ({error})') from error
        _check_version(values)
        try:
            spec = _parse(values)
            _check(spec)
        except ModelFileError:
            raise
        except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
            detail = f'{type(error).__name__}: {error}'
            raise ModelFileError(
                f'its {METADATA_FILE} is incomplete or malformed ({detail})'
            ) from error
        return spec


def _check_version(values: object) -> None:
    version = values.get('format_version') if isinstance(values, dict) else None
    if not isinstance(version, int):
        raise ModelFileError(f'its {METADATA_FILE} has no format_version')
    if version > FORMAT_VERSION:
        raise ModelFileError(
            f'it has format {version}, newer than the format {FORMAT_VERSION} that this '
            'posenet_ros reads: update posenet_ros'
        )
    if version < FORMAT_VERSION:
        raise ModelFileError(
            f'it has the outdated format {version}, this posenet_ros reads format '
            f'{FORMAT_VERSION}: export it again'
        )


def _parse(values: dict[str, Any]) -> ModelSpec:
    camera = values.pop('camera')
    if camera is not None:
        camera = Camera(**{**camera, 'distortion': tuple(camera['distortion'])})
    errors = values.pop('held_out_errors')
    rows = tuple(tuple(float(value) for value in row) for row in errors['covariance'])
    extent = values.pop('extent')
    return ModelSpec(
        camera=camera,
        extent=Extent(_point(extent['minimum']), _point(extent['maximum'])),
        coverage=tuple(_point(point) for point in values.pop('coverage')),
        held_out_errors=HeldOutErrors(**{**errors, 'covariance': rows}),
        calibration=_calibration(values.pop('calibration')),
        gates=Gates(**values.pop('gates')),
        network=Network(**values.pop('network')),
        **values,
    )


def _calibration(values: dict[str, Any]) -> Calibration:
    lists = ('scale', 'disagreement', 'least', 'levels', 'position', 'rotation')
    numbers = {name: tuple(float(number) for number in values[name]) for name in lists}
    return Calibration(**{**values, **numbers})


def _point(values: list[float]) -> tuple[float, float, float]:
    if len(values) != 3:
        raise ValueError(f'a point needs 3 coordinates, not {len(values)}')
    return cast(tuple[float, float, float], tuple(float(value) for value in values))


def _check(spec: ModelSpec) -> None:
    for name in ('scene', 'frame_id', 'weights_sha256', 'created'):
        if not isinstance(getattr(spec, name), str):
            raise ModelFileError(f'its {name} is {getattr(spec, name)!r}, no text')
    for name in ('recipe', 'metrics', 'versions'):
        if not isinstance(getattr(spec, name), dict):
            raise ModelFileError(f'its {name} is {getattr(spec, name)!r}, no table')
    if spec.predicts != PREDICTS:
        raise ModelFileError(f"it predicts '{spec.predicts}', this posenet_ros needs '{PREDICTS}'")
    covariance = spec.covariance
    if covariance.shape != (POSE_SIZE, POSE_SIZE) or not np.all(np.isfinite(covariance)):
        raise ModelFileError(f'its covariance is not a finite 6x6 matrix but {covariance.shape}')
    if not np.allclose(covariance, covariance.T) or np.linalg.eigvalsh(covariance)[0] <= 0.0:
        raise ModelFileError('its covariance is not symmetric and positive definite')
    _check_calibration(spec.calibration)
    box = np.array([spec.extent.minimum, spec.extent.maximum])
    if not np.all(np.isfinite(box)) or np.any(box[1] < box[0]):
        raise ModelFileError(f'its extent {box.tolist()} is not a box')
    if not spec.frame_id:
        raise ModelFileError('its frame_id is empty')
    if not np.all(np.isfinite(np.array(spec.coverage, np.float64))):
        raise ModelFileError('its coverage holds a number that is not finite')
    if spec.camera is not None:
        _check_camera(spec.camera)


def _check_camera(camera: Camera) -> None:
    numbers = (camera.width, camera.height, camera.fx, camera.fy, camera.cx, camera.cy)
    if not all(_is_number(number) and np.isfinite(number) for number in numbers):
        raise ModelFileError(f'its camera is {camera}, which is none')
    if min(camera.fx, camera.fy) <= 0.0:
        raise ModelFileError(f'its camera has the focal length {camera.fx} px')
    if min(camera.width, camera.height) < 1:
        raise ModelFileError(f'its camera has {camera.width}x{camera.height} pixels')


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _check_calibration(calibration: Calibration) -> None:
    levels, position, rotation = calibration.levels, calibration.position, calibration.rotation
    pairs = (calibration.scale, calibration.disagreement, calibration.least)
    if not len(levels) == len(position) == len(rotation) > 0 or {*map(len, pairs)} != {2}:
        raise ModelFileError(f'its calibration has {len(levels)} levels and other radii')
    numbers = (*calibration.scale, calibration.covariance_factor, *position, *rotation)
    if not all(np.isfinite(number) and number > 0.0 for number in numbers):
        raise ModelFileError(f'its calibration holds a number that is not above 0: {numbers}')
    added = (*calibration.disagreement, *calibration.least)
    if not all(np.isfinite(number) and number >= 0.0 for number in added):
        raise ModelFileError(f'its calibration adds what is no deviation, 0 or more: {added}')
