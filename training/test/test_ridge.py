# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Ridge regression from features, as benchmarks.insight compares it."""

import numpy as np
import torch
from training_samples import RECIPE, random_pose, small_scene

from benchmarks.experiments.judging import answers_for
from benchmarks.experiments.ridge import ridge_poses
from posenet_ros.geometry import pose_error
from posenet_training.data.frames import statistics_of
from posenet_training.data.pictures import PictureSource
from posenet_training.evaluation.judged_pictures import judged_pictures
from posenet_training.network import PoseNet
from posenet_training.pretraining import starting_trunk


def test_poses_that_are_linear_in_the_feature_are_found():
    rng = np.random.default_rng(2)
    poses = np.stack([random_pose(rng) for _ in range(120)])
    mixing = rng.normal(size=(12, 30))
    features = (poses[:, :3, :].reshape(-1, 12) @ mixing).astype(np.float32)
    T_hat = ridge_poses(features[:100], poses[:100], features[100:])
    assert np.abs(pose_error(T_hat, poses[100:])).max() < 0.05


def test_every_picture_of_a_scene_has_a_feature(tmp_path):
    source = PictureSource(small_scene(tmp_path / 'scene', train=5))
    torch.manual_seed(0)
    trunk = starting_trunk(RECIPE.network.trunk, False, None)
    network = PoseNet(RECIPE.network, statistics_of(source.each('statistics')), trunk).eval()
    network.side = 64
    features = answers_for(network, judged_pictures(source, 'train')).features
    assert features.shape == (5, 2048)
    assert np.ptp(features, axis=0).max() > 0.0
