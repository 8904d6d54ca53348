# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What a localizer holds: a process of its own loads it, answers a picture and says its growth.

python -m benchmarks.scale.memory METHOD ASSET
"""

import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from benchmarks.scale.assets import Asset
from benchmarks.scale.localizers import Landmarks, Localizer, looking_up, ours, sift
from benchmarks.scale.matching import by_product
from posenet_ros.engines import TorchScript
from posenet_ros.scene import read_rgb, read_scene

METHODS: Mapping[str, Callable[[Asset], Localizer]] = {
    'posenet': lambda asset: ours(asset, TorchScript.name),
    'retrieval': looking_up,
    'sift': lambda asset: sift(Landmarks.of(asset), by_product),
}


def measured_mb(method: str, asset: Asset) -> float:
    """Growth of the resident memory (MB) by loading and one answer, libraries apart."""
    command = (sys.executable, '-W', 'ignore', '-m', __name__, method, str(asset.folder))
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return float(done.stdout)


def _resident_mb() -> float:
    pages = int(Path('/proc/self/statm').read_text().split()[1])
    return pages * 4096 / 1e6


def main() -> None:
    """Load, answer, print."""
    method, folder = sys.argv[1:]
    asset = Asset(Path(folder))
    scene = read_scene(asset.scene)
    rgb = read_rgb(scene.path(scene.split('validation')[0]))
    before = _resident_mb()
    # Named, so that it is still there when its memory is looked at.
    localizer = METHODS[method](asset)
    localizer(rgb)
    print(_resident_mb() - before)


if __name__ == '__main__':
    main()
