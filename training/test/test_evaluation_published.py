# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Published figures stand beside ours on exactly the official pictures, else nowhere."""

from dataclasses import replace
from pathlib import Path

import pytest

from posenet_ros.scene import Picture, Scene
from posenet_training.data.pictures import PictureSource
from posenet_training.evaluation.judged_pictures import judged_pictures
from posenet_training.evaluation.published import published_beside
from posenet_training.evaluation.published_figures import (
    CAMBRIDGE,
    CAMBRIDGE_SCENES,
    SEVEN_SCENES,
    SEVEN_SCENES_DSLAM,
    SEVEN_SCENES_SFM,
)

HEADS = {'format': '7scenes', 'poses': 'frame-NNNNNN.pose.txt'}


def scene(name: str, source: dict, counts: dict[tuple[str, str], int]) -> Scene:
    """A scene without files: counts of pictures by (split, sequence)."""
    pictures = [
        Picture(f'{sequence}/{number:06d}.png', sequence, number, (0.0, 0.0, 0.0), (0, 0, 0, 1),
                split=split)
        for (split, sequence), count in counts.items()
        for number in range(count)
    ]  # fmt: skip
    pictures = [replace(p, stamp_ns=row) for row, p in enumerate(pictures)]
    return Scene(Path('nowhere'), name, tuple(pictures), {}, source)


def heads(name: str = 'heads', source: dict | None = None, **changed: int) -> PictureSource:
    """Heads as published, the last training pictures held out; counts may be changed."""
    counts = {'train': 850, 'validation': 100, 'guard': 50, 'test': 1000, 'number': 1, **changed}
    number = counts.pop('number')
    splits = {
        ('train', 'seq-02'): counts['train'],
        ('validation', 'seq-2b'): counts['validation'],
        ('', 'seq-2c'): counts['guard'],
        ('test', f'seq-{number:02d}'): counts['test'],
    }
    return PictureSource(scene(name, source or HEADS, splits))


def beside(source: PictureSource, split: str = 'test'):
    return published_beside(source, judged_pictures(source, split))


def test_official_heads_has_the_papers_figures_with_doubled_angles():
    found = beside(heads())
    assert (found['data_set'], found['scene']) == ('7-Scenes', 'heads')
    first = {row['method']: row for row in found['figures'] if 'ICCV 2015' in row['source']}
    assert first['PoseNet']['position_m'] == 0.29
    assert first['PoseNet']['angle_deg'] == 12.0
    assert first['PoseNet, 128 crops']['angle_deg'] == 12.18
    assert all('doubled' in row['source'] for row in first.values())


def test_pseudo_ground_truth_has_other_figures():
    found = beside(heads(source={'format': '7scenes', 'poses': ['heads_test.txt']}))
    assert 'structure from motion' in found['truth']
    assert not any('ICCV 2015' in row['source'] for row in found['figures'])


@pytest.mark.parametrize(
    'source',
    [
        heads(name='kitchen'),
        heads(source={'format': 'colmap'}),
        heads(test=999),
        heads(train=849),
        heads(number=2),
    ],
    ids=['name', 'format', 'test pictures', 'training pictures', 'test sequence'],
)
def test_anything_else_has_none(source):
    assert beside(source) is None


def test_validation_pictures_are_not_the_official_test():
    assert beside(heads(), 'validation') is None
    no_test = PictureSource(
        scene('heads', HEADS, {('train', 'seq-02'): 1000, ('validation', 'seq-01'): 1000})
    )
    assert beside(no_test) is None


def test_shop_facade_by_its_lists():
    counts = {
        ('train', 'seq2'): 200,
        ('validation', 'seq2b'): 31,
        ('test', 'seq1'): 50,
        ('test', 'seq3'): 53,
    }
    found = beside(PictureSource(scene('ShopFacade', {'format': 'cambridge'}, counts)))
    rows = {row['method']: row for row in found['figures']}
    assert rows['PoseNet']['angle_deg'] == 8.08
    # Only one of the paper's four scenes was found for it.
    assert 'MapNet' not in rows


@pytest.mark.parametrize(
    ('scenes', 'methods'),
    [
        (SEVEN_SCENES, SEVEN_SCENES_DSLAM),
        (SEVEN_SCENES, SEVEN_SCENES_SFM),
        (CAMBRIDGE_SCENES, CAMBRIDGE),
    ],
)
def test_every_method_has_a_cell_for_every_scene(scenes, methods):
    for method in methods:
        cells = method.figures.split()
        assert len(cells) == len(scenes), method.name
        for cell in cells:
            assert cell == '-' or all(float(number) > 0.0 for number in cell.split('/'))
