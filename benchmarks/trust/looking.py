# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What the node makes of each cached frame: a pose with its covariance, and what is doubtful."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.trust.watching import Watched
from posenet_ros.estimates import Estimate, Refused
from posenet_ros.gates import Doubt, doubts, readings, strain
from posenet_ros.geometry import Array, distance, transform
from posenet_ros.image_checks import Measures
from posenet_ros.localization import base_pose
from posenet_ros.model_file import Prediction, checked, read_reference, read_spec
from posenet_ros.model_spec import ModelSpec
from posenet_ros.reference import Reference
from posenet_ros.refusal import PredictionRefusal
from posenet_ros.uncertainty import contradiction, radii


@dataclass(frozen=True)
class Eye:
    """What a model file holds beside its network."""

    spec: ModelSpec
    reference: Reference

    @classmethod
    def of(cls, model: Path) -> 'Eye':
        """Read a model file; ModelFileError when it is none."""
        return cls(read_spec(model), read_reference(model))


@dataclass(frozen=True)
class Seen:
    """One frame.

    frame   what is said of the place
    strain  of the gate that doubts it most (gates.py), infinite where the network gave no pose
    error   [2] of T_map_camera, m and rad; nan without a pose
    radii   [2, L] that should hold the error at each of the calibration's levels; nan likewise
    """

    frame: Estimate | Refused
    strain: float
    error: Array
    radii: Array


def seen(eye: Eye, watched: Watched) -> Iterator[Seen]:
    """The frames one by one, as the node would see them."""
    for row, stamp_ns in enumerate(watched.stamp_ns):
        try:
            yield _seen(eye, watched, row)
        except PredictionRefusal as refusal:
            refused = Refused(int(stamp_ns), Doubt(refusal.kind, str(refusal)))
            levels = len(eye.spec.calibration.levels)
            yield Seen(refused, np.inf, np.full(2, np.nan), np.full((2, levels), np.nan))


def _seen(eye: Eye, watched: Watched, row: int) -> Seen:
    prediction = _prediction(watched, row)
    spec, T_base_camera = eye.spec, watched.T_base_camera[row]
    looked = eye.reference.look_up(prediction.feature)
    measures = Measures(*watched.measures[row])
    pose = base_pose(prediction, looked, spec.calibration, T_base_camera)
    frame = Estimate(
        stamp_ns=int(watched.stamp_ns[row]),
        T_map_base=pose.T_map_base,
        covariance=pose.covariance,
        T_odom_base=watched.T_odom_base[row],
        doubts=doubts(prediction, looked, measures, spec.gates, spec.extent),
    )
    read = readings(prediction, looked, measures, spec.extent)
    limits = asdict(spec.gates)
    T_hat = transform(prediction.position, prediction.q_xyzw)
    error = np.array(distance(T_hat, watched.T_map_base[row] @ T_base_camera))
    held_by = radii(prediction.covariance, contradiction(prediction, looked), spec.calibration)
    return Seen(
        frame,
        max(strain(name, value, limits[name]) for name, value in read.items()),
        error,
        np.array([held_by.position_m, held_by.rotation_rad]),
    )


def _prediction(watched: Watched, row: int) -> Prediction:
    position, q_xyzw, covariance, feature = (
        _doubles(answers[row])
        for answers in (watched.position, watched.q_xyzw, watched.covariance, watched.feature)
    )
    return checked(position, q_xyzw, covariance, feature)


def _doubles(values: NDArray[np.floating]) -> Array:
    return values.astype(np.float64)
