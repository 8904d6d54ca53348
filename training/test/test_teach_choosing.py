# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""`posenet teach` chooses a recipe by what the scene has, and gets depth where there is none."""

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from check_samples import FINE, drawn_drive, scene_of
from depth_samples import drive_with_depth
from PIL import Image
from training_samples import calibrated, small_scene

from posenet_ros.scene import Scene, SceneError, read_scene, write_header_and_table
from posenet_training.errors import TeachError
from posenet_training.teaching.choosing import chosen_recipe, prepare
from posenet_training.teaching.kinds import Kind
from posenet_training.teaching.request import Request


def request(folder: Path, source: Path, recipe: str | None = None) -> Request:
    """To teach on a scene in a working folder."""
    return Request(
        source=source, kind=Kind.scene, model=folder / 'model.pt', work=folder / 'work',
        recipe=recipe, changes=(), seed=1, trunk_weights=None, map_yaml=None,
    )  # fmt: skip


def on_disk(scene: Scene) -> Scene:
    """With its header and table as they are in memory."""
    write_header_and_table(scene, scene.root)
    return read_scene(scene.root)


@pytest.fixture(scope='module')
def drive(tmp_path_factory) -> Scene:
    """A drive through a simulated room, without depth."""
    pictures, poses = drawn_drive(60, 8)
    return on_disk(scene_of(tmp_path_factory.mktemp('drive') / 's', pictures, poses[::FINE]))


def files_of(folder: Path) -> dict[str, int]:
    return {str(f): f.lstat().st_mtime_ns for f in sorted(folder.rglob('*'))}


def test_depth_of_the_drive_goes_into_a_linked_copy_of_the_scene(drive, tmp_path, capsys):
    asked = request(tmp_path, drive.root)
    asked.work.mkdir()
    before = files_of(drive.root)
    prepare(asked)
    assert 'recipe: coordinates, by points of the map' in capsys.readouterr().out
    assert chosen_recipe(asked) == 'coordinates'
    assert files_of(drive.root) == before
    assert asked.scene == asked.work / 'scene'
    taught = read_scene(asked.scene)
    assert all(picture.depth for picture in taught.split('train'))
    assert [replace(p, depth='') for p in taught.pictures] == list(drive.pictures)
    first = taught.path(taught.pictures[0])
    assert first.is_symlink()
    assert first.read_bytes() == drive.path(drive.pictures[0]).read_bytes()


def test_depth_of_a_stopped_call_is_made_again(drive, tmp_path):
    """Of a call that was killed before the table named its depth pictures."""
    asked = request(tmp_path, drive.root)
    asked.work.mkdir()
    prepare(asked)
    asked.choice.unlink()
    undone = read_scene(asked.scene)
    without = tuple(replace(picture, depth='') for picture in undone.pictures)
    on_disk(replace(undone, pictures=without))
    prepare(asked)
    assert read_scene(asked.scene) == undone


def test_depth_that_is_there_is_taken(tmp_path):
    scene = on_disk(drive_with_depth(tmp_path / 's', count=40, every=2))
    asked = request(tmp_path, scene.root)
    before = files_of(scene.root)
    prepare(asked)
    assert chosen_recipe(asked) == 'coordinates'
    assert asked.scene == asked.source
    assert files_of(scene.root) == before


def test_what_was_chosen_stays_until_something_else_is_asked_or_changes(tmp_path, capsys):
    scene = on_disk(drive_with_depth(tmp_path / 's', count=40, every=2))
    asked = request(tmp_path, scene.root)
    prepare(asked)
    before = asked.choice.stat().st_mtime_ns
    prepare(asked)
    assert asked.choice.stat().st_mtime_ns == before
    named = replace(asked, recipe='pictures')
    prepare(named)
    assert chosen_recipe(named) == 'pictures'
    assert chosen_recipe(asked) == 'coordinates', "a named recipe is nobody else's choice"
    prepare(asked)
    assert 'recipe: coordinates' in capsys.readouterr().out.splitlines()[-1]
    bare = tuple(replace(picture, depth='') for picture in scene.pictures)
    on_disk(replace(scene, pictures=bare, cameras={}))
    prepare(asked)
    assert chosen_recipe(asked) == 'quick'


def test_depth_of_one_stretch_is_not_enough(tmp_path, capsys):
    scene = drive_with_depth(tmp_path / 's', count=40, every=1)
    train = [picture for picture in scene.pictures if picture.split == 'train']
    some = {picture.file for picture in train[: len(train) // 2]}
    partly = tuple(
        replace(picture, depth=picture.depth if picture.file in some else '')
        for picture in scene.pictures
    )
    asked = request(tmp_path, on_disk(replace(scene, pictures=partly)).root)
    prepare(asked)
    assert chosen_recipe(asked) == 'quick'
    half = len(train) - len(some)
    assert f'because {half} of {len(train)} training pictures, one' in capsys.readouterr().out


def test_empty_depth_is_not_enough(tmp_path, capsys):
    scene = on_disk(drive_with_depth(tmp_path / 's', count=40, every=2))
    for picture in scene.pictures:
        Image.fromarray(np.zeros((30, 40), np.uint16)).save(scene.root / picture.depth)
    prepare(request(tmp_path, scene.root))
    assert 'recipe: quick, because depth pictures are 100 % empty' in capsys.readouterr().out


def test_a_run_from_before_choices_goes_on_by_its_own_recipe(tmp_path):
    asked = request(tmp_path, tmp_path / 's')
    asked.run.mkdir(parents=True)
    asked.checkpoint.write_bytes(b'')
    prepare(asked)
    assert chosen_recipe(asked) == str(asked.run)
    assert not asked.choice.exists()


def test_changes_of_points_are_refused_where_there_are_none(tmp_path):
    scene = small_scene(tmp_path / 's')
    asked = replace(request(tmp_path, scene.root), changes=('coordinates.looks=9',))
    with pytest.raises(TeachError, match=r"'coordinates\.looks=9' is for recipe coordinates"):
        prepare(asked)


def test_without_intrinsics_it_is_quick(tmp_path, capsys):
    scene = small_scene(tmp_path / 's')
    asked = request(tmp_path, scene.root)
    prepare(asked)
    assert chosen_recipe(asked) == 'quick'
    printed = capsys.readouterr().out
    assert 'recipe: quick, because points of the map take one camera of known' in printed


@pytest.fixture
def unlike(tmp_path) -> Scene:
    """Pictures of which no two show the same."""
    return on_disk(calibrated(small_scene(tmp_path / 's')))


def test_where_pictures_share_no_point_it_is_quick(unlike, tmp_path, capsys):
    asked = request(tmp_path, unlike.root)
    prepare(asked)
    assert chosen_recipe(asked) == 'quick'
    assert 'because depth is not to be had: ' in capsys.readouterr().out
    with pytest.raises(SceneError, match='share no point'):
        prepare(request(tmp_path / 'named', unlike.root, 'coordinates'))


def test_without_pycolmap_it_is_quick(drive, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr('posenet_training.importers.extras.find_spec', lambda name: None)
    for name in [name for name in sys.modules if name.endswith('motion_depth')]:
        monkeypatch.delitem(sys.modules, name)
    asked = request(tmp_path, drive.root)
    prepare(asked)
    assert chosen_recipe(asked) == 'quick'
    assert 'this needs pycolmap: pip install pycolmap' in capsys.readouterr().out
    assert not (asked.work / 'scene').exists()


def test_a_named_recipe_is_taken_and_gets_no_depth_that_it_does_not_need(drive, tmp_path):
    asked = request(tmp_path, drive.root, 'pictures')
    prepare(asked)
    assert chosen_recipe(asked) == 'pictures'
    assert asked.scene == asked.source


def test_a_damaged_choice_is_named(tmp_path):
    asked = request(tmp_path, tmp_path / 's')
    asked.work.mkdir()
    asked.choice.write_text('recipe: [')
    with pytest.raises(TeachError, match=r'cannot be read .*: delete it to choose anew'):
        chosen_recipe(asked)
