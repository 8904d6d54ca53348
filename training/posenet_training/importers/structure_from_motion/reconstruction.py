# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""From pictures to camera poses in a frame and a unit of the reconstruction's own."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pycolmap

from posenet_ros.geometry import Array
from posenet_ros.model_spec import Camera
from posenet_ros.scene import SceneError
from posenet_training.importers.colmap_camera import T_world_camera, camera_of
from posenet_training.importers.structure_from_motion import mapping
from posenet_training.importers.structure_from_motion.choice import Choice
from posenet_training.importers.structure_from_motion.failure import explain
from posenet_training.importers.structure_from_motion.options import MappingOptions
from posenet_training.importers.structure_from_motion.pairing import (
    Pair,
    pairs_to_map,
    sequential_pairs,
)
from posenet_training.importers.structure_from_motion.retrieval import loop_pairs, pooled_features
from posenet_training.importers.structure_from_motion.work import Work, digest

Tell = Callable[[str], None]
Steps = dict[str, dict[str, Any]]

PICTURES = 'pictures'
MAPPED = 'mapped'
PLACED = 'placed'


@dataclass(frozen=True)
class Reconstruction:
    """What structure from motion found.

    T_sfm_camera   [4, 4] by picture file, up to one similarity
    camera         the camera of all pictures with refined intrinsics
    figures        counts, errors and seconds for people: plain values
    """

    T_sfm_camera: Mapping[str, Array]
    camera: Camera
    figures: Mapping[str, Any]


def reconstruct(work: Work, choice: Choice, options: MappingOptions, tell: Tell) -> Reconstruction:
    """Reconstruct the poses of chosen pictures, going on where an earlier call was stopped.

    Raises SceneError, saying why it may be, when fewer than the options' share are placed.
    """
    mapping.quieten()
    steps = _steps(work, choice, options, tell)
    found = pycolmap.Reconstruction()
    if steps['mapping']['models']:
        found.read(work.folder / PLACED)
    poses = {i.name: T_world_camera(i) for i in found.images.values() if i.has_pose}
    if not poses or len(poses) < options.minimum_share * len(choice.pictures):
        database = work.database(_detector(options))
        raise SceneError(explain(database, choice, len(poses), steps, options))
    figures = {
        'pictures': len(choice.pictures),
        'placed': len(poses),
        'maps': steps['mapping']['models'],
        'points': found.num_points3D(),
        'reprojection_error_px': round(found.compute_mean_reprojection_error(), 3),
        'seconds': work.seconds(),
    }
    tell(
        f'{len(poses)} of {len(choice.pictures)} pictures '
        f'({len(poses) / len(choice.pictures):.0%}) are placed by {figures["points"]} points'
    )
    camera = camera_of(next(iter(found.cameras.values())))
    return Reconstruction(poses, camera, figures)


def _steps(work: Work, choice: Choice, options: MappingOptions, tell: Tell) -> Steps:
    """Do the steps that are left; returns the values of each by its name."""
    pictures = work.folder / PICTURES
    files = [picture.file for picture in choice.pictures]
    mapped = [picture.file for picture in choice.pictures if picture.mapped]
    rest = [picture.file for picture in choice.pictures if not picture.mapped]
    database = work.database(_detector(options))
    steps: Steps = {}

    def step(name: str, depends_on: dict[str, Any], make: Callable[[], dict[str, Any]]) -> None:
        steps[name] = work.once(name, depends_on, make)

    tell(f'finding features in {len(files)} pictures, of which {len(mapped)} build the map')
    depends_on = {**_detector(options), 'files': digest(files)}
    step('features', depends_on, lambda: mapping.extract(database, pictures, files, options))

    pairs = [
        *sequential_pairs(mapped, options.overlap),
        *_loops(work, mapped, options, tell),
        *pairs_to_map(choice.pictures),
    ]
    pairs = sorted(set(pairs))
    tell(f'matching {len(pairs)} pairs of pictures')
    depends_on = {**depends_on, 'mapped': digest(mapped), 'pairs': digest(pairs)}
    listed = work.folder / 'pairs.txt'
    step('matches', depends_on, lambda: mapping.match(database, pairs, listed, options))

    tell(f'building the map of {len(mapped)} pictures')

    def build() -> dict[str, Any]:
        return mapping.build_map(database, pictures, mapped, work.fresh(MAPPED), options)

    step('mapping', depends_on, build)
    if not steps['mapping']['models']:
        return steps

    tell(f'placing {len(rest)} more pictures in the map of {steps["mapping"]["models"][0]}')

    def place() -> dict[str, Any]:
        return mapping.register(database, work.folder / MAPPED, rest, work.fresh(PLACED))

    step('placing', depends_on, place)
    return steps


def _detector(options: MappingOptions) -> dict[str, Any]:
    """What features depend on."""
    return {'focal_px': options.focal_px, 'features': options.features, 'fine': options.fine}


def _loops(work: Work, mapped: list[str], options: MappingOptions, tell: Tell) -> list[Pair]:
    """Pairs of pictures further apart than the overlap that look alike."""
    if options.loops == 0:
        return []
    tell('looking for places that the drive comes back to')
    depends_on = {
        'mapped': digest(mapped),
        'loops': options.loops,
        'overlap': options.overlap,
    }

    def look() -> dict[str, Any]:
        pictures = (work.folder / PICTURES / file for file in mapped)
        features = pooled_features(pictures, options.cores)
        pairs = loop_pairs(features, options.loops, options.overlap)
        return {'pairs': [[mapped[i], mapped[j]] for i, j in pairs]}

    return [(a, b) for a, b in work.once('loops', depends_on, look)['pairs']]
