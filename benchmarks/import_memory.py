# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Peak memory of an import must not grow with the pictures: each is read, placed and forgotten.

    python -m benchmarks.import_memory [N]

Imports N / 10 and N small pictures (10,000 unless told) in a process each and prints JSON.  What
remains to grow is the table of poses: some kilobytes a picture, however large the pictures are.
"""

import argparse
import json
import os
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from PIL import Image

# Apart from the command line of `posenet`, which also loads PyTorch.
CHILD = 'from posenet_training.commands.scene import app; app()'
WIDTH, HEIGHT = 320, 240


@dataclass(frozen=True)
class Measurement:
    """One import: pictures, their bytes on disk, peak resident memory, seconds."""

    pictures: int
    source_mib: float
    peak_mib: float
    seconds: float


def make_source(root: Path, count: int) -> float:
    """Write `count` pictures and poses.txt; returns their size in MiB.

    Noise, so that all pictures together are far larger than what the import may take.
    """
    rng = np.random.default_rng(0)
    (root / 'images').mkdir(parents=True)
    pixels = rng.integers(0, 256, (HEIGHT, WIDTH, 3), dtype=np.uint8)
    size = 0
    for index in range(count):
        file = root / 'images' / f'{index:06d}.jpg'
        Image.fromarray(np.roll(pixels, index, axis=1)).save(file, quality=50)
        size += file.stat().st_size
    poses = np.tile(np.eye(4), (count, 1, 1))
    poses[:, 0, 3] = np.arange(count) * 0.01
    np.savetxt(root / 'poses.txt', poses.reshape(count, 16))
    return size / 2**20


def measure(folder: Path, count: int) -> Measurement:
    """Import `count` pictures as copies in a child process."""
    source_mib = make_source(folder / 'source', count)
    command = ['import', 'matrix', str(folder / 'source'), str(folder / 'scene'), '--copy']
    start = time.monotonic()
    arguments = [sys.executable, '-c', CHILD, *command, '--json']
    # Its report is not ours: standard output holds one JSON document.
    to_nothing = [(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)]
    environment = {**os.environ, 'OMP_NUM_THREADS': '1'}
    child = os.posix_spawn(sys.executable, arguments, environment, file_actions=to_nothing)
    _, status, usage = os.wait4(child, 0)
    if status != 0:
        sys.exit(f'import_memory: the import of {count} pictures failed')
    seconds = time.monotonic() - start
    return Measurement(count, source_mib, usage.ru_maxrss / 1024, seconds)


def main() -> None:
    """Measure twice and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else '')
    parser.add_argument(
        'count', nargs='?', type=int, default=10_000, help='pictures, at least 1000'
    )
    count = max(parser.parse_args().count, 1000)
    results = []
    for pictures in (count // 10, count):
        with tempfile.TemporaryDirectory() as folder:
            results.append(measure(Path(folder), pictures))
    few, many = results
    grown_kib = (many.peak_mib - few.peak_mib) * 1024
    print(
        json.dumps(
            {
                'imports': [asdict(result) for result in results],
                'grown_kib_per_picture': grown_kib / (many.pictures - few.pictures),
            },
            indent=1,
        )
    )


if __name__ == '__main__':
    main()
