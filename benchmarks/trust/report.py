# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What is left of a run: trust.json and trust.png."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from benchmarks.trust.bars import judged
from benchmarks.trust.judging import (
    Figures,
    Replays,
    driving_figures,
    foreign_figures,
    frame_figures,
    handover_figures,
    kidnap_figures,
    poster_figures,
    symmetric_figures,
)
from benchmarks.trust.picture import draw
from posenet_training.pages import png_of
from posenet_training.whole_file import whole_file

KEYS = (
    'recovered_rate', 'recovered_within_s_p95', 'wrong_handovers', 'handovers',
    'wrong_handover_upper95', 'false_alarms_per_hour', 'foreign_handovers', 'foreign_frames',
    'good_frame_refusal_rate', 'auroc_foreign', 'coverage_50', 'coverage_90', 'coverage_95',
    'symmetric_wrong_rate', 'tf_error_m',
)  # fmt: skip
JSON_FILE, PICTURE_FILE = 'trust.json', 'trust.png'


@dataclass(frozen=True)
class Run:
    """What was run: model files by their kinds of episodes, and the digests of their weights.

    not_run    kinds of episodes and parts that were not, with what to do
    predicting_s, replaying_s   time they took; of `frames` frames `computed` were predicted now
    """

    began: str
    seed: int
    scale: float
    models: Mapping[str, str]
    weights_sha256: Mapping[str, str]
    frames: int
    computed: int
    predicting_s: float
    replaying_s: float
    not_run: Mapping[str, str]


def figures_of(replays: Mapping[str, Replays], levels: tuple[float, ...]) -> Figures:
    """All figures of the kinds that were replayed."""
    figures: Figures = {}
    for kind, judge in {
        'kidnap': kidnap_figures,
        'driving': driving_figures,
        'foreign': foreign_figures,
        'symmetric': symmetric_figures,
        'symmetric-poster': poster_figures,
    }.items():
        if kind in replays:
            figures |= judge(replays[kind])
    known = [r for kind in ('kidnap', 'driving') for r in replays.get(kind, ())]
    if known:
        figures |= handover_figures(known)
        figures |= frame_figures(known, replays.get('foreign', ()), levels)
    return figures


def as_values(figures: Figures, run: Run) -> dict[str, Any]:
    """The content of trust.json: a figure of what was not run is null."""
    return {
        **{key: figures.get(key) for key in KEYS},
        'more': {key: value for key, value in figures.items() if key not in KEYS},
        'bars': judged(figures),
        'run': asdict(run),
    }


def write(out: Path, values: Mapping[str, Any], replays: Mapping[str, Replays]) -> None:
    """Write both files, each whole or not at all."""
    png = png_of(draw(replays))
    with whole_file(out / PICTURE_FILE) as partial:
        partial.write_bytes(png)
    with whole_file(out / JSON_FILE) as partial:
        partial.write_text(f'{json.dumps(values, indent=1, allow_nan=False)}\n')
