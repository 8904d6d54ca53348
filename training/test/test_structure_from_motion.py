# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Pictures of the demo's room without their poses: found again, in metres, upright, or refused."""

import json
import shutil
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import pytest
from archive_samples import exact, poses_of, xyzw
from PIL import Image
from typer.testing import CliRunner

from posenet_ros.geometry import pose_error
from posenet_ros.scene import Scene, SceneError, read_scene
from posenet_training.commands.scene import app
from posenet_training.importers.structure_from_motion.similarity import robust_similarity
from simulation.camera import CAMERA
from simulation.light import Light
from simulation.renderer import Renderer
from simulation.rig import Mast, T_base_camera
from simulation.room import Room

COUNT = 12


@dataclass(frozen=True)
class Filmed:
    """A folder of rendered pictures, view-NN.png, their poses, and the work of importing them."""

    pictures: Path
    T_map_camera: np.ndarray
    work: Path

    def again(self, scene: Path, *options: str) -> Scene:
        """Import with the steps that are done already."""
        return run_images(self.pictures, scene, '--work', str(self.work), '--keep-work', *options)

    def errors(self, scene: Scene) -> tuple[np.ndarray, np.ndarray]:
        """Metres and degrees by which the scene's poses are off."""
        rows = [int(Path(picture.file).stem[-2:]) for picture in scene.pictures]
        error = pose_error(poses_of(scene), self.T_map_camera[rows])
        angles = np.degrees(np.linalg.norm(error[:, 3:], axis=1))
        return np.linalg.norm(error[:, :3], axis=1), angles


def run(*arguments: str | Path):
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def run_images(pictures: Path, scene: Path, *options: str | Path) -> Scene:
    """Import through the command with one thread and the focal length that is known."""
    result = run('import', 'images', pictures, scene, *COMMON, *options)
    if result.exit_code:
        raise result.exception or AssertionError(result.output)
    return read_scene(scene)


# The drives are too short to hold blocks out.
COMMON = ('--threads', '1', '--focal-length', str(CAMERA.fx), '--validation-share', '0')


def view_pose(row: int) -> np.ndarray:
    """Pose [4, 4] of a camera that walks sideways along the demo room, swaying."""
    heading = np.radians(-12.0 + 2.0 * row)
    T_map_base = np.eye(4)
    T_map_base[:2, :2] = [[np.cos(heading), -np.sin(heading)], [np.sin(heading), np.cos(heading)]]
    T_map_base[:2, 3] = (0.6 + 0.1 * np.cos(row), 0.7 + 0.17 * (row - 5.5))
    mast = Mast(1.0 + 0.05 * np.sin(row), 0.02 * np.cos(row), 0.01 * np.sin(2 * row))
    return T_map_base @ T_base_camera(mast)


@pytest.fixture(scope='module')
def filmed(tmp_path_factory) -> Filmed:
    root = tmp_path_factory.mktemp('filmed')
    poses = np.stack([view_pose(row) for row in range(COUNT)])
    (root / 'room').mkdir()
    with Renderer(Room.from_seed(11)) as renderer:
        for row, pose in enumerate(poses):
            picture = renderer.render(pose, Light(noise_seed=row))
            Image.fromarray(picture).save(root / 'room' / f'view-{row:02d}.png')
    made = Filmed(root / 'room', poses, root / 'work')
    made.again(root / 'scene', '--loops', '2')
    return made


def test_all_pictures_are_placed_and_agree_with_the_truth(filmed, tmp_path):
    scene = filmed.again(tmp_path / 'scene', '--loops', '2')
    assert len(scene.pictures) == COUNT
    assert scene.scale == 'unknown'
    found = poses_of(scene)
    truth = filmed.T_map_camera
    similarity, agreeing = robust_similarity(found[:, :3, 3], truth[:, :3, 3], 0.1)
    assert agreeing.all()
    error = pose_error(np.stack([similarity.of_pose(T) for T in found]), truth)
    assert np.median(np.linalg.norm(error[:, :3], axis=1)) < 0.02
    assert np.median(np.degrees(np.linalg.norm(error[:, 3:], axis=1))) < 1.0
    # Upright: the map's z is the scene's.
    assert np.degrees(np.arccos(similarity.R_b_a[2, 2])) < 3.0


def test_scene_tells_its_camera_and_how_it_came_about(filmed, tmp_path):
    scene = filmed.again(tmp_path / 'scene', '--loops', '2')
    camera = scene.cameras['camera']
    assert camera.fx == pytest.approx(CAMERA.fx, rel=0.06)
    assert (camera.cx, camera.cy) == (319.5, 239.5)
    told = scene.source['structure_from_motion']
    assert told['placed'] == told['pictures'] == COUNT
    assert {'features', 'loops', 'matches', 'mapping'} <= told['seconds'].keys()
    assert 'z up' in scene.source['frame']


def test_second_call_does_no_step_again(filmed, tmp_path):
    before = {file: file.stat().st_mtime_ns for file in filmed.work.rglob('*') if file.is_file()}
    filmed.again(tmp_path / 'scene', '--loops', '2')
    after = {file: file.stat().st_mtime_ns for file in filmed.work.rglob('*') if file.is_file()}
    # SQLite's own notes may come and go when the database is only read.
    assert before.keys() == after.keys()
    assert [f.name for f in before if before[f] != after[f]] == []


def test_interrupted_mapping_goes_on_with_features_and_matches(filmed, tmp_path):
    work = tmp_path / 'work'
    shutil.copytree(filmed.work, work, symlinks=True)
    for step in ('mapping.json', 'placing.json'):
        (work / step).unlink()
    features = json.loads((work / 'features.json').read_text())
    scene = run_images(
        filmed.pictures, tmp_path / 'scene', '--loops', '2', '--work', work, '--keep-work'
    )
    assert len(scene.pictures) == COUNT
    assert json.loads((work / 'features.json').read_text()) == features
    assert (work / 'mapping.json').is_file()


def test_work_folder_goes_when_the_scene_is_there(filmed, tmp_path):
    work = tmp_path / 'scene.sfm'
    shutil.copytree(filmed.work, work, symlinks=True)
    run_images(filmed.pictures, tmp_path / 'scene', '--loops', '2')
    assert (tmp_path / 'scene' / 'scene.yaml').is_file()
    assert not work.exists()


def test_known_distance_gives_metres(filmed, tmp_path):
    ends = filmed.T_map_camera[[0, COUNT - 1], :3, 3]
    metres = str(np.linalg.norm(ends[1] - ends[0]))
    names = ('view-00', f'view-{COUNT - 1}.png')
    scene = filmed.again(tmp_path / 'scene', '--loops', '2', '--distance', *names, metres)
    assert scene.scale == 'metric'
    found = poses_of(scene)[:, :3, 3]
    truth = filmed.T_map_camera[:, :3, 3]
    steps = np.linalg.norm(np.diff(truth, axis=0), axis=1)
    np.testing.assert_allclose(np.linalg.norm(np.diff(found, axis=0), axis=1), steps, atol=0.02)


def table(filmed: Filmed, file: Path, rows: list[int], separator: str, names) -> Path:
    lines = ['# some known poses']
    for row in rows:
        T = filmed.T_map_camera[row]
        words = [names(row), *exact(T[:3, 3]).split(), *exact(xyzw(T[:3, :3])).split()]
        lines.append(separator.join(words))
    file.write_text('\n'.join(lines) + '\n')
    return file


def by_name(row: int) -> str:
    return f'view-{row:02d}'


def by_stamp(row: int) -> str:
    return f'{row / 10.0:.9f}'


@pytest.mark.parametrize(('separator', 'names'), [(',', by_name), (' ', by_stamp)])
def test_known_poses_give_frame_and_metres(filmed, tmp_path, separator, names):
    file = table(filmed, tmp_path / 'known', [1, 4, 8, 11], separator, names)
    scene = filmed.again(tmp_path / 'scene', '--loops', '2', '--known-poses', file)
    assert scene.scale == 'metric'
    positions, angles = filmed.errors(scene)
    assert np.median(positions) < 0.02
    assert np.median(angles) < 1.0


def test_wrong_known_pose_is_left_out_and_said(filmed, tmp_path):
    file = table(filmed, tmp_path / 'known.csv', [0, 3, 5, 7, 9, 11], ',', by_name)
    lines = file.read_text().replace('view-09', 'view-02').splitlines()
    file.write_text('\n'.join([*lines, 'view-99,0,0,0,0,0,0,1', 'view-04,0,0']))
    scene = filmed.again(tmp_path / 'scene', '--loops', '2', '--known-poses', file)
    assert scene.source['skipped'] == {
        'known pose is of no picture that was placed, or named twice': 1,
        'known pose is not x y z or x y z qx qy qz qw': 1,
        'known pose does not fit the others': 1,
    }
    assert np.median(filmed.errors(scene)[0]) < 0.02


def test_known_positions_alone_are_enough(filmed, tmp_path):
    lines = [
        f'{by_name(row)} {exact(filmed.T_map_camera[row, :3, 3])}' for row in range(0, COUNT, 2)
    ]
    (tmp_path / 'known.txt').write_text('\n'.join(lines))
    options = ('--known-poses', str(tmp_path / 'known.txt'))
    scene = filmed.again(tmp_path / 'scene', '--loops', '2', *options)
    assert np.median(filmed.errors(scene)[0]) < 0.02


@pytest.mark.parametrize(
    ('options', 'sentence'),
    [
        (('--distance', 'view-00', 'view-77', '1'), "names 'view-77', which is no picture"),
        (('--distance', 'view-00', 'view-00', '1'), 'were taken at one place'),
        (('--distance', 'view-00', 'view-01', '-1'), 'must be positive'),
        (('--pattern', '*.jpeg'), 'no picture in .* has a name like'),
        (('--pattern', 'view-0*'), 'was begun with pattern [*], now it is view-0[*]: remove'),
    ],
)
def test_mistakes_end_in_one_sentence(filmed, tmp_path, options, sentence):
    with pytest.raises(SceneError, match=sentence):
        filmed.again(tmp_path / 'scene', '--loops', '2', *options)
    assert not (tmp_path / 'scene').exists()


@pytest.mark.parametrize(
    ('lines', 'sentence'),
    [
        ('view-00 0 0 0 0 0 0 1', '1 known poses at one place do not give a scale'),
        ('view-00 0 0 0\nview-05 1 0 0\nview-10 2 0 0', 'too few or lie on a line'),
        ('view-00 0 0 0\nview-05 1 0 0 0 0 0 1', 'with and without orientation'),
        ('nothing 1 2 3', 'has no known pose that can be used'),
        ('view-00 nan 0 0', 'no known pose .* pose is not finite'),
    ],
)
def test_known_poses_that_do_not_help_end_in_one_sentence(filmed, tmp_path, lines, sentence):
    (tmp_path / 'known.txt').write_text(lines)
    options = ('--known-poses', str(tmp_path / 'known.txt'))
    with pytest.raises(SceneError, match=sentence):
        filmed.again(tmp_path / 'scene', '--loops', '2', *options)


def test_two_sources_of_scale_are_refused(filmed, tmp_path):
    (tmp_path / 'known.txt').write_text('view-00 0 0 0')
    options = ('--known-poses', str(tmp_path / 'known.txt'), '--distance', 'a', 'b', '1')
    with pytest.raises(SceneError, match='both give the scale'):
        filmed.again(tmp_path / 'scene', *options)


def test_scene_that_exists_is_refused_before_any_work(tmp_path):
    (tmp_path / 'scene').mkdir()
    with pytest.raises(SceneError, match='exists: remove it or name another'):
        run_images(tmp_path / 'nowhere', tmp_path / 'scene')
    assert not (tmp_path / 'scene.sfm').exists()


def test_pictures_without_texture_are_refused_with_the_reason(tmp_path):
    (tmp_path / 'walls').mkdir()
    for row in range(6):
        wall = np.full((240, 320, 3), 120 + 10 * row, np.uint8)
        Image.fromarray(wall).save(tmp_path / 'walls' / f'{row}.png')
    with pytest.raises(SceneError, match=r'placed 0 of 6 pictures \(0%, 50% are needed\).*little'):
        run_images(tmp_path / 'walls', tmp_path / 'scene', '--loops', '0')
    assert not (tmp_path / 'scene').exists()
    assert (tmp_path / 'scene.sfm' / 'choice.json').is_file()


def test_pictures_that_share_nothing_are_refused_with_the_reason(tmp_path):
    (tmp_path / 'noise').mkdir()
    for row in range(4):
        small = np.random.default_rng(row).integers(0, 256, (48, 64, 3), dtype=np.uint8)
        picture = cv2.resize(small, (320, 240), interpolation=cv2.INTER_CUBIC)
        Image.fromarray(picture).save(tmp_path / 'noise' / f'{row}.png')
    with pytest.raises(SceneError, match=r'share only 0 features .*overlap too little'):
        run_images(tmp_path / 'noise', tmp_path / 'scene', '--loops', '0')


def test_video_becomes_a_scene_of_its_chosen_frames(filmed, tmp_path):
    video = tmp_path / 'walk.avi'
    writer = cv2.VideoWriter(str(video), cv2.VideoWriter_fourcc(*'MJPG'), 10.0, (640, 480))
    writer.set(cv2.VIDEOWRITER_PROP_QUALITY, 95)
    for row in range(8):
        picture = cv2.imread(str(filmed.pictures / f'view-{row:02d}.png'))
        # The camera waits at each place, and shakes while it does.
        writer.write(cv2.GaussianBlur(picture, (0, 0), 2.0))
        writer.write(picture)
    writer.release()
    result = run('import', 'video', video, tmp_path / 'scene', '--loops', '0', *COMMON)
    assert result.exit_code == 0, result.output
    scene = read_scene(tmp_path / 'scene')
    names = [Path(picture.file).stem for picture in scene.pictures]
    assert names == [f'frame-{2 * row + 1:06d}' for row in range(8)]
    stamps = [picture.stamp_ns for picture in scene.pictures]
    assert stamps == pytest.approx([(0.1 + 0.2 * row) * 1e9 for row in range(8)], abs=1e6)
    assert not any((scene.root / picture.file).is_symlink() for picture in scene.pictures)
    assert not (tmp_path / 'scene.sfm').exists()


@pytest.mark.parametrize(
    ('content', 'sentence'),
    [(None, "video '.*' is not there"), (b'no video', 'is no video that OpenCV can read')],
)
def test_files_that_are_no_video_end_in_one_sentence(tmp_path, content, sentence):
    if content:
        (tmp_path / 'film.mp4').write_bytes(content)
    result = run('import', 'video', tmp_path / 'film.mp4', tmp_path / 'scene')
    assert isinstance(result.exception, SceneError)
    with pytest.raises(SceneError, match=sentence):
        raise result.exception
