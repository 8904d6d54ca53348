# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Peak memory of importing a bag must not grow with its pictures: they are read one by one.

    PYTHONPATH=test:training/test python -m benchmarks.bag_memory [N]

Imports MCAP bags of N / 4 and of N raw pictures, 640x480 rgb8 (4,000 unless told, which takes
8 GB of disk for a while), in a process each and prints JSON.  What remains to grow is the
transforms and the table of poses.
"""

import argparse
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from bag_samples import START_NS, Message, image, record, static_camera, tf, transform_stamped

from benchmarks.import_memory import Measurement, measure_import, print_growth
from posenet_ros.scene import NS

WIDTH, HEIGHT = 640, 480
RATE = 10  # pictures a second
TF_RATE = 50
SPEED_M_S = 0.5


def measure(folder: Path, count: int) -> Measurement:
    """Import a bag of `count` pictures."""
    bag = record(folder / 'bag', 'mcap', drive(count))
    size_mib = sum(file.stat().st_size for file in bag.iterdir()) / 2**20
    return measure_import('bag', bag, folder / 'scene', count, size_mib)


def drive(count: int) -> Iterator[Message]:
    """What a robot that drives straight on records, message by message."""
    # Smooth, so that the time is not that of compressing noise.
    pixels = np.indices((HEIGHT, WIDTH, 3)).sum(axis=0).astype(np.uint8)
    yield static_camera()
    for tick in range(count * TF_RATE // RATE + 1):
        stamp_ns = START_NS + tick * NS // TF_RATE
        T_odom_base, T_base_link = np.eye(4), np.eye(4)
        T_odom_base[0, 3] = SPEED_M_S * tick / TF_RATE
        T_base_link[2, 3] = 0.5
        edges = [
            transform_stamped(stamp_ns, 'map', 'odom', np.eye(4)),
            transform_stamped(stamp_ns, 'odom', 'base_link', T_odom_base),
            transform_stamped(stamp_ns, 'base_link', 'camera_link', T_base_link),
        ]
        yield Message(stamp_ns, '/tf', tf(*edges))
        if tick % (TF_RATE // RATE) == 0 and tick < count * TF_RATE // RATE:
            shown = np.roll(pixels, tick, axis=1)
            yield Message(stamp_ns, '/camera/image_raw', image(stamp_ns, shown, 'rgb8'))


def main() -> None:
    """Measure twice and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else '')
    parser.add_argument('count', nargs='?', type=int, default=4000, help='pictures, at least 400')
    count = max(parser.parse_args().count, 400)
    print_growth(measure, count // 4, count)


if __name__ == '__main__':
    main()
