# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Validation pictures are held out by sequence or in guarded blocks, never at random."""

from itertools import groupby

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from posenet_ros.scene import Picture, SceneError
from posenet_training.importers.complaints import Complaints
from posenet_training.importers.lists import complain_of_absent, read_split_lists
from posenet_training.scenes.splitting import BlockSplit, by_sequence, with_validation

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
    try:
        result = with_validation(given_pictures, BlockSplit(share, blocks, guard_s))
    except SceneError:
        assert guard_s > 0.0, 'without guards something is left to train on'
        return
    held_out = [picture for picture in result if picture.split == 'validation']
    training = [picture for picture in result if picture.split == 'train']
    assert training
    assert len(held_out) == blocks * round(share * len(given_pictures) / blocks)
    assert len([name for name, _ in runs(splits(result)) if name == 'validation']) <= blocks
    for a in held_out:
        for b in training:
            same = a.sequence == b.sequence
            assert not same or abs(a.stamp_ns - b.stamp_ns) > guard_s * NS
    # Nothing is lost to guards farther away than they reach.
    for a in result:
        assert a.split or any(
            a.sequence == b.sequence and abs(a.stamp_ns - b.stamp_ns) <= guard_s * NS
            for b in held_out
        )


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


def test_guards_that_leave_nothing():
    with pytest.raises(SceneError, match=r'20 pictures are too few for 3 .* guards of 5\.0 s: l'):
        with_validation(pictures(20), BlockSplit(guard_s=5.0))


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
