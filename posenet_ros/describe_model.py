# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""`describe_model FILE`: say what a model file is, for people."""

import argparse
import sys
from pathlib import Path

import numpy as np

from posenet_ros.model_file import load_model
from posenet_ros.model_spec import ModelFileError, ModelSpec


def describe(spec: ModelSpec) -> str:
    """Write the essentials of a model as a few lines of text."""
    sigma = np.sqrt(np.diag(spec.covariance))
    low, high = spec.extent.minimum, spec.extent.maximum
    camera = spec.camera
    lines = [
        ('scene', f"{spec.scene} (poses in frame '{spec.frame_id}')"),
        (
            'network',
            f'{spec.network.trunk}, {spec.network.rotation_head} rotation head, '
            f'feature of {spec.network.feature_size}, trunk from {spec.network.pretrained}',
        ),
        (
            'camera',
            f'{camera.width}x{camera.height}, focal length {camera.fx:g} px, '
            f'{camera.distortion_model}'
            if camera
            else 'not known',
        ),
        (
            'extent',
            ' x '.join(f'[{a:.2f}, {b:.2f}]' for a, b in zip(low, high, strict=True)) + ' m',
        ),
        (
            'errors',
            f'rms {np.linalg.norm(sigma[:3]):.3f} m and '
            f'{np.degrees(np.linalg.norm(sigma[3:])):.2f} deg on '
            f'{spec.held_out_errors.frames} frames: {spec.held_out_errors.source}',
        ),
        (
            'metrics',
            ', '.join(
                f'{name} {value:g}'
                for name, value in spec.metrics.items()
                if isinstance(value, int | float)
            ),
        ),
        (
            'recipe',
            ', '.join(
                f'{name} {value}'
                for name, value in spec.recipe.items()
                if not isinstance(value, dict | list)
            ),
        ),
        (
            'made',
            f'{spec.created} with '
            + ', '.join(f'{name} {version}' for name, version in spec.versions.items()),
        ),
        ('weights', f'{_storage(spec)}sha256 {spec.weights_sha256}'),
    ]
    return '\n'.join(f'{name:8s} {text}' for name, text in lines)


def _storage(spec: ModelSpec) -> str:
    stored = spec.metrics.get('stored', {})
    return f'large ones as {stored["precision"]}, ' if 'precision' in stored else ''


def main() -> None:
    """Load and check the file as the node would, then describe it."""
    parser = argparse.ArgumentParser(description='Check a posenet_ros model file and describe it.')
    parser.add_argument('model', type=Path, help='the TorchScript model file')
    parser.add_argument('--json', action='store_true', help='print the metadata as JSON')
    arguments = parser.parse_args()
    try:
        spec = load_model(arguments.model).spec
    except ModelFileError as error:
        sys.exit(f'describe_model: {error}')
    print(spec.to_json() if arguments.json else describe(spec))


if __name__ == '__main__':
    main()
