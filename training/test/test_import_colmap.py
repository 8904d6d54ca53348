# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""COLMAP models, text and binary, become scenes with their poses, cameras and pictures."""

from pathlib import Path

import cv2
import numpy as np
import pycolmap
import pytest
from archive_samples import imported, path_poses, poses_of, save_picture, transforms
from PIL import Image
from typer.testing import CliRunner

from posenet_ros.geometry import inverse, position_and_quaternion
from posenet_ros.scene import SceneError, read_scene
from posenet_training.commands.scene import app
from posenet_training.importers.colmap import read_colmap
from posenet_training.importers.colmap_camera import camera_of
from posenet_training.importers.complaints import Complaints
from posenet_training.importers.nerf import Scale, read_nerf
from posenet_training.importers.structure_from_motion.options import PlacingOptions

# Models that CameraInfo can express, with parameters that differ from each other.
PARAMETERS = {
    'SIMPLE_PINHOLE': [500.0, 321.0, 239.0],
    'PINHOLE': [500.0, 510.0, 321.0, 239.0],
    'SIMPLE_RADIAL': [500.0, 321.0, 239.0, -0.1],
    'RADIAL': [500.0, 321.0, 239.0, -0.1, 0.02],
    'OPENCV': [500.0, 510.0, 321.0, 239.0, -0.1, 0.02, 0.003, -0.004],
    'FULL_OPENCV': [500.0, 510.0, 321.0, 239.0, -0.1, 0.02, 0.003, -0.004, 0.05, 0.06, 0.07, 0.08],
    'SIMPLE_FISHEYE': [500.0, 321.0, 239.0],
    'FISHEYE': [500.0, 510.0, 321.0, 239.0],
    'SIMPLE_RADIAL_FISHEYE': [500.0, 321.0, 239.0, -0.1],
    'RADIAL_FISHEYE': [500.0, 321.0, 239.0, -0.1, 0.02],
    'OPENCV_FISHEYE': [500.0, 510.0, 321.0, 239.0, -0.1, 0.02, 0.003, -0.004],
}


def from_colmap(
    root: Path,
    target: Path,
    images: Path | None = None,
    undistort: bool = False,
    metric: bool = False,
    strict: bool = False,
):
    """Import a model as it is, without turning it upright."""

    def open_drive(complaints):
        placing = PlacingOptions(level=False)
        return read_colmap(root, images, undistort, metric, placing, 10.0, complaints)

    return imported(open_drive, target, strict)


def colmap_camera(camera_id: int, model: str, width: int, height: int) -> pycolmap.Camera:
    parameters = PARAMETERS[model]
    camera = pycolmap.Camera(model=model, width=width, height=height, params=parameters)
    camera.camera_id = camera_id
    return camera


def write_model(folder: Path, images: dict[str, int], poses, cameras, binary: bool) -> None:
    """Write a model with pycolmap: picture name -> camera, T_world_camera [N, 4, 4]."""
    model = pycolmap.Reconstruction()
    for camera in cameras:
        model.add_camera_with_trivial_rig(camera)
    for number, (name, camera_id) in enumerate(images.items(), 1):
        image = pycolmap.Image(name=name, camera_id=camera_id, image_id=number)
        cam_from_world = pycolmap.Rigid3d(inverse(poses[number - 1])[:3])
        model.add_image_with_trivial_frame(image, cam_from_world)
    folder.mkdir(parents=True)
    (model.write_binary if binary else model.write_text)(folder)


def two_camera_project(root: Path, binary: bool):
    """A project of two cameras in folders of their own; returns the poses in the scene's order."""
    poses = path_poses(5)
    # COLMAP lists pictures in any order; the scene's is by folder and name as people count.
    images = {'right/view2.png': 2, 'left/a.png': 1, 'right/view10.png': 2, 'left/b.png': 1}
    images['right/view1.png'] = 2
    cameras = [colmap_camera(1, 'PINHOLE', 40, 30), colmap_camera(2, 'OPENCV', 48, 36)]
    write_model(root / 'sparse' / '0', images, poses, cameras, binary)
    for name, camera_id in images.items():
        save_picture(root / 'images' / name, size=(40, 30) if camera_id == 1 else (48, 36))
    return poses[[1, 3, 4, 0, 2]]


@pytest.mark.parametrize('binary', [False, True])
def test_several_cameras_in_text_and_binary(tmp_path, binary):
    poses = two_camera_project(tmp_path / 'model', binary)
    scene, complaints = from_colmap(tmp_path / 'model', tmp_path / 'scene')
    assert not complaints
    assert [picture.file for picture in scene.pictures] == [
        f'pictures/{name}.png'
        for name in ('left/a', 'left/b', 'right/view1', 'right/view2', 'right/view10')
    ]
    np.testing.assert_allclose(poses_of(scene), poses, atol=1e-9)
    assert [picture.camera for picture in scene.pictures] == ['camera-1'] * 2 + ['camera-2'] * 3
    assert {picture.sequence for picture in scene.pictures} == {'left', 'right'}
    assert scene.cameras['camera-2'].distortion == (-0.1, 0.02, 0.003, -0.004, 0.0)
    assert scene.scale == 'unknown'


TEXT = {
    'cameras.txt': '# Camera list\n3 PINHOLE 40 30 50 60 20.5 15\n',
    # QW QX QY QZ TX TY TZ of world to camera; an empty line of points follows each picture.
    'images.txt': '# Image list\n7 {qw} {qx} {qy} {qz} {tx} {ty} {tz} 3 view.png\n\n',
    'points3D.txt': '# 3D point list\n',
}


def write_text_model(folder: Path) -> np.ndarray:
    """Write a model of one picture as the format's page describes it; returns its pose."""
    T_world_camera = path_poses(3)[2]
    t, q = position_and_quaternion(inverse(T_world_camera))
    numbers = dict(zip(('tx', 'ty', 'tz', 'qx', 'qy', 'qz', 'qw'), (*t, *q), strict=True))
    folder.mkdir()
    for name, text in TEXT.items():
        (folder / name).write_text(text.format(**numbers) if 'qw' in text else text)
    return T_world_camera


def test_text_model_from_the_specification(tmp_path):
    T_world_camera = write_text_model(tmp_path / 'model')
    save_picture(tmp_path / 'photos' / 'view.png', size=(40, 30))
    scene, _ = from_colmap(tmp_path / 'model', tmp_path / 's', tmp_path / 'photos', metric=True)
    np.testing.assert_allclose(poses_of(scene)[0], T_world_camera, atol=1e-9)
    camera = scene.cameras['camera-3']
    # The upper left pixel's centre is at 0.5 in COLMAP, at 0 in camera_info.
    assert (camera.fx, camera.fy, camera.cx, camera.cy) == (50.0, 60.0, 20.0, 14.5)
    assert scene.scale == 'metric'


@pytest.mark.parametrize('model', PARAMETERS)
def test_distortion_projects_as_opencv_does(model):
    theirs = colmap_camera(1, model, 640, 480)
    ours = camera_of(theirs)
    points = np.random.default_rng(0).uniform((-0.5, -0.4, 1.0), (0.5, 0.4, 1.0), (50, 3))
    K = np.array([[ours.fx, 0, ours.cx], [0, ours.fy, ours.cy], [0, 0, 1]])
    zero = np.zeros(3)
    if ours.distortion_model == 'equidistant':
        D = np.array(ours.distortion)
        pixels, _ = cv2.fisheye.projectPoints(points[:, None], zero, zero, K, D)
    else:
        pixels, _ = cv2.projectPoints(points, zero, zero, K, np.array(ours.distortion))
    expected = theirs.img_from_cam(points) - 0.5
    np.testing.assert_allclose(pixels.reshape(-1, 2), expected, atol=1e-6)


def spots(camera: pycolmap.Camera, points: np.ndarray) -> np.ndarray:
    """A picture [H, W, 3] with a soft white spot where each point [N, 3] is seen."""
    v, u = np.mgrid[: camera.height, : camera.width]
    grey = np.zeros((camera.height, camera.width))
    for x, y in camera.img_from_cam(points) - 0.5:
        grey += 255.0 * np.exp(-((u - x) ** 2 + (v - y) ** 2) / (2 * 2.0**2))
    return np.repeat(np.clip(grey, 0, 255).astype(np.uint8)[..., None], 3, axis=2)


def test_transforms_json_counts_pixels_as_colmap_does(tmp_path):
    """instant-ngp's and nerfstudio's converters write COLMAP's numbers as they are."""
    source = colmap_camera(1, 'OPENCV', 640, 480)
    save_picture(tmp_path / '0.png', size=(640, 480))
    names = ('fl_x', 'fl_y', 'cx', 'cy', 'k1', 'k2', 'p1', 'p2')
    values = dict(zip(names, PARAMETERS['OPENCV'], strict=True))
    frames = [{'file_path': '0.png', 'transform_matrix': np.eye(4).tolist()}]
    file = transforms(tmp_path / 'transforms.json', frames, w=640, h=480, **values)
    complaints = Complaints(strict=True)
    drive = read_nerf(file, Scale.unknown, None, 10.0, complaints)
    assert drive.cameras == {'camera': camera_of(source)}


@pytest.mark.parametrize('suffix', ['.png', '.jpg'])
def test_undistorted_pictures_show_points_where_the_pinhole_puts_them(tmp_path, suffix):
    camera = pycolmap.Camera(
        model='RADIAL', width=320, height=240, params=[250.0, 163.0, 118.0, -0.25, 0.05]
    )
    camera.camera_id = 1
    name = f'view{suffix}'
    write_model(tmp_path / 'model', {name: 1}, path_poses(1), [camera], binary=True)
    points = np.array([[x, y, 1.0] for x in (-0.35, 0.0, 0.35) for y in (-0.25, 0.0, 0.25)])
    (tmp_path / 'model' / 'images').mkdir()
    Image.fromarray(spots(camera, points)).save(tmp_path / 'model' / 'images' / name)
    scene, _ = from_colmap(tmp_path / 'model', tmp_path / 'scene', undistort=True)
    ours = scene.cameras['camera-1']
    assert not any(ours.distortion)
    picture = Image.open(scene.path(scene.pictures[0]))
    assert picture.size == (ours.width, ours.height)
    grey = np.asarray(picture, np.float64)[..., 0]
    for x, y, _ in points:
        u, v = ours.fx * x + ours.cx, ours.fy * y + ours.cy
        window = grey[round(v) - 6 : round(v) + 7, round(u) - 6 : round(u) + 7]
        dv, du = np.mgrid[-6:7, -6:7]
        found = np.array([np.sum(window * du), np.sum(window * dv)]) / window.sum()
        np.testing.assert_allclose(found + np.array([round(u), round(v)]), (u, v), atol=0.15)


def test_pictures_that_are_not_there_are_counted(tmp_path):
    two_camera_project(tmp_path / 'model', binary=False)
    (tmp_path / 'model' / 'images' / 'left' / 'a.png').unlink()
    scene, complaints = from_colmap(tmp_path / 'model', tmp_path / 'scene')
    assert len(scene.pictures) == 4
    assert complaints == {'picture of the model is not there': 1}
    with pytest.raises(SceneError, match=r'not there: .*a\.png'):
        from_colmap(tmp_path / 'model', tmp_path / 'strict', strict=True)
    assert not (tmp_path / 'strict').exists()


def test_undistortion_counts_pictures_of_another_size_and_broken_ones(tmp_path):
    two_camera_project(tmp_path / 'model', binary=True)
    save_picture(tmp_path / 'model' / 'images' / 'left' / 'a.png', size=(30, 30))
    (tmp_path / 'model' / 'images' / 'left' / 'b.png').write_bytes(b'\x89PNG')
    scene, complaints = from_colmap(tmp_path / 'model', tmp_path / 'scene', undistort=True)
    assert len(scene.pictures) == 3
    assert sorted(complaints) == [
        'picture cannot be read',
        'picture has another size than its camera',
    ]


@pytest.mark.parametrize('name', ['cameras', 'images', 'frames', 'rigs'])
@pytest.mark.parametrize('share', [0.1, 0.5, 0.99])
def test_truncated_binary_model_is_refused(tmp_path, name, share):
    two_camera_project(tmp_path / 'model', binary=True)
    file = tmp_path / 'model' / 'sparse' / '0' / f'{name}.bin'
    data = file.read_bytes()
    file.write_bytes(data[: int(share * len(data))])
    with pytest.raises(SceneError, match=rf"{name}\.bin' is no whole file of a COLMAP model"):
        from_colmap(tmp_path / 'model', tmp_path / 'scene')


def test_truncated_points_are_refused(tmp_path):
    options = pycolmap.SyntheticDatasetOptions()
    options.num_points3D = 10
    folder = tmp_path / 'model'
    folder.mkdir()
    pycolmap.synthesize_dataset(options).write_binary(folder)
    file = folder / 'points3D.bin'
    file.write_bytes(file.read_bytes()[:-3])
    with pytest.raises(SceneError, match=r"points3D\.bin' is no whole file"):
        from_colmap(folder, tmp_path / 'scene', tmp_path)


def without_pictures(root):
    write_text_model(root)


def broken_camera(root):
    write_text_model(root)
    (root / 'images').mkdir()
    (root / 'cameras.txt').write_text('3 PINHOLE 40 30 fifty 60 20 15\n')


def unknown_camera(root):
    write_text_model(root)
    (root / 'images').mkdir()
    (root / 'cameras.txt').write_text('3 PINHOLES 40 30 50 60 20 15\n')


def no_pose(root):
    write_text_model(root)
    (root / 'images').mkdir()
    (root / 'images.txt').write_text('# nothing\n')


def division_camera(root):
    write_text_model(root)
    save_picture(root / 'images' / 'view.png', size=(40, 30))
    (root / 'cameras.txt').write_text('3 SIMPLE_DIVISION 40 30 50 20 15 -0.01\n')


def endless_camera(root):
    write_text_model(root)
    (root / 'images').mkdir()
    (root / 'cameras.txt').write_text('3 PINHOLE 40 99999999999 50 60 20 15\n')


def flat_camera(root):
    write_text_model(root)
    (root / 'images').mkdir()
    (root / 'cameras.txt').write_text('3 PINHOLE 40 30 0 60 20 15\n')


def latin_name(root):
    write_text_model(root)
    (root / 'images').mkdir()
    file = root / 'images.txt'
    file.write_bytes(file.read_bytes().replace(b'view', b'\xe9t\xe9'))


@pytest.mark.parametrize(
    ('make', 'sentence'),
    [
        (lambda root: None, 'is not there: the folder of a COLMAP model'),
        (lambda root: root.mkdir(), 'holds no COLMAP model: cameras.bin or cameras.txt'),
        (without_pictures, 'not in images/ beside it: name their folder with --images'),
        (broken_camera, 'cannot be read: '),
        (unknown_camera, 'cannot be read: Camera model does not exist'),
        (no_pose, 'has no picture with a pose'),
        (endless_camera, 'takes pictures of 40x99999999999 pixels, where 1 to 65535 a side'),
        (flat_camera, r'has the focal lengths \(0.0, 60.0\)'),
        (latin_name, 'the name of picture 7 of the model is not UTF-8'),
        (division_camera, 'distortion model SIMPLE_DIVISION, .* import with --undistort'),
    ],
)
def test_broken_models_end_in_one_sentence(tmp_path, make, sentence):
    make(tmp_path / 'model')
    with pytest.raises(SceneError, match=sentence):
        from_colmap(tmp_path / 'model', tmp_path / 'scene')
    assert not (tmp_path / 'scene').exists()


def test_undistortion_helps_a_model_that_camera_info_does_not_know(tmp_path):
    division_camera(tmp_path / 'model')
    scene, _ = from_colmap(tmp_path / 'model', tmp_path / 'scene', undistort=True)
    assert scene.cameras['camera-3'].distortion == ()


def test_command_takes_scale_from_a_distance(tmp_path):
    poses = two_camera_project(tmp_path / 'model', binary=True)
    arguments = ['import', 'colmap', str(tmp_path / 'model'), str(tmp_path / 'scene'), '--copy']
    result = CliRunner().invoke(app, [*arguments, '--distance', 'left/a', 'left/b', '3', '--json'])
    assert result.exit_code == 0, result.output
    scene = read_scene(tmp_path / 'scene')
    found = poses_of(scene)[:, :3, 3]
    assert scene.scale == 'metric'
    assert np.linalg.norm(found[1] - found[0]) == pytest.approx(3.0)
    ratio = 3.0 / np.linalg.norm(poses[1, :3, 3] - poses[0, :3, 3])
    np.testing.assert_allclose(found - found[0], ratio * (poses - poses[0])[:, :3, 3], atol=1e-9)
