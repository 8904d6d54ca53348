# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""trust.json, the table of bars, and the whole command on predictions that are there."""

import json
import sys
from io import StringIO
from pathlib import Path

import numpy as np
import pytest
from model_files import ColourNet, write_model
from rich.console import Console
from watched_samples import HERE, THERE, watched

from benchmarks.trust.__main__ import main
from benchmarks.trust.bars import BARS, judged, table
from benchmarks.trust.plan import episodes
from benchmarks.trust.predictions import Cache
from benchmarks.trust.report import KEYS
from benchmarks.trust.transforms import FILE
from benchmarks.trust.watching import described, image_measures
from simulation.episodes import Episode

KINDS = ('kidnap', 'driving', 'foreign')
SCALE, SEED = 0.001, 5


@pytest.fixture
def model(tmp_path: Path) -> Path:
    return write_model(tmp_path / 'model.pt', ColourNet())


def predicted(cache: Cache) -> None:
    """One episode of each kind, as if a network had answered."""
    for kind in KINDS:
        (episode,) = episodes(kind, SEED, SCALE)
        description = described(episode, cache.weights_sha256, image_measures)
        places, blind = answers(episode)
        frames = watched(places, places, blind, description)
        frames.save(cache.file(kind, 0))


def answers(episode: Episode) -> tuple[list[np.ndarray], range]:
    """A kidnap is seen, of another room nothing, of a long drive the first two seconds."""
    if episode.kidnapped_at:
        after = episode.frames - episode.kidnapped_at
        return [HERE] * episode.kidnapped_at + [THERE] * after, range(0)
    seen = 20 if episode.frames > 1000 else 0
    return [HERE] * episode.frames, range(seen, episode.frames)


def run(monkeypatch: pytest.MonkeyPatch, *arguments: object) -> None:
    monkeypatch.setattr(sys, 'argv', ['trust', *map(str, arguments)])
    main()


def test_the_command_writes_json_and_picture(tmp_path, model, monkeypatch, capsys):
    out = tmp_path / 'out'
    predicted(Cache.of(model, SEED, out))
    asked = ('--scale', SCALE, '--seed', SEED, '--model', model, '--out', out)
    run(monkeypatch, *asked)
    values = json.loads((out / 'trust.json').read_text())
    assert tuple(values)[: len(KEYS)] == KEYS
    assert values['recovered_rate'] == 1.0
    assert values['wrong_handovers'] == values['foreign_handovers'] == 0
    assert values['handovers'] == 3
    assert values['foreign_frames'] == 20
    assert values['false_alarms_per_hour'] == 0.0
    assert values['symmetric_wrong_rate'] is None
    assert values['tf_error_m'] is None
    assert values['bars']['recovered_rate']['met'] is True
    assert values['bars']['symmetric_wrong_rate']['met'] is None
    record = values['run']
    assert (record['seed'], record['scale'], record['computed']) == (SEED, SCALE, 0)
    assert len(record['weights_sha256']['model']) == 64
    assert set(record['not_run']) == {'symmetric', 'symmetric-poster', 'tf_error_m'}
    assert '--poster-model' in record['not_run']['symmetric-poster']
    assert (out / 'trust.png').read_bytes().startswith(b'\x89PNG')
    assert not [path for path in out.iterdir() if path.name.startswith('.')]
    printed = ' '.join(capsys.readouterr().out.split())
    assert 'not run: symmetric: train a model of symmetric:3' in printed
    assert 'kidnaps recovered' in printed
    (out / FILE).write_text('{"tf_error_m": 2e-16, "naive_by_delay_s": {"0.5": 0.5}}')
    run(monkeypatch, *asked)
    values = json.loads((out / 'trust.json').read_text())
    assert values['tf_error_m'] == 2e-16
    assert values['bars']['tf_error_m']['met'] is True
    assert 'tf_error_m' not in values['run']['not_run']


def test_each_bar_is_met_or_not_or_not_run():
    figures = {bar.key: 0 for bar in BARS} | {
        'recovered_rate': 0.98,
        'recovered_within_s_p95': None,
        'auroc_foreign': 0.995,
        'coverage_50': 0.52,
        'coverage_90': 0.97,
        'kidnaps': 100, 'handovers': 200, 'wrong_handover_upper95': 0.015, 'offers': 500,
        'hours': 2.0, 'false_alarms_per_hour_upper95': 1.5, 'foreign_frames': 2000,
        'good_frames': 1000, 'symmetric_attempts': 300,
    }  # fmt: skip
    for group in ('position', 'rotation'):
        figures[f'coverage_50_{group}_interval'] = [0.45, 0.55]
        figures[f'coverage_90_{group}_interval'] = [0.93, 0.99]
        figures[f'coverage_95_{group}_interval'] = None
    del figures['tf_error_m']
    met = {key: bar['met'] for key, bar in judged(figures).items()}
    assert met['recovered_rate'] is met['recovered_within_s_p95'] is False
    assert met['auroc_foreign'] is met['coverage_50'] is met['wrong_handovers'] is True
    assert met['coverage_90'] is met['coverage_95'] is False
    assert met['tf_error_m'] is None
    console = Console(width=160, record=True, file=StringIO())
    console.print(table(figures))
    lines = console.export_text().splitlines()
    assert any('98.0% of 100' in line and 'not met' in line for line in lines)
    assert any('never' in line and 'at most 2.0 s' in line for line in lines)
    assert any('map to odom received' in line and 'not run' in line for line in lines)


def test_wrong_options_end_in_one_sentence(tmp_path, model, monkeypatch, capsys):
    for arguments, sentence in (
        (['--scale', '0'], '0 is no share: give more than 0 and at most 1'),
        (['--jobs', '0'], '--seed is 1 and --jobs 0: give 0 and 1 or more'),
        (['--symmetric-model', tmp_path / 'none.pt'], 'cannot be used: there is no such file'),
    ):
        with pytest.raises(SystemExit, match='2'):
            run(monkeypatch, '--model', model, '--out', tmp_path / 'out', *arguments)
        assert sentence in capsys.readouterr().err
    assert not (tmp_path / 'out').exists()
