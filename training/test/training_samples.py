# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Small real material for the tests: pictures, a folder of them, networks."""

import dataclasses
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from scene_samples import SceneFrame, write_sample_scene
from scipy.spatial.transform import Rotation

from posenet_ros.model_spec import Camera
from posenet_ros.scene import Scene
from posenet_training.network import PoseNet, SceneStatistics
from posenet_training.recipe import (
    Cosine,
    Loss,
    NetworkOptions,
    Optimizer,
    Recipe,
    Side,
    Views,
    WeightedByBeta,
)

# A small network that learns within seconds, with every sample as it was taken.
RECIPE = Recipe(
    meaning='for tests',
    network=NetworkOptions('mobilenet_v3_small', 'six_d', dropout=0.0),
    loss=Loss(WeightedByBeta(beta=1.0)),
    optimizer=Optimizer('adamw', 1e-3),
    schedule=Cosine(),
    batch=4,
    steps=3,
    views=Views(crop='near', light=0.3),
    sides=(Side(1.0, 64),),
    averaging=0.8,
    validate_every=40,
    uncertainty_views=0,
)


def picture(rng: np.random.Generator, width: int = 96, height: int = 64) -> NDArray[np.uint8]:
    """A picture [height, width, 3] of coarse coloured patches."""
    patches = rng.integers(0, 256, (8, 12, 3), dtype=np.uint8)
    return np.asarray(Image.fromarray(patches).resize((width, height), Image.Resampling.BILINEAR))


def random_pose(rng: np.random.Generator) -> NDArray[np.float64]:
    """A pose [4, 4] within a few metres of the origin."""
    T_map_camera = np.eye(4)
    T_map_camera[:3, :3] = Rotation.random(random_state=rng).as_matrix()
    T_map_camera[:3, 3] = rng.uniform(-2.0, 2.0, 3)
    return T_map_camera


def small_scene(root: Path, train: int = 4, validation: int = 3) -> Scene:
    """A scene on disk with small pictures and random poses."""
    rng = np.random.default_rng(5)
    splits = ['train'] * train + ['validation'] * validation
    frames = [SceneFrame(picture(rng), random_pose(rng), split) for split in splits]
    return write_sample_scene(root, frames)


def calibrated(scene: Scene) -> Scene:
    """The same scene with the intrinsics of its camera known."""
    return dataclasses.replace(scene, cameras={'camera': Camera(96, 64, 80.0, 80.0, 47.5, 31.5)})


def crops(count: int, seed: int = 0) -> NDArray[np.uint8]:
    """Crops [count, 224, 224, 3] as a network takes them."""
    rng = np.random.default_rng(seed)
    return np.stack([picture(rng, 224, 224) for _ in range(count)])


def statistics() -> SceneStatistics:
    """What a network knows of a scene with such pictures."""
    mean_image = torch.full((224, 224, 3), 120.0)
    return SceneStatistics(mean_image, 60.0, torch.tensor([1.0, -2.0, 0.5]), 2.0)


def network(trunk: str = 'googlenet', rotation: str = 'quaternion') -> PoseNet:
    """An untrained network with fixed weights."""
    torch.manual_seed(3)
    return PoseNet(NetworkOptions(trunk, rotation), statistics())
