# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Settings of Fast DDS compared: how many pictures arrive, how old, and what that costs."""

import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.speed.camera import BEGINS
from benchmarks.speed.processes import Size, camera_arguments, running
from posenet_ros.share import share

RATE = 30.0
SETTLING_S = 1.0
# Sockets no larger than net.core.rmem_max: beyond that nodes do not find each other.
LARGE = 'max_msg_size=4MB&sockets_size=4MB&non_blocking=true'
PROFILES = 'FASTRTPS_DEFAULT_PROFILES_FILE'
TRANSPORTS = 'FASTDDS_BUILTIN_TRANSPORTS'
SHIPPED = 'fastdds.xml'
# An empty name of a file is none.
SETTINGS: Mapping[str, dict[str, str]] = {
    'stock': {PROFILES: ''},
    SHIPPED: {PROFILES: str(share('config/fastdds.xml'))},
    'LARGE_DATA': {PROFILES: '', TRANSPORTS: f'LARGE_DATA?{LARGE}'},
    'SHM': {PROFILES: '', TRANSPORTS: 'SHM?max_msg_size=8MB&sockets_size=16MB'},
}


@dataclass(frozen=True)
class Delivery:
    """Share of the pictures that arrived; milliseconds to the callback and to the crop (median,
    99 % of the latter); shares of a core of both processes.
    """

    delivered: float
    transport_ms: float
    crop_ms: float
    crop_p99_ms: float
    receiver_cpu: float
    camera_cpu: float


def deliver(size: Size, setting: str, kind: str, seconds: float, model_file: Path) -> Delivery:
    """Send pictures from a process to another one."""
    environment = SETTINGS[setting]
    with tempfile.TemporaryDirectory() as folder:
        sent_file, seen_file = Path(folder) / 'sent.npy', Path(folder) / 'seen.npy'
        cameras = camera_arguments(size, RATE, model_file, sent_file, kind)
        with (
            running('benchmarks.speed.receiver', [kind, seen_file], environment) as receiver,
            running('benchmarks.speed.camera', cameras, environment) as camera,
        ):
            camera.wait_for_line(BEGINS)
            time.sleep(SETTLING_S)
            receiver.check()
            began, cpu = time.time_ns(), (receiver.cpu_s(), camera.cpu_s())
            time.sleep(seconds)
            ended = time.time_ns()
            used = (receiver.cpu_s() - cpu[0], camera.cpu_s() - cpu[1])
        sent, seen = camera.saved(sent_file), receiver.saved(seen_file)
    sent = sent[(sent >= began) & (sent < ended)]
    ages = 1e-6 * seen[np.isin(seen[:, 0], sent), 1:]
    lost = np.full((1, 2), np.nan)
    transport, crop = np.median(ages if len(ages) else lost, axis=0)
    return Delivery(
        delivered=len(ages) / max(len(sent), 1),
        transport_ms=float(transport),
        crop_ms=float(crop),
        crop_p99_ms=float(np.percentile(ages[:, 1], 99)) if len(ages) else float('nan'),
        receiver_cpu=used[0] / seconds,
        camera_cpu=used[1] / seconds,
    )
