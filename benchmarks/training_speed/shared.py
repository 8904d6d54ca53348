# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Our loop by several processes, as torchrun starts them; the first prints pictures a second.

torchrun --standalone --nproc-per-node=2 -m benchmarks.training_speed.shared SCENE TRUNK BATCH
"""

import os
import subprocess
import sys
from pathlib import Path

from benchmarks.training_speed.figures import WARM_UP, rate
from benchmarks.training_speed.ours import our_moments, recipe_of
from posenet_ros.scene import read_scene
from posenet_training.data.pictures import PictureSource
from posenet_training.distribution import processes

STEPS = 10


def rate_of_processes(count: int, scene: Path, trunk: str, batch: int, threads: int) -> float:
    """Pictures a second of so many processes, which share the batch; threads: of each."""
    launcher = ('-m', 'torch.distributed.run', '--standalone', f'--nproc-per-node={count}')
    trained = ('-m', __name__, str(scene), trunk, str(batch))
    done = subprocess.run(
        [sys.executable, '-W', 'ignore', *launcher, *trained],
        env={**os.environ, 'OMP_NUM_THREADS': str(threads)},
        check=True,
        capture_output=True,
        text=True,
    )
    return float(done.stdout.splitlines()[-1])


def main() -> None:
    """Train for a while, print."""
    scene, trunk, batch = sys.argv[1:]
    source, recipe = PictureSource(read_scene(Path(scene))), recipe_of(trunk, int(batch), STEPS)
    moments = our_moments(source, recipe, workers=0)
    if processes().rank == 0:
        print(rate(moments[WARM_UP:], int(batch)))


if __name__ == '__main__':
    main()
