# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Real pictures through the node over DDS: a player, the relocalizer, and the truth beside them.

    python -m benchmarks.real_pictures MODEL SCENE [--split validation] [--rate 4]

Prints JSON: errors of the poses that arrived, and those of the mean training pose.
"""

import argparse
import json
import sys
import time
from pathlib import Path

import numpy as np

from posenet_ros.geometry import Array, pose_error
from posenet_ros.scene import read_scene
from posenet_training.evaluation.averaging import mean_pose
from posenet_training.metrics import full_summary
from simulation.demo.processes import Children, default_domain_id, enter_domain

START_UP_S = 60.0


def play(model: Path, scene: Path, split: str, rate: float, out: Path) -> list[list[Array]]:
    """Run player and node; returns pairs [T_hat, T_true] of the pictures whose pose arrived."""
    from simulation.demo.monitor import Monitor
    from simulation.demo.witness import witnessing

    count = len(read_scene(scene).split(split))
    with witnessing(Monitor) as monitor, Children(out) as children:
        children.start_relocalizer(model, "base_frame:=''")
        player = ['-p', f'scene:={scene.resolve()}', '-p', f'split:={split}']
        player += ['-p', f'rate:={rate}']
        children.start('player', 'posenet_ros.player', ['--ros-args', *player])
        deadline = time.monotonic() + START_UP_S + 1.5 * count / rate
        while len(monitor.heard().truths) < count and time.monotonic() < deadline:
            time.sleep(0.05)
        time.sleep(1.0)
        heard = monitor.heard()
    truths = {truth.stamp_ns: truth.T_map_base for truth in heard.truths}
    return [[e.T_map_base, truths[e.stamp_ns]] for e in heard.estimates if e.stamp_ns in truths]


def main() -> None:
    """Play the scene and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else '')
    parser.add_argument('model', type=Path, help='model file')
    parser.add_argument('scene', type=Path, help='folder of the scene')
    parser.add_argument('--split', default='validation', help='split of the pictures to play')
    parser.add_argument('--rate', type=float, default=4.0, help='pictures a second')
    parser.add_argument('--out', type=Path, default=Path('bench_out'), help='folder for the logs')
    options = parser.parse_args()
    enter_domain(default_domain_id())
    options.out.mkdir(parents=True, exist_ok=True)
    pairs = play(options.model, options.scene, options.split, options.rate, options.out)
    if not pairs:
        sys.exit(f'real_pictures: no pose arrived; the logs are in {options.out}/')
    T_hat, T_true = (np.stack(side) for side in zip(*pairs, strict=True))
    scene = read_scene(options.scene)
    T_mean = mean_pose(np.stack([p.T_map_camera for p in scene.split('train')]))
    T_means = np.broadcast_to(T_mean, T_true.shape)
    figures = {
        'pictures': len(scene.split(options.split)),
        'poses': len(pairs),
        'node_over_dds': full_summary(pose_error(T_hat, T_true)),
        'mean_training_pose': full_summary(pose_error(T_means, T_true)),
    }
    print(json.dumps(figures, indent=2))


if __name__ == '__main__':
    main()
