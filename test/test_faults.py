# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Kills and lacks in small: benchmarks.faults does many."""

import re
from pathlib import Path

import pytest

from benchmarks.faults.lacks import Attempt, ended
from benchmarks.faults.material import PICTURES, make_source
from benchmarks.faults.victims import BrokenError, Command
from posenet_ros.scene import read_scene
from posenet_training.failures import lack_in_words


def check(folder: Path) -> None:
    assert len(read_scene(folder).pictures) == PICTURES


def importing(source: Path, scene: Path) -> list[str]:
    return ['scene', 'import', 'matrix', str(source), str(scene), '--copy']


def test_a_killed_import_is_whole_after_the_next(tmp_path: Path) -> None:
    source = make_source(tmp_path / 'source')
    victim = Command(
        *('import', 'posenet_training.cli'),
        lambda scene: importing(source, scene),
        check,
        tmp_path,
    )
    for share in (0.2, 0.8):
        victim.kill(share)


def test_what_is_half_written_is_noticed(tmp_path: Path) -> None:
    source = make_source(tmp_path / 'source')

    def short(folder: Path) -> None:
        raise ValueError('59 pictures')

    victim = Command(
        *('import', 'posenet_training.cli'),
        lambda scene: importing(source, scene),
        short,
        tmp_path,
    )
    with pytest.raises(BrokenError, match=r'import is half-written after the next run.*59'):
        victim.kill(0.0)


def test_without_permission_it_is_one_sentence(tmp_path: Path) -> None:
    source = make_source(tmp_path / 'source')
    closed = tmp_path / 'closed'
    closed.mkdir(0o500)
    attempt = Attempt('import', 'posenet_training.cli', lambda p: importing(source, p), 'scene')
    found = ended(attempt, 'no permission', closed, 'rights=none')
    assert found.holds, found
    assert 'Permission denied' in found.words


@pytest.mark.parametrize(
    ('error', 'words'),
    [
        (OSError(28, 'No space left on device', '/x/model.pt'), 'the disk has no room .*/x/model'),
        (OSError(30, 'Read-only file system', '/x'), 'not allowed .*Read-only file system: /x'),
        (PermissionError(13, 'Permission denied', '/x'), r'not allowed \(Permission denied: /x'),
        (MemoryError(), r'memory is full \(no memory\)'),
        (RuntimeError("can't allocate memory: 9 bytes"), r"memory is full \(can't allocate"),
        (ImportError('x.so: failed to map segment from shared object'), 'memory is full'),
        (OSError(12, 'Cannot allocate memory'), 'memory is full'),
        (OSError(5, 'Input/output error', '/x'), None),
        (RuntimeError('a mistake of ours'), None),
    ],
    ids=str,
)
def test_lacks_in_words(error: Exception, words: str | None) -> None:
    sentence = lack_in_words(error)
    assert (sentence is None) == (words is None)
    assert words is None or re.search(words, str(sentence))
