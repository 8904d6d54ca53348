# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The occupancy map that a scene's poses refer to: nav2's map.yaml and its picture."""

import hashlib
import math
from pathlib import Path

import yaml

from posenet_ros.scene import MapReference, SceneError
from posenet_training.importers.files import is_file


def read_map(map_yaml: Path) -> MapReference:
    """Describe the map of a map.yaml; SceneError when it or its picture cannot be read."""
    if not map_yaml.is_file():
        raise SceneError(f"map '{map_yaml}' is not there")
    try:
        values = yaml.safe_load(map_yaml.read_text())
        picture = map_yaml.parent / values['image']
        x, y, yaw = (float(value) for value in values['origin'])
        resolution = float(values['resolution'])
    except (yaml.YAMLError, KeyError, TypeError, ValueError) as error:
        raise SceneError(
            f"'{map_yaml}' is no map.yaml: image, resolution and origin [x, y, yaw] are needed "
            f'({error!r})'
        ) from error
    if not (resolution > 0.0 and all(map(math.isfinite, (resolution, x, y, yaw)))):
        raise SceneError(
            f"'{map_yaml}' has resolution {resolution} and origin {[x, y, yaw]}: a positive and "
            'three finite numbers are needed'
        )
    if not is_file(picture):
        raise SceneError(f"map '{map_yaml}' names the picture '{picture}', which is not there")
    digest = hashlib.sha256(picture.read_bytes()).hexdigest()
    return MapReference(str(picture.resolve()), digest, resolution, (x, y, yaw))
