# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Structure from motion on pictures whose true poses are known, but not shown to it.

    python -m benchmarks.structure_from_motion [FOLDER] [--work DIR] [--threads 2]

FOLDER holds frame-NNNNNN.color.jpg and frame-NNNNNN.pose.txt (camera to world, OpenCV axes), as
7-Scenes does.  Prints JSON: share of the pictures placed, errors after one similarity over all of
them, fitted to the positions alone and to the whole poses, seconds of each step.  With --work a
run that was stopped goes on.
"""

import argparse
import json
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pycolmap

from posenet_ros.geometry import Array, pose_error
from posenet_training.importers.complaints import Complaints
from posenet_training.importers.drive import Drive
from posenet_training.importers.structure_from_motion.drives import open_images
from posenet_training.importers.structure_from_motion.options import (
    MappingOptions,
    PlacingOptions,
    Request,
)
from posenet_training.importers.structure_from_motion.placing import TOLERANCE
from posenet_training.importers.structure_from_motion.similarity import (
    Similarity,
    robust_similarity,
    spread,
)
from posenet_training.metrics import full_summary

KITCHEN = Path(__file__).parents[2] / 'shared/scenes/kitchen/seq-01'
COLOUR = '.color'


def import_without_poses(folder: Path, work: Path, threads: int) -> Drive:
    """Reconstruct the folder's colour pictures with the command's own settings."""
    request = Request(work, True, MappingOptions(threads=threads), PlacingOptions(level=False))
    say = print_to_stderr
    return open_images(folder, f'*{COLOUR}.*', 30.0, request, Complaints(), say)


def print_to_stderr(sentence: str) -> None:
    """Say how far it is, beside the result."""
    print(sentence, file=sys.stderr, flush=True)


def similarity_of_positions(T_sfm_camera: Array, T_map_camera: Array) -> Similarity:
    """The similarity that fits all positions best (Umeyama); it does not look at rotations."""
    found = pycolmap.estimate_sim3d(T_sfm_camera[:, :3, 3], T_map_camera[:, :3, 3])
    if found is None:
        sys.exit('structure_from_motion: the true positions lie on a line')
    return Similarity(float(found.scale), found.rotation.matrix(), found.translation)


def similarity_of_poses(T_sfm_camera: Array, T_map_camera: Array) -> Similarity:
    """What --known-poses does with all poses: mean rotation, then scale and shift."""
    p_sfm, p_map = T_sfm_camera[:, :3, 3], T_map_camera[:, :3, 3]
    rotations = (T_sfm_camera[:, :3, :3], T_map_camera[:, :3, :3])
    return robust_similarity(p_sfm, p_map, TOLERANCE * spread(p_map), *rotations)[0]


def errors(similarity: Similarity, T_sfm_camera: Array, T_map_camera: Array) -> dict[str, Any]:
    """Errors of poses [N, 4, 4] after a similarity."""
    T_hat = np.stack([similarity.of_pose(T) for T in T_sfm_camera])
    return full_summary(pose_error(T_hat, T_map_camera))


def main() -> None:
    """Reconstruct, compare, print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else '')
    parser.add_argument('folder', type=Path, nargs='?', default=KITCHEN)
    parser.add_argument('--work', type=Path, help='folder that keeps the steps done')
    parser.add_argument('--threads', type=int, default=2)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        work = options.work or Path(scratch) / 'work'
        drive = import_without_poses(options.folder, work, options.threads)
        frames = list(drive.frames)
    truth = [
        np.loadtxt(options.folder / f'{frame.name.removesuffix(COLOUR)}.pose.txt')
        for frame in frames
    ]
    found_and_true = np.stack([frame.T_map_camera for frame in frames]), np.stack(truth)
    told = drive.source['structure_from_motion']
    figures = {
        'pictures': told['pictures'],
        'share_placed': round(told['placed'] / told['pictures'], 4),
        'similarity_of_positions': errors(
            similarity_of_positions(*found_and_true), *found_and_true
        ),
        'similarity_of_poses': errors(similarity_of_poses(*found_and_true), *found_and_true),
        'focal_length_px': round(drive.cameras['camera'].fx, 2),
        'maps': told['maps'],
        'seconds': told['seconds'],
        'seconds_together': round(sum(told['seconds'].values()), 1),
        'threads': options.threads,
    }
    print(json.dumps(figures, indent=2))


if __name__ == '__main__':
    main()
