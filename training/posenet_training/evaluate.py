# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Judge a network on frames that it never saw, beside two predictors that learn nothing.

The mean pose says what ignoring the picture costs; the nearest training picture, found by the
network's own localization feature, says what looking pictures up would have reached.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table
from scipy.spatial.transform import Rotation

from posenet_ros.geometry import pose_error, transform
from posenet_ros.model_file import Regressor
from posenet_training.data.frames import Frames, Source
from posenet_training.metrics import axis_errors, by_heading, error_summary
from posenet_training.network import PoseNet

Array = NDArray[np.float64]

BATCH = 50


@dataclass(frozen=True)
class Answers:
    """A network's answers for N pictures: T_map_camera [N, 4, 4] and features [N, F]."""

    T_map_camera: Array
    features: NDArray[np.float32]


Predictor = Callable[[NDArray[np.uint8]], Answers]


def network_predictor(network: PoseNet) -> Predictor:
    """Predict with a network in training's form, in batches."""

    def predict(images: NDArray[np.uint8]) -> Answers:
        poses, features = [], []
        with torch.inference_mode():
            for batch in torch.from_numpy(images).split(BATCH):
                pose = network(batch)
                poses += list(map(transform, pose.position.tolist(), pose.q_xyzw.tolist()))
                features.append(pose.feature.numpy())
        return Answers(np.stack(poses), np.concatenate(features))

    return predict


def file_predictor(regressor: Regressor) -> Predictor:
    """Predict with a model file as the robot does, one picture at a time."""

    def predict(images: NDArray[np.uint8]) -> Answers:
        answers = [regressor.predict(image) for image in images]
        poses = [transform(answer.position, answer.q_xyzw) for answer in answers]
        features = np.stack([answer.feature.astype(np.float32) for answer in answers])
        return Answers(np.stack(poses), features)

    return predict


def evaluate(
    predict: Predictor, source: Source, reference: Frames | None = None
) -> dict[str, Any]:
    """Report on the test split of a source as a JSON-ready dictionary.

    reference: training pictures to look up, the source's own unless given.
    """
    reference = reference or source.frames('reference')
    test = source.frames('test')
    answers = predict(test.images)
    nearest = nearest_poses(answers.features, predict(reference.images).features, reference)
    mean = np.broadcast_to(mean_pose(reference.T_map_camera), test.T_map_camera.shape)
    errors = pose_error(answers.T_map_camera, test.T_map_camera)
    return {
        'scene': source.name,
        'frames': len(test.images),
        'source': source.describe('test'),
        **error_summary(errors),
        'axis_errors': axis_errors(errors),
        'by_heading': by_heading(errors, test.T_map_camera),
        'nearest_training_picture': error_summary(pose_error(nearest, test.T_map_camera)),
        'mean_training_pose': error_summary(pose_error(mean, test.T_map_camera)),
    }


def nearest_poses(
    features: NDArray[np.float32], reference_features: NDArray[np.float32], reference: Frames
) -> Array:
    """Poses [N, 4, 4] of the reference pictures whose features are nearest by cosine."""
    mean, spread = reference_features.mean(axis=0), reference_features.std(axis=0) + 1e-6
    query, stored = ((part - mean) / spread for part in (features, reference_features))
    stored /= np.linalg.norm(stored, axis=1, keepdims=True)
    return reference.T_map_camera[np.argmax(query @ stored.T, axis=1)]


def mean_pose(T_map_camera: Array) -> Array:
    """Pose [4, 4] with the mean position and the chordal mean rotation of poses [N, 4, 4]."""
    T_mean = np.eye(4)
    T_mean[:3, 3] = T_map_camera[:, :3, 3].mean(axis=0)
    T_mean[:3, :3] = Rotation.from_matrix(T_map_camera[:, :3, :3]).mean().as_matrix()
    return T_mean


def print_report(report: dict[str, Any], console: Console) -> None:
    """Print a report's tables: against the baselines, along the axes, by heading."""
    table = Table(title=f'{report["scene"]}: {report["source"]}')
    for column in ('predictor', 'median m', 'median deg', 'p95 m', 'p95 deg'):
        table.add_column(column, justify='left' if column == 'predictor' else 'right')
    table.add_row('this network', *_figures(report))
    table.add_row('nearest training picture', *_figures(report['nearest_training_picture']))
    table.add_row('mean training pose', *_figures(report['mean_training_pose']))
    console.print(table)
    axes = Table('axis', 'median', 'p95', title='absolute error along the axes of the map')
    for axis, values in report['axis_errors'].items():
        axes.add_row(axis, f'{values["median"]:.3f}', f'{values["p95"]:.3f}')
    console.print(axes)
    headings = Table('heading from', 'frames', 'median m', 'median deg', 'p95 m', 'p95 deg')
    for row in report['by_heading']:
        headings.add_row(f'{row["from_deg"]:.0f}', f'{row["frames"]:.0f}', *_figures(row))
    console.print(headings)


def _figures(summary: dict[str, float]) -> list[str]:
    return [
        f'{summary["median_position_m"]:.3f}',
        f'{summary["median_angle_deg"]:.2f}',
        f'{summary["p95_position_m"]:.3f}',
        f'{summary["p95_angle_deg"]:.2f}',
    ]
