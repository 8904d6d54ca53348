# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The work folder: what each step of a reconstruction left, so that a second call goes on."""

import hashlib
import json
import shutil
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from posenet_ros.scene import SceneError

BEGINNING = 'reconstruction.json'


@dataclass(frozen=True)
class Work:
    """A folder with the files of a reconstruction, and a JSON file for each finished step."""

    folder: Path

    @staticmethod
    def begin(folder: Path, source: Mapping[str, Any]) -> 'Work':
        """Open or make the folder for a source, described by plain values.

        Raises SceneError when the folder belongs to another source or to something else.
        """
        note = folder / BEGINNING
        if not folder.exists():
            folder.mkdir(parents=True)
            _write(note, source)
        if not note.is_file():
            raise SceneError(
                f"work folder '{folder}' was not made by this command: name another with --work"
            )
        began = _read(note)
        differing = [name for name in source if began.get(name) != source[name]]
        if differing:
            name = differing[0]
            raise SceneError(
                f"work folder '{folder}' was begun with {name} {began.get(name)}, now it is "
                f'{source[name]}: remove the folder, or name another with --work'
            )
        return Work(folder)

    def once(
        self, step: str, depends_on: Mapping[str, Any], make: Callable[[], dict[str, Any]]
    ) -> dict[str, Any]:
        """Return a step's plain values with its seconds, from an earlier call or made now.

        They are made again when the values that the step depends on have changed.
        """
        file = self.folder / f'{step}.json'
        if file.is_file():
            earlier = _read(file)
            if earlier['depends_on'] == depends_on:
                return earlier
        begin = time.monotonic()
        made = {**make(), 'depends_on': dict(depends_on)}
        made['seconds'] = round(time.monotonic() - begin, 1)
        _write(file, made)
        return made

    def seconds(self) -> dict[str, float]:
        """How long each finished step took, in the order in which they were finished."""
        steps = [file for file in self.folder.glob('*.json') if file.name != BEGINNING]
        steps.sort(key=lambda file: file.stat().st_mtime_ns)
        return {file.stem: _read(file)['seconds'] for file in steps}

    def fresh(self, name: str) -> Path:
        """Give an empty folder for a step whose earlier attempt may have been interrupted."""
        shutil.rmtree(self.folder / name, ignore_errors=True)
        (self.folder / name).mkdir()
        return self.folder / name

    def database(self, depends_on: Mapping[str, Any]) -> Path:
        """COLMAP's database of the features and matches that depend on these values."""
        return self.folder / f'features-{digest(depends_on)}.db'

    def remove(self) -> None:
        """Remove the folder with all that is in it."""
        shutil.rmtree(self.folder)


def digest(value: Any) -> str:
    """Short name for plain values: equal values have equal names."""
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()[:12]


def _read(file: Path) -> dict[str, Any]:
    values: dict[str, Any] = json.loads(file.read_text())
    return values


def _write(file: Path, values: Mapping[str, Any]) -> None:
    partial = file.with_name(f'.{file.name}.partial')
    partial.write_text(json.dumps(values, indent=1))
    partial.rename(file)
