# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The path over the occupancy map: the frame that is taught must be the one that is navigated."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from posenet_ros.geometry import Array
from posenet_ros.scene import MapReference
from posenet_training.check.findings import Finding, Level
from posenet_training.check.view import View

# nav2's map_server takes darker cells than this for occupied, unless its yaml says otherwise.
OCCUPIED = 0.65
# Cameras may lean over a cell's edge.
TOLERATED = 0.01


@dataclass(frozen=True)
class PathOnMap:
    """The map's picture [H, W] and the camera's places on it.

    pixels     [N, 2] column and row, whole numbers are pixel centres
    outside    [N] which pictures lie beside the map
    occupied   [N] which lie in occupied cells
    """

    picture: NDArray[np.uint8]
    pixels: Array
    outside: NDArray[np.bool_]
    occupied: NDArray[np.bool_]


def to_pixels(reference: MapReference, height: int, xy: Array) -> Array:
    """Column and row [N, 2] on a map's picture of points [N, 2] in metres in the map frame.

    The origin is the outer corner of the lower left cell, turned by its yaw, as in nav2.
    """
    x, y, yaw = reference.origin
    cosine, sine = np.cos(yaw), np.sin(yaw)
    along = (xy - (x, y)) @ np.array([[cosine, -sine], [sine, cosine]])
    cells = along / reference.resolution
    return np.column_stack([cells[:, 0] - 0.5, height - 0.5 - cells[:, 1]])


def put_on_map(view: View, reference: MapReference) -> tuple[PathOnMap | None, list[Finding]]:
    """Put the path on the scene's map; without its picture there is only a finding."""
    file = Path(reference.image)
    if not file.is_file():
        return None, [
            Finding('map', Level.warning, f"The map's picture '{file}' is not there to compare.")
        ]
    data = file.read_bytes()
    if hashlib.sha256(data).hexdigest() != reference.sha256:
        return None, [
            Finding(
                'map',
                Level.refused,
                f"The map's picture '{file}' is another one than at the import (sha256 differs): "
                'import again with the map that the poses refer to.',
            )
        ]
    with Image.open(file) as image:
        picture = np.asarray(image.convert('L'))
    path = _placed(picture, to_pixels(reference, picture.shape[0], view.positions[:, :2]))
    return path, [_finding(view, path)]


def _placed(picture: NDArray[np.uint8], pixels: Array) -> PathOnMap:
    cells = np.round(pixels).astype(int)
    height, width = picture.shape
    inside = np.all((cells >= 0) & (cells < (width, height)), axis=1)
    column, row = np.clip(cells, 0, (width - 1, height - 1)).T
    occupied = inside & ((255.0 - picture[row, column]) / 255.0 > OCCUPIED)
    return PathOnMap(picture, pixels, ~inside, occupied)


def _finding(view: View, path: PathOnMap) -> Finding:
    outside, occupied = int(path.outside.sum()), int(path.occupied.sum())
    total = len(path.outside)
    if outside or occupied > TOLERATED * total:
        return Finding(
            'map',
            Level.warning,
            f'{outside} of {total} pictures lie outside of the map and {occupied} in occupied '
            "cells: the poses' frame is not the map's, or it is another map.",
        )
    return Finding('map', Level.ok, f'All {total} pictures lie on free or unknown cells.')
