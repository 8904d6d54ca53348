# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What a machine may lack, in words: benchmarks.faults lets commands run short of it."""

import re

import pytest

from posenet_training.failures import lack_in_words


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
