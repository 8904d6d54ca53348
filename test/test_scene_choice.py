# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Which of several places the camera is in."""

import gc
import weakref
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from harness import picture
from hypothesis import given
from hypothesis import strategies as st
from model_files import CAMERA, GATES, SPEC, ColourNet, write_model

from posenet_ros.gates import Gates
from posenet_ros.model_file import Regressor
from posenet_ros.model_spec import ModelFileError, ModelSpec
from posenet_ros.models import load_models, model_files, resident_mb
from posenet_ros.refusal import CameraRefusal, SceneRefusal
from posenet_ros.scene_choice import FIRST, STRANGE, WINDOW, SceneChoice
from posenet_ros.scenes import Scenes

KITCHEN, OFFICE, HALL = 'kitchen', 'office', 'hall'
SCENES = (KITCHEN, OFFICE, HALL)
IN_KITCHEN = {KITCHEN: 0.5, OFFICE: 1.4, HALL: 2.0}
IN_OFFICE = {KITCHEN: 1.8, OFFICE: 0.5, HALL: 2.0}
strains = st.fixed_dictionaries({scene: st.floats(0.0, 1e6) for scene in SCENES})


def shown(choice: SceneChoice, *frames: dict[str, float]) -> SceneChoice:
    for frame in frames:
        choice.observe({scene: frame[scene] for scene in choice.wanted})
    return choice


def test_the_most_familiar_place_is_chosen() -> None:
    choice = shown(SceneChoice(SCENES), *[IN_KITCHEN] * (FIRST - 1))
    assert choice.chosen == ''
    assert choice.wanted == SCENES
    assert choice.sentence() == (
        'the scene is not chosen yet: over 4 frames the novelty as a share of its limit is '
        "0.50 in 'kitchen', 1.40 in 'office', 2.00 in 'hall'"
    )
    shown(choice, IN_KITCHEN)
    assert choice.chosen == KITCHEN
    # From now on only its network has to run.
    assert choice.wanted == (KITCHEN,)


def test_one_place_needs_no_choice() -> None:
    choice = SceneChoice([OFFICE])
    assert choice.chosen == OFFICE
    shown(choice, *[{OFFICE: 100.0}] * 50)
    assert (choice.chosen, choice.wanted) == (OFFICE, (OFFICE,))


@pytest.mark.parametrize(
    'frame',
    [{KITCHEN: 1.6, OFFICE: 4.0, HALL: 4.0}, {KITCHEN: 0.5, OFFICE: 0.55, HALL: 4.0}],
    ids=['nothing is familiar', 'two are alike'],
)
def test_nothing_is_chosen_without_a_clear_winner(frame: dict[str, float]) -> None:
    assert shown(SceneChoice(SCENES), *[frame] * 50).chosen == ''


def test_a_stray_frame_decides_nothing() -> None:
    stray = {KITCHEN: 1e9, OFFICE: 0.0, HALL: 1e9}
    assert shown(SceneChoice(SCENES), *[IN_KITCHEN] * 9, stray).chosen == KITCHEN
    assert shown(SceneChoice(SCENES), stray, *[IN_KITCHEN] * 9).chosen == KITCHEN


def test_another_place_must_be_much_better_for_a_whole_window() -> None:
    choice = shown(SceneChoice(SCENES), *[IN_KITCHEN] * FIRST)
    shown(choice, *[IN_OFFICE] * WINDOW)
    assert choice.wanted == SCENES  # It looks strange: the others are asked too.
    shown(choice, *[IN_OFFICE] * (WINDOW - 1))
    assert choice.chosen == KITCHEN
    shown(choice, IN_OFFICE)
    assert choice.chosen == OFFICE
    # A little better is not enough.
    little = {KITCHEN: 1.2, OFFICE: 1.6, HALL: 2.0}
    assert shown(choice, *[little] * 100).chosen == OFFICE
    # And what looks familiar again is kept.
    shown(choice, *[IN_OFFICE] * WINDOW)
    assert choice.wanted == (OFFICE,)


@given(st.lists(strains, max_size=60))
def test_what_is_chosen_was_the_most_familiar(frames: list[dict[str, float]]) -> None:
    choice, before = SceneChoice(SCENES), ''
    for number, frame in enumerate(frames):
        shown(choice, frame)
        if choice.chosen != before:
            assert number + 1 >= (2 * WINDOW if before else FIRST)
            seen = [
                {s: np.clip(np.log(max(f[s], 1e-9)), -np.log(4), np.log(4)) for s in SCENES}
                for f in frames[max(number + 1 - WINDOW, 0) : number + 1]
            ]
            means = {scene: np.mean([f[scene] for f in seen]) for scene in SCENES}
            if not before:
                assert min(means, key=means.__getitem__) == choice.chosen
                assert means[choice.chosen] < STRANGE + 1e-9
            assert choice.chosen
            before = choice.chosen


def spec_of(scene: str) -> ModelSpec:
    return SPEC.__class__(**{**SPEC.__dict__, 'scene': scene})


@pytest.fixture(scope='module')
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp('models')
    for scene in (KITCHEN, OFFICE):
        write_model(folder / f'{scene}.pt', ColourNet(), spec_of(scene))
    return folder


def test_a_folder_gives_a_model_a_place(folder: Path) -> None:
    models = load_models(folder, '', 'cpu')
    assert {scene: file.name for scene, file in models.files.items()} == {
        KITCHEN: 'kitchen.pt',
        OFFICE: 'office.pt',
    }
    assert {scene: model.spec.scene for scene, model in models.regressors.items()} == {
        KITCHEN: KITCHEN,
        OFFICE: OFFICE,
    }
    assert resident_mb() > 10.0


def test_a_pinned_place_is_the_only_one_that_is_loaded(folder: Path) -> None:
    assert list(load_models(folder, OFFICE, 'cpu').regressors) == [OFFICE]
    assert list(model_files(folder / 'office.pt', OFFICE)) == [OFFICE]


def test_models_are_freed_as_soon_as_nobody_needs_them(folder: Path) -> None:
    """Not when the garbage collector comes by: each holds as much as its weights."""
    gc.disable()
    try:
        scenes = Scenes(load_models(folder, KITCHEN, 'cpu'), False, CAMERA)
        model = scenes.see(picture((100.0, 120.0, 90.0), 48, 64)).model
        assert scenes.chosen is model
        alive = weakref.ref(model)
        del scenes, model
        assert alive() is None
    finally:
        gc.enable()


def spoilt(scene: str, gates: Gates) -> ModelSpec:
    return replace(spec_of(scene), gates=gates)


def test_a_model_to_which_pictures_are_dark_does_not_keep_others_from_the_choice(
    tmp_path: Path,
) -> None:
    """As a bright laboratory's is to those of a dim corridor."""
    write_model(tmp_path / 'dim.pt', ColourNet(), spoilt(KITCHEN, GATES))
    bright = replace(GATES, brightness=200.0, novelty=0.1)
    write_model(tmp_path / 'bright.pt', ColourNet(), spoilt(OFFICE, bright))
    scenes = Scenes(load_models(tmp_path, '', 'cpu'), False, CAMERA)
    assert seen_after(scenes, 10).spec.scene == KITCHEN


def test_a_model_that_refuses_the_camera_does_not_stop_the_others(tmp_path: Path) -> None:
    write_model(tmp_path / 'fits.pt', ColourNet(), spec_of(KITCHEN))
    wide = replace(CAMERA, fx=100.0, fy=100.0)
    write_model(tmp_path / 'wide.pt', ColourNet(), replace(spec_of(OFFICE), camera=wide))
    scenes = Scenes(load_models(tmp_path, '', 'cpu'), True, CAMERA)
    assert seen_after(scenes, 10).spec.scene == KITCHEN
    alone = Scenes(load_models(tmp_path, OFFICE, 'cpu'), True, CAMERA)
    with pytest.raises(CameraRefusal):
        alone.see(picture((100.0, 120.0, 90.0)))


def seen_after(scenes: Scenes, pictures: int) -> Regressor:
    """The model that sees the last of some pictures, of which the first ones choose it."""
    for _ in range(pictures):
        with suppress(SceneRefusal):
            scenes.see(picture((100.0, 120.0, 90.0)))
    return scenes.see(picture((100.0, 120.0, 90.0))).model


def test_a_place_that_cannot_be_read_is_refused_in_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(ModelFileError, match='cannot be read: File name too long'):
        model_files(tmp_path / ('x' * 300), '')


def test_what_cannot_be_chosen_from_is_said_in_one_sentence(folder: Path, tmp_path: Path) -> None:
    bath = "parameter 'scene' is 'bath', but '.*' holds 'kitchen', 'office': set it to one of"
    with pytest.raises(ModelFileError, match=bath):
        model_files(folder, 'bath')
    with pytest.raises(ModelFileError, match=r'no \*.pt and no \*.onnx in it; copy a model file'):
        model_files(tmp_path, '')
    with pytest.raises(ModelFileError, match=r'nowhere\.pt. cannot be used: there is no such'):
        model_files(tmp_path / 'nowhere.pt', '')
    for name in ('a.pt', 'b.pt'):
        (tmp_path / name).write_bytes((folder / 'office.pt').read_bytes())
    twice = r"'a\.pt' and 'b\.pt' are both of the scene 'office'; keep one of them"
    with pytest.raises(ModelFileError, match=twice):
        model_files(tmp_path, '')
    (tmp_path / 'b.pt').write_bytes(b'PK')
    with pytest.raises(ModelFileError, match=r"b\.pt' cannot be used: it is corrupt or no Torch"):
        model_files(tmp_path, '')
