# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""A scene is read as it was written, whole or not at all, and every fault is one sentence."""

import os
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path, PurePosixPath

import numpy as np
import pytest
import yaml
from archive_samples import path_poses, save_depth, save_picture
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from posenet_ros.model_spec import Camera
from posenet_ros.scene import (
    MapReference,
    Picture,
    Scene,
    SceneError,
    read_rgb,
    read_scene,
    stamp_from_text,
    stamp_text,
    write_header_and_table,
)
from posenet_training.importers.complaints import Complaints
from posenet_training.importers.drive import Drive, DriveFrame, Encoded
from posenet_training.importers.trajectory import read_trajectory
from posenet_training.scenes.occupancy_map import read_map
from posenet_training.scenes.tum import write_tum
from posenet_training.scenes.writing import Keeping, write_scene

NAMES = st.text(st.characters(categories=['L', 'N', 'P', 'S', 'Zs']), min_size=1, max_size=12)
# Of files: nothing above the scene's folder or beside it.
FILES = NAMES.filter(lambda name: not {'/', '..'} & set(PurePosixPath(name).parts))
NUMBERS = st.floats(allow_nan=False, allow_infinity=False)
POSITIVE = st.floats(min_value=1e-3, max_value=1e6)
PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | NUMBERS | NAMES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=3,
)
CAMERAS = st.builds(
    Camera,
    *(st.integers(1, 10_000), st.integers(1, 10_000)),
    *(POSITIVE, POSITIVE, NUMBERS, NUMBERS),
    st.sampled_from(['plumb_bob', 'equidistant', 'rational_polynomial']),
    st.lists(NUMBERS, max_size=8).map(tuple),
)
MAPS = st.builds(MapReference, NAMES, NAMES, POSITIVE, st.tuples(NUMBERS, NUMBERS, NUMBERS))


@st.composite
def quaternions(draw) -> tuple[float, float, float, float]:
    q = np.array(draw(st.tuples(*[st.floats(-1.0, 1.0)] * 4)))
    q = q if np.linalg.norm(q) > 0.1 else np.array([0.0, 0.0, 0.0, 1.0])
    return tuple((q / np.linalg.norm(q)).tolist())


@st.composite
def scenes(draw) -> Scene:
    files = draw(st.lists(FILES, min_size=1, max_size=6, unique=True))
    sequences = sorted(draw(st.lists(NAMES, min_size=len(files), max_size=len(files))))
    steps = draw(st.lists(st.integers(1, 10**18), min_size=len(files), max_size=len(files)))
    pictures = tuple(
        Picture(
            *(file, sequence, int(stamp)),
            draw(st.tuples(NUMBERS, NUMBERS, NUMBERS)),
            draw(quaternions()),
            camera=draw(NAMES),
            depth=draw(st.just('') | FILES),
            split=draw(st.sampled_from(['', 'train', 'validation', 'test'])),
        )
        for file, sequence, stamp in zip(files, sequences, np.cumsum(steps), strict=True)
    )
    return Scene(
        *(Path('elsewhere'), draw(NAMES), pictures),
        cameras=draw(st.dictionaries(NAMES, CAMERAS, max_size=3)),
        source=draw(st.dictionaries(NAMES, PLAIN, max_size=3)),
        map_frame=draw(NAMES),
        camera_frame=draw(NAMES),
        scale=draw(st.sampled_from(['metric', 'unknown'])),
        depth_unit_m=draw(POSITIVE),
        map=draw(st.none() | MAPS),
    )


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@settings(deadline=None, max_examples=25)
@given(scenes())
def test_what_is_written_is_read_equal_and_written_the_same(scene):
    with tempfile.TemporaryDirectory() as first, tempfile.TemporaryDirectory() as second:
        write_header_and_table(scene, Path(first))
        read = read_scene(Path(first))
        assert read == scene
        write_header_and_table(read, Path(second))
        assert contents(Path(first)) == contents(Path(second))


@settings(deadline=None)
@given(st.integers(0, 2**63))
def test_stamps_are_exact(stamp_ns):
    assert stamp_from_text(stamp_text(stamp_ns)) == stamp_ns


@pytest.mark.parametrize('text', ['', 'soon', '-1.0', '1.0000000001', '1e9', '1.5.2', 'nan'])
def test_what_is_no_stamp(text):
    with pytest.raises(ValueError, match=r'stamp in seconds|invalid literal'):
        stamp_from_text(text)


def frames(count: int, sequence: str = 'drive') -> list[DriveFrame]:
    file = BytesIO()
    Image.fromarray(np.full((6, 8, 3), 90, dtype=np.uint8)).save(file, 'png')
    return [
        DriveFrame(
            f'{sequence}/{index}',
            Encoded(file.getvalue(), '.png'),
            sequence,
            index * 100_000_000,
            T,
        )
        for index, T in enumerate(path_poses(count))
    ]


def drive(frames: Iterator[DriveFrame] | list[DriveFrame], **values) -> Drive:
    return Drive('room', iter(frames), None, values.pop('cameras', {}), **values)


def unchanged(pictures: tuple[Picture, ...]) -> tuple[Picture, ...]:
    return pictures


def write(source: Drive, target: Path, split=unchanged, keeping=None, complaints=None, **values):
    keeping = keeping or Keeping.links()
    return write_scene(source, target, split, keeping, complaints or Complaints(), **values)


def test_a_drive_becomes_a_scene(tmp_path):
    save_picture(tmp_path / 'source' / 'a.png')
    save_depth(tmp_path / 'source' / 'd.png')
    first, second = frames(2)
    first = replace(
        first,
        picture=tmp_path / 'source' / 'a.png',
        depth=tmp_path / 'source' / 'd.png',
        camera='front',
        split='test',
    )
    source = drive(
        [first, second],
        cameras={'front': Camera(64, 48, 50.0, 50.0, 32.0, 24.0)},
        source={'format': 'mine'},
        map_frame='floor',
        scale='unknown',
    )
    reference = MapReference('map.png', 'f' * 64, 0.05, (0.0, 1.0, 0.5))
    scene = write(source, tmp_path / 'new' / 'scene', reference=reference)
    assert scene == read_scene(tmp_path / 'new' / 'scene')
    assert (scene.name, scene.map_frame, scene.scale) == ('room', 'floor', 'unknown')
    assert scene.map == reference
    assert scene.source == {'format': 'mine', 'skipped': {}}
    assert [picture.file for picture in scene.pictures] == [
        'pictures/drive/0.png',
        'pictures/drive/1.png',
    ]
    assert scene.pictures[0].depth == 'depth/drive/0.png'
    assert scene.split('test') == scene.pictures[:1]
    np.testing.assert_allclose(scene.pictures[1].T_map_camera, second.T_map_camera, atol=1e-12)
    assert read_rgb(scene.path(scene.pictures[0])).shape == (48, 64, 3)
    assert (read_rgb(scene.path(scene.pictures[1])) == 90).all()
    with pytest.raises(SceneError, match="no pictures in split 'train'; it has test"):
        scene.split('train')


def test_pictures_are_linked_or_copied(tmp_path):
    file = save_picture(tmp_path / 'a.png')
    frame = replace(frames(1)[0], picture=file)
    linked = write(drive([frame]), tmp_path / 'linked')
    copied = write(drive([frame]), tmp_path / 'copied', keeping=Keeping.copies())
    link, copy = linked.path(linked.pictures[0]), copied.path(copied.pictures[0])
    assert link.is_symlink()
    assert link.resolve() == file
    assert not copy.is_symlink()
    assert copy.read_bytes() == file.read_bytes()


def with_pose(frame: DriveFrame, row: int, column: int, value: float) -> DriveFrame:
    T = frame.T_map_camera.copy()
    T[row, column] = value
    return replace(frame, T_map_camera=T)


def test_faults_of_single_frames_are_counted_or_stop(tmp_path):
    good = frames(8)
    broken = good[4].picture.data[: len(good[4].picture.data) // 2]
    bad = [
        with_pose(good[1], 0, 3, np.nan),
        with_pose(good[2], 0, 0, 5.0),
        replace(good[3], T_map_camera=good[3].T_map_camera @ np.diag([1.0, 1.0, -1.0, 1.0])),
        replace(good[4], picture=Encoded(broken, '.png')),
        replace(good[5], picture=tmp_path / 'gone.png'),
        replace(good[6], camera='wide'),
        with_pose(good[7], 3, 0, 1.0),
    ]
    cameras = {'wide': Camera(640, 480, 500.0, 500.0, 320.0, 240.0)}
    complaints = Complaints()
    source = drive([good[0], *bad], cameras=cameras)
    scene = write(source, tmp_path / 'scene', complaints=complaints)
    assert len(scene.pictures) == 1
    assert scene.source['skipped'] == complaints.counts()
    assert complaints.counts() == {
        'pose is no rigid transform': 4,
        'picture cannot be read': 2,
        'picture has another size than its camera': 1,
    }
    assert complaints.sentences()[0].startswith(
        '4 skipped: pose is no rigid transform, the first is drive/1 [[',
    )
    for index, frame in enumerate(bad):
        target = tmp_path / f'strict{index}'
        with pytest.raises(SceneError, match=r'without --strict it would be skipped'):
            write(drive([frame], cameras=cameras), target, complaints=Complaints(strict=True))
        assert not target.exists()
    with pytest.raises(SceneError, match=r'gave no usable picture\. 1 skipped: pose'):
        write(drive(bad[:1]), tmp_path / 'empty')


def interrupted(error: BaseException) -> Iterator[DriveFrame]:
    yield from frames(3)
    raise error


def failing(pictures: tuple[Picture, ...]) -> tuple[Picture, ...]:
    raise SceneError('no split')


@pytest.mark.parametrize(
    'error', [KeyboardInterrupt(), SceneError('bag ends'), RuntimeError(), MemoryError()]
)
def test_a_scene_is_never_half_written(error, tmp_path):
    with pytest.raises(type(error)):
        write(drive(interrupted(error)), tmp_path / 'scene')
    with pytest.raises(SceneError, match='no split'):
        write(drive(frames(3)), tmp_path / 'scene', split=failing)
    assert list(tmp_path.iterdir()) == []
    assert len(write(drive(frames(3)), tmp_path / 'scene').pictures) == 3


def test_an_existing_target_is_left_alone(tmp_path):
    (tmp_path / 'folder').mkdir()
    (tmp_path / 'file').write_text('mine')
    (tmp_path / 'link').symlink_to('nowhere')
    for name in ('folder', 'file', 'link'):
        with pytest.raises(SceneError, match='exists: remove it or name another folder'):
            write(drive(frames(1)), tmp_path / name)
    assert sorted(path.name for path in tmp_path.iterdir()) == ['file', 'folder', 'link']
    assert (tmp_path / 'file').read_text() == 'mine'
    with pytest.raises(SceneError, match=r"scene '.*file/scene' was not written: .*File exists"):
        write(drive(frames(1)), tmp_path / 'file' / 'scene')


def test_drives_that_contradict_themselves(tmp_path):
    one, two, three = frames(3)

    def refused(sentence: str, *given: DriveFrame) -> None:
        with pytest.raises(SceneError, match=sentence):
            write(drive(list(given)), tmp_path / 'scene')
        assert list(tmp_path.iterdir()) == []

    refused(r"'pictures/\.\./x' would lie outside of the scene", replace(one, name='../x'))
    refused(r"would become 'pictures/drive/0\.png'", one, replace(two, name=one.name))
    refused("stamps do not grow in sequence 'drive'", one, replace(two, stamp_ns=one.stamp_ns))
    refused("stamps do not grow in sequence 'drive'", two, one)
    refused("'drive' comes in several pieces", one, replace(two, sequence='b'), three)


HEADER, TABLE = 'scene.yaml', 'poses.csv'
READ_ERRORS = {
    'no yaml': (HEADER, 'format: posenet', 'format: [', 'is no YAML'),
    'another format': (HEADER, 'format: posenet_ros scene', 'format: x', 'does not begin with'),
    'newer': (HEADER, 'version: 1', 'version: 2', r'version 2, this program reads 1: use the pos'),
    'no units': (HEADER, 'units:', 'unit:', r"is incomplete or changed: KeyError\('units'\)"),
    'no cameras': (HEADER, 'cameras: {}', 'cameras: 7', 'is incomplete or changed'),
    'strange scale': (HEADER, 'scale: metric', 'scale: feet', "'feet': it is metric or unknown"),
    'unit': (HEADER, 'depth_unit_m: 0.001', 'depth_unit_m: mm', 'is incomplete or changed'),
    'unknown block': (HEADER, 'first: pictures/drive/0', 'first: x', 'names a picture that poses'),
    'block of another length': (HEADER, 'pictures: 2', 'pictures: 3', 'holds 2 pictures or meets'),
    'blocks that meet': (HEADER, 'last: pictures/drive/1', 'last: pictures/drive/2', 'or meets'),
    'columns': (TABLE, 'file,sequence', 'sequence,file', 'must begin with the columns file,'),
    'values': (TABLE, ',drive,0.1', ',0.1', 'line 3 has 11 values, not 12'),
    'stamp': (TABLE, ',0.100000000', ',later', "line 3: 'later' is no stamp in seconds"),
    'file_above': (TABLE, 'pictures/drive/1.png', '../../1.png', "'../../1.png' lies outside"),
    'file_elsewhere': (TABLE, 'pictures/drive/1.png', '/tmp/1.png', "'/tmp/1.png' lies outside"),
    'depth_above': (TABLE, ',camera,\n', ',camera,../1.png\n', "'../1.png' lies outside"),
    'twice': (TABLE, 'pictures/drive/1', 'pictures/drive/0', 'names a picture twice'),
}


def small_scene(folder: Path) -> Path:
    """Three pictures: two train, one validates; at 1, 2, 3 on x, not turned."""
    poses = np.tile(np.eye(4), (3, 1, 1))
    poses[:, 0, 3] = [1.5, 2.5, 3.5]
    splits = ['train', 'train', 'validation']
    given = [
        replace(frame, T_map_camera=T, split=split)
        for frame, T, split in zip(frames(3), poses, splits, strict=True)
    ]
    write(drive(given), folder)
    return folder


def change(file: Path, old: str, new: str) -> None:
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new))


@pytest.mark.parametrize(
    ('file', 'old', 'new', 'sentence'), READ_ERRORS.values(), ids=READ_ERRORS.keys()
)
def test_read_errors(file, old, new, sentence, tmp_path):
    folder = small_scene(tmp_path / 'scene')
    change(folder / file, old, new)
    with pytest.raises(SceneError, match=sentence) as error:
        read_scene(folder)
    assert str(folder) in str(error.value)


@pytest.mark.parametrize('row', ['1.5,0.0,0.0,0.0', '2.5,0.0,0.0,0.0'])
@pytest.mark.parametrize(
    ('new', 'sentence'),
    [
        ('nan,0.0,0.0,0.0', 'is no position and unit quaternion'),
        ('1.0,inf,0.0,0.0', 'is no position and unit quaternion'),
        ('1.0,0.0,0.0,nan', 'is no position and unit quaternion'),
        ('1.0,0.0,0.0,0.1', 'is no position and unit quaternion'),
        ('1.0,left,0.0,0.0', "could not convert string to float: 'left'"),
    ],
)
def test_rows_that_are_no_pose(row, new, sentence, tmp_path):
    folder = small_scene(tmp_path / 'scene')
    change(folder / TABLE, row, new)
    with pytest.raises(SceneError, match=sentence):
        read_scene(folder)


def test_folders_that_are_no_scene(tmp_path):
    with pytest.raises(SceneError, match=r'is no scene: it has no scene\.yaml; make one'):
        read_scene(tmp_path)
    folder = small_scene(tmp_path / 'scene')
    table, header = (folder / TABLE).read_text(), (folder / HEADER).read_text()
    (folder / TABLE).write_text(table.splitlines()[0] + '\n')
    (folder / HEADER).write_text(yaml.safe_dump({**yaml.safe_load(header), 'splits': {}}))
    with pytest.raises(SceneError, match=r'has no pictures in poses\.csv'):
        read_scene(folder)
    for content in ('', '\n'):
        (folder / TABLE).write_text(content)
        with pytest.raises(SceneError, match='must begin with the columns'):
            read_scene(folder)
    (folder / TABLE).unlink()
    with pytest.raises(SceneError, match=r'has no poses\.csv: import it again'):
        read_scene(folder)
    for content in (b'', b'- 1\n', b'7'):
        (folder / HEADER).write_bytes(content)
        with pytest.raises(SceneError, match='does not begin with'):
            read_scene(folder)
    (folder / HEADER).write_bytes(b'\xff\xfe\x00')
    with pytest.raises(SceneError, match=r"scene\.yaml' is no"):
        read_scene(folder)


def test_a_table_of_other_bytes_is_refused(tmp_path):
    folder = small_scene(tmp_path / 'scene')
    (folder / TABLE).write_bytes((folder / TABLE).read_bytes() + b'\xff\xfe\n')
    with pytest.raises(SceneError, match=r"poses\.csv' is no table"):
        read_scene(folder)


@pytest.mark.parametrize('keep', [0, 30, 2000])
def test_pictures_that_are_not_whole(keep, tmp_path):
    file = save_picture(tmp_path / 'a.png')
    file.write_bytes(file.read_bytes()[:keep])
    with pytest.raises(SceneError, match=r"picture '.*a\.png' cannot be read"):
        read_rgb(file)
    with pytest.raises(SceneError, match=r"picture '.*b\.png' cannot be read"):
        read_rgb(tmp_path / 'b.png')


def test_tum_trajectory_has_all_digits_sorted_by_stamp(tmp_path):
    late = [replace(frame, stamp_ns=frame.stamp_ns + 10**18 + 7) for frame in frames(2, 'a')]
    scene = write(drive([*late, *frames(2, 'b')]), tmp_path / 'scene')
    assert write_tum(scene, tmp_path / 'scene.tum') == 4
    lines = (tmp_path / 'scene.tum').read_text().splitlines()
    stamps = [line.split()[0] for line in lines]
    assert stamps == ['0.000000000', '0.100000000', '1000000000.000000007', '1000000000.100000007']
    trajectory = read_trajectory(tmp_path / 'scene.tum', Complaints(strict=True))
    for picture in scene.pictures:
        T_map_camera = trajectory.at(picture.stamp_ns, 0)
        np.testing.assert_array_equal(T_map_camera, picture.T_map_camera)
    assert sorted(os.listdir(tmp_path)) == ['scene', 'scene.tum']


MAP_YAML = 'image: floor.pgm\nresolution: 0.05\norigin: [-1.0, 2, 0.1]\n'


def test_occupancy_map(tmp_path):
    (tmp_path / 'map.yaml').write_text(MAP_YAML)
    with pytest.raises(SceneError, match=r"names the picture '.*floor\.pgm', which is not there"):
        read_map(tmp_path / 'map.yaml')
    (tmp_path / 'floor.pgm').write_bytes(b'P5 1 1 255\n\x00')
    reference = read_map(tmp_path / 'map.yaml')
    assert reference.image == str(tmp_path / 'floor.pgm')
    assert (reference.resolution, reference.origin) == (0.05, (-1.0, 2.0, 0.1))
    before = reference.sha256
    (tmp_path / 'floor.pgm').write_bytes(b'P5 1 1 255\n\x01')
    assert read_map(tmp_path / 'map.yaml').sha256 != before
    with pytest.raises(SceneError, match=r"map '.*none\.yaml' is not there"):
        read_map(tmp_path / 'none.yaml')
    for broken in ('[', 'image: floor.pgm\n', MAP_YAML.replace('0.1]', ']'), '7'):
        (tmp_path / 'map.yaml').write_text(broken)
        with pytest.raises(SceneError, match=r'is no map\.yaml: image, resolution and origin'):
            read_map(tmp_path / 'map.yaml')
