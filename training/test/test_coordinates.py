# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""A network that answers by points of the map: learned, kept, exported, bounded."""

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from depth_samples import drive_with_depth
from export_samples import CREATED
from PIL import Image
from training_samples import RECIPE, crops, small_scene

from benchmarks.accuracy_bar.answers import errors_by_method
from posenet_ros.model_file import load_model
from posenet_ros.scene import SceneError
from posenet_training.coordinates import learning
from posenet_training.coordinates.head import CellHead, cell_loss
from posenet_training.coordinates.keyframes import KEYFRAMES, Keyframes
from posenet_training.coordinates.looking import Looked, looked_once
from posenet_training.coordinates.stored import NOTE
from posenet_training.data.pictures import PictureSource
from posenet_training.errors import ExportError, RecipeError, TrainingError
from posenet_training.evaluation.predictors import network_predictor
from posenet_training.exporting.choices import Choices, Format, Uncertainty
from posenet_training.exporting.export import export
from posenet_training.fit import RunOptions, fit
from posenet_training.metrics import distances_and_angles, errors_of
from posenet_training.module import load_network
from posenet_training.recipe import Coordinates, NetworkOptions, Side
from posenet_training.recipe_files import read_recipe
from posenet_training.run_files import LAST, LOOKED
from posenet_training.training_run import train_run

OPTIONS = Coordinates(looks=150, members=2, left_out=0, width=96, layers=1, steps=250, cells=512)
NETWORK = NetworkOptions(
    'efficientnet_lite0',
    'six_d',
    dropout=0.0,
    pretrained=True,
    normalisation='classifier',
    batch_norm='frozen',
)
SHORT = replace(
    RECIPE,
    network=NETWORK,
    cached_features=1,
    averaging=0.0,
    sides=(Side(1.0, 112),),
    steps=20,
    coordinates=OPTIONS,
)


@pytest.fixture(scope='module')
def source(tmp_path_factory) -> PictureSource:
    """A drive of which every second picture is learned, and judged by those between."""
    scene = drive_with_depth(tmp_path_factory.mktemp('coordinates') / 'scene', count=80, every=1)
    pictures = tuple(
        replace(picture, split='validation' if number % 2 else 'train')
        for number, picture in enumerate(scene.pictures)
    )
    return PictureSource(replace(scene, pictures=pictures))


@pytest.fixture(scope='module')
def checkpoint(source, tmp_path_factory) -> Path:
    return fit(source, SHORT, tmp_path_factory.mktemp('run') / 'run', RunOptions(workers=0))


def errors(network, source: PictureSource, split: str) -> tuple[np.ndarray, np.ndarray]:
    frames = source.frames(split)
    answers = network_predictor(network)(frames.images)
    positions, quaternions = frames.labels()
    with torch.inference_mode():
        pose = network(torch.from_numpy(frames.images))
    assert len(answers.T_map_camera) == len(frames.images)
    return distances_and_angles(errors_of(pose.position, pose.q_xyzw, positions, quaternions))


def test_points_answer_better_than_the_regressor_beside_them(source, checkpoint):
    network = load_network(checkpoint)[0]
    metres, degrees = errors(network, source, 'validation')
    network.coordinates = None
    by_regression, angles = errors(network, source, 'validation')
    assert np.median(metres) < 0.5 * np.median(by_regression)
    assert np.median(degrees) < 0.5 * np.median(angles)


def test_the_claim_is_a_covariance_and_the_feature_is_the_localization_feature(source, checkpoint):
    network = load_network(checkpoint)[0]
    images = torch.from_numpy(source.frames('validation').images[:3])
    with torch.no_grad():
        pose = network(images)
        feature = network.answer(network.pooled(network.normalise(images))[0])[1]
    assert torch.linalg.eigvalsh(pose.covariance.double()).min() > 0.0
    torch.testing.assert_close(pose.feature, feature)
    torch.testing.assert_close(torch.linalg.vector_norm(pose.q_xyzw, dim=1), torch.ones(3))


def test_what_is_learned_is_not_learned_again(source, checkpoint):
    before = torch.load(checkpoint, weights_only=True)
    fit(source, SHORT, checkpoint.parent, RunOptions(workers=0), resume=True)
    after = torch.load(checkpoint, weights_only=True)
    assert before[NOTE]['options'] == after[NOTE]['options']
    for name, value in before[NOTE]['state'].items():
        assert torch.equal(value, after[NOTE]['state'][name]), name


def test_a_run_that_stopped_before_the_points_goes_on_with_them(source, checkpoint, tmp_path):
    stopped = torch.load(checkpoint, weights_only=True)
    learned = stopped.pop(NOTE)['state']
    torch.save(stopped, tmp_path / LAST)
    fit(source, SHORT, tmp_path, RunOptions(workers=0), resume=True)
    again = torch.load(tmp_path / LAST, weights_only=True)[NOTE]['state']
    for name, value in learned.items():
        torch.testing.assert_close(value, again[name], msg=name)


def test_a_stop_while_the_head_learns_keeps_what_the_trunk_said(
    source, checkpoint, tmp_path, monkeypatch
):
    stopped = torch.load(checkpoint, weights_only=True)
    learned = stopped.pop(NOTE)['state']
    torch.save(stopped, tmp_path / LAST)

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(learning, 'learned_part', interrupted)
        with pytest.raises(KeyboardInterrupt):
            fit(source, SHORT, tmp_path, RunOptions(workers=0), resume=True)
    assert NOTE not in torch.load(tmp_path / LAST, weights_only=True)
    assert (tmp_path / LOOKED).is_file()
    # A second look would meet this.
    monkeypatch.setattr(learning, 'look', interrupted)
    fit(source, SHORT, tmp_path, RunOptions(workers=0), resume=True)
    again = torch.load(tmp_path / LAST, weights_only=True)[NOTE]['state']
    for name, value in learned.items():
        torch.testing.assert_close(value, again[name], msg=name)
    assert not (tmp_path / LOOKED).exists()


def test_depth_that_was_made_anew_is_looked_at_anew(source, checkpoint, tmp_path):
    shutil.copytree(source.scene.root, tmp_path / 'scene', symlinks=True)
    copied = PictureSource(replace(source.scene, root=tmp_path / 'scene'))
    views, stored = copied.cell_views(OPTIONS, 7, 1), torch.load(checkpoint, weights_only=True)
    before = learning._same(stored, views)
    assert learning._same(stored, views) == before
    depth = tmp_path / 'scene' / source.train[0].depth
    Image.fromarray(np.full((60, 80), 900, np.uint16)).save(depth)
    assert learning._same(stored, views) != before


@pytest.mark.parametrize('content', [None, b'', b'no archive', 'other'])
def test_what_is_kept_of_something_else_is_not_taken(tmp_path, content):
    file = tmp_path / LOOKED
    mine, theirs = (Looked(*(torch.full((2,), value) for _ in range(4))) for value in (1.0, 2.0))
    if content == 'other':
        looked_once(file, {'seed': 2}, lambda: theirs)
    elif content is not None:
        file.write_bytes(content)
    for _ in range(2):
        assert torch.equal(looked_once(file, {'seed': 1}, lambda: mine).cells, mine.cells)
    assert torch.equal(looked_once(file, {'seed': 1}, lambda: theirs).cells, mine.cells)


def test_it_goes_on_with_the_cells_of_the_runs_own_side(source, checkpoint, tmp_path):
    """A network that was not trained in this call has not been told its side yet."""
    options = replace(OPTIONS, looks=45, steps=40)
    recipe = replace(SHORT, steps=1, cached_features=0, coordinates=options)
    fit(source, recipe, tmp_path, RunOptions(workers=0))
    stopped = torch.load(tmp_path / LAST, weights_only=True)
    whole = stopped.pop(NOTE)['state']
    torch.save(stopped, tmp_path / LAST)
    fit(source, recipe, tmp_path, RunOptions(workers=0), resume=True)
    again = torch.load(tmp_path / LAST, weights_only=True)[NOTE]['state']
    assert whole['rays'].shape == again['rays'].shape == (7 * 7, 2)


def test_the_model_file_answers_as_the_network(source, checkpoint, tmp_path):
    file = tmp_path / 'model.pt'
    exported = export(checkpoint, source, file, CREATED)
    assert exported.uncertainty == 'points'
    image = source.frames('validation').images[0]
    prediction = load_model(file).predict(image)
    with torch.no_grad():
        pose = load_network(checkpoint)[0](torch.from_numpy(image)[None])
    np.testing.assert_allclose(prediction.position, pose.position[0], atol=5e-3)
    assert prediction.covariance.shape == (6, 6)


def test_the_onnx_file_answers_as_the_network(source, checkpoint, tmp_path):
    pytest.importorskip('onnx')
    exported = export(
        checkpoint, source, tmp_path / 'model.onnx', CREATED, Choices(format=Format.onnx)
    )
    assert exported.parity < 1e-3


@pytest.mark.parametrize('wanted', [Uncertainty.learned, Uncertainty.dropout])
def test_claims_of_regression_are_refused(source, checkpoint, tmp_path, wanted):
    with pytest.raises(ExportError, match=r'posenet train|by points of the map'):
        export(checkpoint, source, tmp_path / 'm.pt', CREATED, Choices(uncertainty=wanted))


def test_depth_cells_and_whole_cells_are_asked_for(source, tmp_path):
    no_depth = PictureSource(small_scene(tmp_path / 'scene'))
    refused = {
        'coordinates need depth pictures and one camera': (no_depth, SHORT),
        'says nothing of cells': (
            source,
            replace(SHORT, network=replace(NETWORK, trunk='resnet18', pretrained=False)),
        ),
        'are not cut into cells of 16': (source, replace(SHORT, sides=(Side(1.0, 100),))),
    }
    for sentence, (scene, recipe) in refused.items():
        with pytest.raises(RecipeError, match=sentence):
            fit(scene, recipe, tmp_path / 'run', RunOptions(workers=0))


def test_empty_depth_is_named(source, checkpoint, tmp_path):
    shutil.copytree(source.scene.root, tmp_path / 'scene', symlinks=True)
    for picture in source.train:
        Image.fromarray(np.zeros((60, 80), np.uint16)).save(tmp_path / 'scene' / picture.depth)
    blank = PictureSource(replace(source.scene, root=tmp_path / 'scene'))
    stopped = torch.load(checkpoint, weights_only=True)
    del stopped[NOTE]
    torch.save(stopped, tmp_path / LAST)
    with pytest.raises(TrainingError, match='show the cells of 0 pictures a point'):
        fit(blank, SHORT, tmp_path, RunOptions(workers=0), resume=True)


def test_what_another_process_cannot_read_is_one_sentence(source, checkpoint, tmp_path):
    shutil.copytree(source.scene.root, tmp_path / 'scene', symlinks=True)
    (tmp_path / 'scene' / source.train[3].depth).write_bytes(b'no picture')
    broken = PictureSource(replace(source.scene, root=tmp_path / 'scene'))
    stopped = torch.load(checkpoint, weights_only=True)
    del stopped[NOTE]
    torch.save(stopped, tmp_path / LAST)
    with pytest.raises(SceneError, match=r"^depth picture '.*' cannot be read: ") as refusal:
        train_run('scene', broken, SHORT, tmp_path, RunOptions(workers=1), resume=True)
    assert '\n' not in str(refusal.value)


def test_somebody_sees_each_stretch():
    with pytest.raises(ValueError, match='left_out is 2 of 2'):
        Coordinates(members=2, left_out=2)


def test_the_table_is_small_whatever_the_scene():
    channels = read_recipe('coordinates').network
    assert channels.trunk == 'efficientnet_lite0'
    keyframes = Keyframes(KEYFRAMES, 512 * 4)
    stored = 2 * keyframes.keys.numel() + 4 * (
        keyframes.positions.numel() + keyframes.rotations.numel()
    )
    assert KEYFRAMES <= 256
    assert stored < 1_000_000


def test_keyframes_find_their_own_picture():
    said = torch.randn(20, 32, generator=torch.Generator().manual_seed(1))
    keyframes = Keyframes(20, 32)
    keyframes.fill(said, torch.arange(60.0).reshape(20, 3), torch.eye(3).repeat(20, 1, 1))
    positions, rotations, cosines = keyframes(said[[7, 3]], 4)
    torch.testing.assert_close(positions[:, 0], torch.tensor([[21.0, 22, 23], [9, 10, 11]]))
    assert (cosines[:, 0] > 0.999).all()
    assert (cosines[:, :-1] >= cosines[:, 1:]).all()
    assert rotations.shape == (2, 4, 3, 3)


def test_members_answer_by_their_median():
    torch.manual_seed(0)
    head = CellHead(8, members=3, width=16, layers=1).eval()
    cells = torch.randn(2, 5, 8)
    with torch.no_grad():
        each, logs = head.each(cells.reshape(1, 10, 8).expand(3, -1, -1))
        seen = head(cells)
    torch.testing.assert_close(seen.points.reshape(10, 3), each.median(dim=0).values)
    torch.testing.assert_close(seen.deviations.reshape(10), logs.mean(dim=0).exp())


def test_the_loss_is_least_where_the_deviation_is_the_mean_distance():
    truth = torch.zeros(1000, 3)
    points = torch.randn(1000, 3, generator=torch.Generator().manual_seed(2))
    typical = float(torch.linalg.vector_norm(points, dim=1).mean().log())
    losses = [
        float(cell_loss(points, torch.full((1000,), typical + shift), truth))
        for shift in (-0.3, 0.0, 0.3)
    ]
    assert min(losses) == losses[1]


def test_the_benchmark_compares_with_the_network_without_its_parts(source, checkpoint):
    found = errors_by_method(checkpoint, source)
    off = {
        name: np.median(distances_and_angles(values)[0])
        for name, values in found.items()
        if name != 'runs'
    }
    assert off['ours'] < off['plain'] < off['mean_training_pose']
    assert off['ours'] < off['ours_without_memory'] < off['mean_training_pose']
    assert len(found['runs']) == len(found['retrieval_frozen_nn']) == len(source.validation)


def test_crops_of_any_number_are_answered(checkpoint):
    network = load_network(checkpoint)[0]
    with torch.no_grad():
        three, one = (network(torch.from_numpy(crops(number))) for number in (3, 1))
    torch.testing.assert_close(three.position[:1], one.position, atol=1e-3, rtol=0.0)
