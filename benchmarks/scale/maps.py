# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""SIFT maps of floors, put together of what was found in each room once."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from posenet_ros.scene import Scene
from posenet_training.baselines.classifier import Features, Standard
from posenet_training.baselines.sift.building import view_pictures
from posenet_training.baselines.sift.depth import map_from_depth
from posenet_training.baselines.sift.sift_map import SiftMap
from posenet_training.commands.console import progress
from posenet_training.sequences import ALL
from posenet_training.whole_file import whole_file


@dataclass(frozen=True)
class Piece:
    """A map of M pictures; their classifier features [M, F] as they come; what it cost.

    cpu_s: seconds of one core, to which other work on the machine adds nothing.
    """

    sift_map: SiftMap
    features: Features
    cpu_s: float


def kept_piece(scene: Scene, folder: Path) -> Piece:
    """The map of a scene's training pictures, by their poses and depths; built unless kept."""
    map_file, features_file = folder / 'sift.npz', folder / 'features.npz'
    if not (map_file.is_file() and features_file.is_file()):
        begun = time.process_time()
        views = view_pictures(scene, 'train', progress, ALL)
        map_from_depth(scene, views).save(map_file)
        cpu_s = time.process_time() - begun
        with whole_file(features_file) as partial, partial.open('wb') as target:
            np.savez(target, allow_pickle=False, features=views.features, cpu_s=cpu_s)
    with np.load(features_file, allow_pickle=False) as stored:
        return Piece(SiftMap.load(map_file), stored['features'], float(stored['cpu_s']))


def thinned(piece: Piece, step: int) -> Piece:
    """Every step-th picture of a map in which each point was seen by one picture."""
    whole = piece.sift_map
    rows = np.arange(0, len(whole.files), step)
    begin = np.concatenate([[0], whole.seen_until[:-1]])
    seen = [whole.seen[begin[row] : whole.seen_until[row]] for row in rows]
    points = np.concatenate(seen)
    part = SiftMap(
        points=whole.points[points],
        codes=whole.codes[points],
        seen=np.arange(len(points), dtype=np.int32),
        seen_until=np.cumsum([len(each) for each in seen]),
        files=whole.files[rows],
        T_map_camera=whole.T_map_camera[rows],
        features=whole.features[rows],
        feature_mean=whole.feature_mean,
        feature_deviation=whole.feature_deviation,
    )
    return Piece(part, piece.features[rows], piece.cpu_s * len(rows) / len(whole.files))


def joined(pieces: Sequence[Piece], scene: Scene) -> SiftMap:
    """The map of a scene whose training pictures are those of the pieces, one after another.

    Each piece is shifted to where its pictures are in the scene.
    """
    pictures = scene.split('train')
    poses = np.stack([picture.T_map_camera for picture in pictures])
    maps = [piece.sift_map for piece in pieces]
    firsts = np.cumsum([0, *(len(each.files) for each in maps)])
    counts = np.cumsum([0, *(len(each.points) for each in maps)])
    seen = np.cumsum([0, *(len(each.seen) for each in maps)])
    shifts = [
        poses[first, :3, 3] - each.T_map_camera[0, :3, 3]
        for first, each in zip(firsts, maps, strict=False)
    ]
    features = np.concatenate([piece.features for piece in pieces])
    standard = Standard.of(features)
    return SiftMap(
        points=np.concatenate([m.points + shift for m, shift in zip(maps, shifts, strict=True)]),
        codes=np.concatenate([m.codes for m in maps]),
        seen=np.concatenate(
            [m.seen + np.int32(count) for m, count in zip(maps, counts, strict=False)]
        ),
        seen_until=np.concatenate(
            [m.seen_until + before for m, before in zip(maps, seen, strict=False)]
        ),
        files=np.array([picture.file for picture in pictures]),
        T_map_camera=poses,
        features=standard.unit(features).astype(np.float16),
        feature_mean=standard.mean,
        feature_deviation=standard.deviation,
    )
