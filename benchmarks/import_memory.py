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
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from PIL import Image

# Apart from the command line of `posenet`, which also loads PyTorch.  The peak is the child's own:
# what wait4 gives is at least that of the parent, whose memory a new process shares at first.
CHILD = """
from pathlib import Path
from posenet_training.commands.scene import app
app(standalone_mode=False)
lines = Path('/proc/self/status').read_text().splitlines()
print(next(line for line in lines if line.startswith('VmHWM:')))
"""
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
    """Import `count` pictures as copies."""
    source_mib = make_source(folder / 'source', count)
    return measure_import('matrix', folder / 'source', folder / 'scene', count, source_mib)


def measure_import(
    format_name: str, source: Path, scene: Path, count: int, source_mib: float
) -> Measurement:
    """Import a source of `count` pictures as copies in a child process."""
    start = time.monotonic()
    command = ['import', format_name, str(source), str(scene), '--copy', '--json']
    arguments = [sys.executable, '-c', CHILD, *command]
    environment = {**os.environ, 'OMP_NUM_THREADS': '1'}
    child = subprocess.run(
        arguments, env=environment, stdout=subprocess.PIPE, text=True, check=False
    )
    if child.returncode != 0:
        sys.exit(f'the import of {count} pictures failed')
    # The last line is 'VmHWM: 12345 kB'.
    peak_mib = int(child.stdout.split()[-2]) / 1024
    return Measurement(count, source_mib, peak_mib, time.monotonic() - start)


def print_growth(measure_one: Callable[[Path, int], Measurement], few: int, many: int) -> None:
    """Measure the imports of few and of many pictures and print both, and what grew."""
    results = []
    for pictures in (few, many):
        with tempfile.TemporaryDirectory() as folder:
            results.append(measure_one(Path(folder), pictures))
    grown_kib = (results[1].peak_mib - results[0].peak_mib) * 1024
    document = {
        'imports': [asdict(result) for result in results],
        'grown_kib_per_picture': grown_kib / (many - few),
    }
    print(json.dumps(document, indent=1))


def main() -> None:
    """Measure twice and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else '')
    parser.add_argument(
        'count', nargs='?', type=int, default=10_000, help='pictures, at least 1000'
    )
    count = max(parser.parse_args().count, 1000)
    print_growth(measure, count // 10, count)


if __name__ == '__main__':
    main()
