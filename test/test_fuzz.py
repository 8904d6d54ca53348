# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Spoilt input of all kinds is refused in time, also what once was not."""

import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

from benchmarks.fuzz.__main__ import CORPUS, TARGETS, spoil
from benchmarks.fuzz.inputs import Input, in_time, read_corpus, spoilt

FEW = 60
ROOT = Path(__file__).parents[1]


@pytest.mark.parametrize('name', TARGETS)
def test_spoilt_inputs(name: str, tmp_path: Path) -> None:
    target = TARGETS[name](tmp_path)
    for kind, content in target.seeds.items():
        target.try_it(Input(kind, content))
    for found in read_corpus(CORPUS / name):
        with in_time():
            target.try_it(found)
    tried: Counter[str] = Counter()
    assert spoil(target, 1, FEW, time.monotonic() + 60.0, tried) is None
    assert tried.total() >= FEW // 2


def test_a_failure_is_found_and_made_small(tmp_path: Path) -> None:
    def fails_at_nan(given: Input) -> None:
        if b'nan' in given.content:
            raise KeyError('nan')

    from benchmarks.fuzz.inputs import Target

    target = Target({'text': b'1.0 2.0 3.0'}, fails_at_nan)
    failed = spoil(target, 1, 500, time.monotonic() + 60.0, Counter())
    assert failed is not None
    given, words = failed
    assert "KeyError: 'nan'" in words
    assert len(given.content) <= len(b'1.0 2.0 3.0') + 3


def test_a_hang_is_a_failure() -> None:
    # In a process of its own: pytest-timeout has the only alarm of this one.
    code = (
        'import time; from benchmarks.fuzz.inputs import in_time\nwith in_time(1): time.sleep(60)'
    )
    ended = subprocess.run(
        [sys.executable, '-c', code], cwd=ROOT, capture_output=True, text=True, timeout=50
    )
    assert 'TimeoutError: took more than 1 s' in ended.stderr


def test_the_corpus_is_small() -> None:
    files = [file for file in CORPUS.rglob('*') if file.is_file()]
    assert files
    assert sum(file.stat().st_size for file in files) < 100_000
    assert spoilt({'a': b''}) is not None
