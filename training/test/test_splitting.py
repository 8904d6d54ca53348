# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Validation pictures are held out by sequence or in guarded blocks, never at random."""

import math
import re
from itertools import groupby

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from posenet_ros.scene import Picture, SceneError
from posenet_training.importers.complaints import Complaints
from posenet_training.importers.lists import complain_of_absent, read_split_lists
from posenet_training.scenes.splitting import (
    LEAST_GUARD_S,
    BlockSplit,
    by_sequence,
    with_validation,
)

NS = 1_000_000_000


def pictures(*counts: int, step_ns: int = NS // 10, split: str = '') -> tuple[Picture, ...]:
    """A sequence of so many pictures for each count, named a, b, ..."""
    return tuple(
        Picture(
            f'{name}/{index}.png',
            name,
            index * step_ns,
            (0.0, 0.0, 0.0),
            (0.0, 0.0, 0.0, 1.0),
            split=split,
        )
        for name, count in zip('abcd', counts, strict=False)
        for index in range(count)
    )


def splits(given: tuple[Picture, ...]) -> list[str]:
    return [picture.split for picture in given]


def runs(names: list[str]) -> list[tuple[str, int]]:
    return [(name, len(list(group))) for name, group in groupby(names)]


def test_blocks_lie_evenly_between_guards():
    names = splits(with_validation(pictures(300), BlockSplit(0.1, 3, 0.5)))
    block = [('', 5), ('validation', 10), ('', 5)]
    assert runs(names) == [
        *(('train', 40), *block, ('train', 80), *block, ('train', 80), *block, ('train', 40))
    ]


@settings(deadline=None)
@given(
    counts=st.lists(st.integers(1, 80), min_size=1, max_size=4),
    share=st.floats(0.02, 0.5),
    blocks=st.integers(1, 5),
    guard_s=st.sampled_from([0.0, 0.1, 0.25, 1.0]),
)
def test_no_training_picture_is_within_the_guard(counts, share, blocks, guard_s):
    given_pictures = pictures(*counts)
    told: list[str] = []
    try:
        result = with_validation(given_pictures, BlockSplit(share, blocks, guard_s), told.append)
    except SceneError:
        alone = len(given_pictures) == 1
        assert guard_s > 0.0 or alone, 'without guards something is left to train on'
        return
    held_out = [picture for picture in result if picture.split == 'validation']
    training = [picture for picture in result if picture.split == 'train']
    assert training
    if told:
        blocks, guard_s = blocks_and_guard(told)
    length = round(share * len(given_pictures) / blocks)
    assert len(held_out) == blocks * length or (blocks, length, len(held_out)) == (1, 0, 1)
    assert len([name for name, _ in runs(splits(result)) if name == 'validation']) <= blocks
    assert least_distance_ns(held_out, training) > guard_s * NS
    # Nothing is lost to guards farther away than they reach.
    for a in result:
        assert a.split or any(
            a.sequence == b.sequence and abs(a.stamp_ns - b.stamp_ns) <= guard_s * NS
            for b in held_out
        )


def blocks_and_guard(told: list[str]) -> tuple[int, float]:
    """Which easier rule was taken."""
    (sentence,) = told
    match = re.fullmatch(
        r'the drive is short for \d+ validation blocks with guards of \S+ s: '
        r'(\d+) with guards of (\S+) s are held out',
        sentence,
    )
    assert match, sentence
    return int(match[1]), float(match[2])


def least_distance_ns(some: list[Picture], others: list[Picture]) -> float:
    """Time between the nearest pictures of one sequence; infinite when none share one."""
    return min(
        (abs(a.stamp_ns - b.stamp_ns) for a in some for b in others if a.sequence == b.sequence),
        default=math.inf,
    )


@settings(deadline=None)
@given(count=st.integers(2, 2000), rate=st.floats(1.0, 30.0))
def test_every_drive_gets_a_guarded_validation_or_one_sentence(count, rate):
    given_pictures = pictures(count, step_ns=round(NS / rate))
    try:
        result = with_validation(given_pictures, BlockSplit())
    except SceneError:
        # Less than a second and a half of pictures is no drive.
        assert count / rate < 1.5
        with pytest.raises(SceneError, match=rf'{count} training pictures are too few to hold'):
            with_validation(given_pictures, BlockSplit())
        return
    names = np.array(splits(result))
    stamps_ns = np.array([picture.stamp_ns for picture in result])
    held_out, training = stamps_ns[names == 'validation'], stamps_ns[names == 'train']
    assert np.abs(held_out[:, None] - training).min() > LEAST_GUARD_S * NS
    assert len(training) >= np.count_nonzero(names == '')


def test_short_drives_get_fewer_blocks_and_then_shorter_guards():
    told: list[str] = []
    with_validation(pictures(100), BlockSplit(), told.append)
    assert blocks_and_guard(told) == (2, 1.0)
    told.clear()
    result = with_validation(pictures(40), BlockSplit(), told.append)
    assert blocks_and_guard(told) == (1, 0.5)
    assert runs(splits(result)) == [
        *(('train', 12), ('', 5), ('validation', 6), ('', 5), ('train', 12))
    ]


def test_splits_of_the_source_stay():
    tested = (*pictures(40), *pictures(0, 40, split='test'))
    result = with_validation(tested, BlockSplit(0.25, 1, 0.0))
    assert splits(result)[40:] == ['test'] * 40
    assert runs(splits(result)[:40]) == [('train', 15), ('validation', 10), ('train', 15)]

    listed = (*pictures(4, split='train'), *pictures(0, 3), *pictures(0, 0, 2, split='validation'))
    assert with_validation(listed, BlockSplit()) == listed

    judged = (*pictures(4), *pictures(0, 2, split='validation'))
    assert splits(with_validation(judged, BlockSplit())) == ['train'] * 4 + ['validation'] * 2


def test_no_share_holds_nothing_out():
    assert splits(with_validation(pictures(20), BlockSplit(share=0.0))) == ['train'] * 20


def test_nothing_that_can_be_held_out():
    sentence = r'5 training pictures are too few .* guards of 0\.2 s: drive longer, .*-share 0$'
    with pytest.raises(SceneError, match=sentence):
        with_validation(pictures(5), BlockSplit(guard_s=5.0))
    with pytest.raises(SceneError, match=r'^1 training pictures are too few'):
        with_validation(pictures(1), BlockSplit(guard_s=0.0))
    with pytest.raises(SceneError, match=r'^0 training pictures are too few'):
        with_validation(pictures(50, split='test'), BlockSplit())


def test_whole_sequences():
    given_pictures = (*pictures(2, 3), *pictures(0, 0, 2, split='test'))
    result = by_sequence(given_pictures, ['b'])
    assert splits(result) == ['train'] * 2 + ['validation'] * 3 + ['test'] * 2
    with pytest.raises(SceneError, match=r"no sequence 'x' to validate on: the scene has a, b, c"):
        by_sequence(given_pictures, ['x'])
    with pytest.raises(SceneError, match='none is left to train on'):
        by_sequence(pictures(2, 3), ['a', 'b'])


def test_lists(tmp_path):
    assert read_split_lists(tmp_path) == {}
    (tmp_path / 'train.txt').write_text('a.png\n\n  b.png  \n')
    (tmp_path / 'test.txt').write_text('c.png')
    found = read_split_lists(tmp_path)
    assert found == {'a.png': 'train', 'b.png': 'train', 'c.png': 'test'}
    complaints = Complaints()
    complain_of_absent(found, ['a.png'], complaints)
    assert complaints.sentences() == [
        '2 skipped: picture of a list is not there, the first is b.png of train.txt'
    ]
    (tmp_path / 'validation.txt').write_text('b.png')
    with pytest.raises(SceneError, match=r"'b\.png' is in train\.txt and in validation\.txt"):
        read_split_lists(tmp_path)
