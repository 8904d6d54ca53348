# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The results file: what was compared and all figures, so that a stopped command goes on."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from posenet_training.errors import AdaptationError
from posenet_training.whole_file import whole_file

FILE = 'adaptation.json'


@dataclass(frozen=True)
class Case:
    """What answers: a training by its start, its pictures and its seed, or a baseline.

    seed   None for a baseline: it leaves nothing to chance
    """

    start: str
    pictures: int
    seed: int | None


class Results:
    """Runs and baselines of one comparison, in the folder `out`.

    compared: all that decides the figures but the cases, plain values.  Raises AdaptationError
    when the folder holds a comparison of something else.
    """

    def __init__(self, out: Path, compared: dict[str, Any]) -> None:
        self.file = out / FILE
        # As JSON gives it back: tuples become lists.
        self.compared = json.loads(json.dumps(compared))
        self.runs: dict[Case, dict[str, Any]] = {}
        if self.file.is_file():
            self._read()

    def add(self, case: Case, figures: dict[str, Any]) -> None:
        """Keep a case's figures, on disk too."""
        self.runs[case] = figures
        with whole_file(self.file) as partial:
            partial.write_text(json.dumps(self._values(), indent=1))

    def _values(self) -> dict[str, Any]:
        runs = [{**vars(case), **figures} for case, figures in self.runs.items()]
        return {'compared': self.compared, 'runs': runs}

    def _read(self) -> None:
        try:
            stored = json.loads(self.file.read_text())
            compared, runs = stored['compared'], stored['runs']
            for run in runs:
                case = Case(*(run.pop(key) for key in ('start', 'pictures', 'seed')))
                self.runs[case] = run
        except (ValueError, KeyError, TypeError) as error:
            raise AdaptationError(
                f"'{self.file}' is no results file: remove it, or name another folder with --out"
            ) from error
        changed = [key for key in self.compared if compared.get(key) != self.compared[key]]
        if changed:
            raise AdaptationError(
                f"'{self.file}' holds results with another {' and '.join(changed)}: name another "
                'folder with --out'
            )
