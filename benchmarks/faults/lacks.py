# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What commands say on a machine that lacks disk, rights or memory: one sentence each.

Disks are small tmpfs mounts, which take root; else the cases are left out and said to be.
"""

import os
import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.faults.material import Material
from benchmarks.parts import part

PATIENCE_S = 200.0
COMMAND, TRUST = 'posenet_training.cli', 'posenet_ros.trust_model'


@dataclass(frozen=True)
class Ending:
    """How a command ended; holds: with one sentence, and with nothing under the name it writes."""

    command: str
    lack: str
    words: str
    holds: bool


@dataclass(frozen=True)
class Attempt:
    """A command that writes to a place."""

    name: str
    module: str
    arguments: Callable[[Path], list[str]]
    place: str


def endings(material: Material) -> list[Ending]:
    """Let every command run short of everything."""
    attempts = _attempts(material)
    found = []
    if os.geteuid() == 0:
        for lack, prepared in (('full disk', _full), ('read-only folder', _read_only)):
            with _disk(material.room_for('disk')) as disk:
                prepared(disk)
                found += [ended(attempt, lack, disk) for attempt in attempts]
    closed = material.room_for('closed')
    closed.chmod(0o500)
    found += [ended(attempt, 'no permission', closed, 'rights=none') for attempt in attempts]
    room = material.room_for('memory')
    found += [ended(attempt, 'no memory', room, 'memory=40') for attempt in attempts[1:3]]
    return found


def _attempts(material: Material) -> Sequence[Attempt]:
    return (
        Attempt('import', COMMAND, material.importing, 'scene'),
        Attempt('train', COMMAND, material.training, 'run'),
        Attempt('export', COMMAND, material.exporting, 'model.pt'),
        Attempt('trust', TRUST, lambda p: [str(material.model), '--list', str(p)], 'trusted'),
    )


def ended(attempt: Attempt, lack: str, folder: Path, limit: str = '') -> Ending:
    place = folder / attempt.place
    module, arguments = attempt.module, attempt.arguments(place)
    if limit:
        module, arguments = 'benchmarks.faults.limited', [limit, module, *arguments]
    process = part('forks').Fork(module, arguments)
    code = process.wait(PATIENCE_S)
    last = (process.output.strip().splitlines() or [''])[-1]
    said = code == 1 and 'Traceback' not in process.output and ': ' in last
    nothing = not place.is_file() and not (place / 'scene.yaml').exists()
    return Ending(attempt.name, lack, last if said else process.output[-1500:], said and nothing)


@contextmanager
def _disk(place: Path) -> Iterator[Path]:
    subprocess.run(['mount', '-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', str(place)], check=True)
    try:
        yield place
    finally:
        subprocess.run(['umount', '-l', str(place)], check=True)


def _full(disk: Path) -> None:
    (disk / 'filler').write_bytes(bytes(64 * 1024))


def _read_only(disk: Path) -> None:
    subprocess.run(['mount', '-o', 'remount,ro', str(disk)], check=True)
