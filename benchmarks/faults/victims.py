# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What is killed, and what must hold after it."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from benchmarks.parts import part

PATIENCE_S = 300.0


class BrokenError(AssertionError):
    """What did not hold after a kill."""


class Victim(Protocol):
    """Something that may be killed again and again."""

    name: str

    def kill(self, share: float) -> float:
        """Kill it at this share of the time that it takes when it is left alone.

        Gives the seconds until the work was whole again.  Raises BrokenError.
        """
        ...


@dataclass
class Command:
    """A command of `posenet` whose work is a file or a folder, there whole or not at all.

    arguments  of the module, which write to a place
    check      raises when what stands at the place is not the whole work
    """

    name: str
    module: str
    arguments: Callable[[Path], list[str]]
    check: Callable[[Path], object]
    folder: Path
    suffix: str = ''
    _takes_s: float = 0.0
    _number: int = 0

    def kill(self, share: float) -> float:
        """As Victim."""
        if not self._takes_s:
            self._takes_s = self._run(self.folder / f'alone{self.suffix}')
        place = self.folder / f'place{self._number}{self.suffix}'
        self._number += 1
        killed_after(self._fork(place), share * self._takes_s)
        if place.exists():
            self._checked(place, 'after the kill')
        return 0.0 if place.exists() else self._run(place)

    def _run(self, place: Path) -> float:
        began = time.monotonic()
        process = self._fork(place)
        if process.wait(PATIENCE_S) != 0:
            raise BrokenError(f'{self.name} does not go on: {process.output[-500:]}')
        self._checked(place, 'after the next run')
        return time.monotonic() - began

    def _fork(self, place: Path) -> Any:
        return part('forks').Fork(self.module, self.arguments(place))

    def _checked(self, place: Path, when: str) -> None:
        try:
            self.check(place)
        except Exception as error:
            raise BrokenError(f'{self.name} is half-written {when}: {error!r}') from error


@dataclass
class Training:
    """A training that writes a checkpoint at every step, and goes on from it.

    Once it has come to its end it must have come to the weights of a run that was left alone.
    """

    scene: Path
    folder: Path
    steps: int = 12
    name: str = 'training'
    _takes_s: float = 0.0
    _number: int = 0

    def kill(self, share: float) -> float:
        """As Victim."""
        if not self._takes_s:
            began = time.monotonic()
            self._whole(self.folder / 'alone', ())
            self._takes_s = time.monotonic() - began
        run = self.folder / f'run{self._number}'
        killed_after(self._fork(run, self._resume(run)), share * self._takes_s)
        if self._steps_done(run) < self.steps and share < 0.5:
            return 0.0  # The next kill falls into the rest of this run.
        self._number += 1
        began = time.monotonic()
        if self._steps_done(run) < self.steps:
            self._whole(run, self._resume(run))
        if not self._same(run):
            raise BrokenError(f'{run} did not come to the weights of a run that was left alone')
        return time.monotonic() - began

    def _resume(self, run: Path) -> tuple[str, ...]:
        return ('resume',) if self._checkpoint(run).is_file() else ()

    def _fork(self, run: Path, resume: tuple[str, ...]) -> Any:
        arguments = [str(self.scene), str(run), str(self.steps), '0', *resume]
        return part('forks').Fork('run_training', arguments)

    def _whole(self, run: Path, resume: tuple[str, ...]) -> None:
        process = self._fork(run, resume)
        process.wait(PATIENCE_S)
        if self._steps_done(run) != self.steps:
            raise BrokenError(f'training does not go on: {process.output[-500:]}')

    def _steps_done(self, run: Path) -> int:
        if not self._checkpoint(run).is_file():
            return 0
        try:
            return int(self._stored(run)['global_step'])
        except Exception as error:
            raise BrokenError(f'{run} has half a checkpoint: {error!r}') from error

    def _same(self, run: Path) -> bool:
        import torch

        ours, alone = (self._stored(r)['state_dict'] for r in (run, self.folder / 'alone'))
        return ours.keys() == alone.keys() and all(torch.equal(ours[k], alone[k]) for k in ours)

    def _checkpoint(self, run: Path) -> Path:
        return run / 'last.ckpt'

    def _stored(self, run: Path) -> Any:
        import torch

        return torch.load(self._checkpoint(run), map_location='cpu', weights_only=True)


def killed_after(process: Any, delay_s: float) -> None:
    """Kill -9 a process some time after now, unless it has ended."""
    time.sleep(delay_s)
    process.kill()
    process.wait(30.0)
