# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""All scenes of a data set, one after another; what fails does not stop the others."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from posenet_training.benchmarking.scene_run import Means, scene_report
from posenet_training.errors import MENDABLE, BenchmarkError
from posenet_training.whole_file import whole_file

PLAN = 'benchmark.json'


def run_benchmark(
    root: Path, out: Path, means: Means
) -> tuple[dict[str, dict[str, Any]], dict[str, str]]:
    """Evaluations (evaluation/report.py) by scene, and why other scenes have none.

    Scenes that `out` holds already are not trained again.  Raises BenchmarkError when no scene
    is there, and when `out` holds a benchmark that was made otherwise.
    """
    names = means.data_set.present(root)
    _keep_plan(root, out, means)
    reports: dict[str, dict[str, Any]] = {}
    failed: dict[str, str] = {}
    for name in names:
        means.tell(f'{name}:')
        try:
            reports[name] = scene_report(root / name, out / name, means)
        except MENDABLE as error:
            failed[name] = str(error)
    return reports, failed


def _keep_plan(root: Path, out: Path, means: Means) -> None:
    """Note how the scenes in `out` are made, or check that it is as it was."""
    options = means.options
    plan = _as_read(
        {
            'data_set': means.data_set.name,
            'root': str(root.resolve()),
            'seed': options.seed,
            'minutes': options.minutes,
            'trunk_weights': str(options.trunk_weights or ''),
            'recipe': asdict(means.recipe),
        }
    )
    file = out / PLAN
    if file.is_file():
        stored = json.loads(file.read_text())
        changed = [key for key in plan if stored.get(key) != plan[key]]
        if changed:
            raise BenchmarkError(
                f"'{out}' holds a benchmark with another {' and '.join(changed)}: name another "
                f'folder with --out, or go on as {PLAN} there says'
            )
        return
    with whole_file(file) as partial:
        partial.write_text(json.dumps(plan, indent=1))


def _as_read(plan: dict[str, Any]) -> dict[str, Any]:
    """As JSON gives it back: tuples become lists."""
    read: dict[str, Any] = json.loads(json.dumps(plan))
    return read
