# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Bags become scenes with the true poses, and bad bags one sentence."""

import io
import json
import re
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import bag_samples as bags
import numpy as np
import pytest
from bag_samples import (
    COMPRESSED,
    INFO,
    OPTICAL,
    RAW,
    START_NS,
    TINY,
    Message,
    SampleDrive,
    drive_messages,
    picture_messages,
    sample_pictures,
    tf_messages,
    write_bag,
)
from PIL import Image
from typer.testing import CliRunner

from posenet_ros.geometry import distance, inverse
from posenet_ros.scene import NS, Picture, Scene, SceneError, read_rgb, read_scene
from posenet_training.check.findings import Level
from posenet_training.check.timing import OffsetResult, offset_findings
from posenet_training.check.view import View
from posenet_training.commands.scene import app
from posenet_training.importers.bag.cutting import CuttingRules
from posenet_training.importers.bag.importing import BagOptions, read_bag
from posenet_training.importers.bag.jumps import SpeedLimit
from posenet_training.importers.bag.poses import Reach
from posenet_training.importers.bag.topics import CAMERA_INFO, Topic, camera_info_topic
from posenet_training.importers.bag.tracks import Track
from posenet_training.importers.complaints import Complaints
from posenet_training.scenes.splitting import BlockSplit, with_validation
from posenet_training.scenes.writing import Keeping, write_scene
from simulation.journey import Journey
from simulation.rig import T_CAMERA_LINK_OPTICAL
from simulation.room import Room

DRIVE = SampleDrive()
# For what has nothing to do with poses.
SHORT = SampleDrive(seconds=0.5)
# Keeps every picture.
ALL = BagOptions(rules=CuttingRules(least_m=0.0, least_rad=0.0))
MAX_ERROR = 1e-6  # metres and radians


def imported(bag: Path, options: BagOptions = ALL, complaints: Complaints | None = None) -> Scene:
    complaints = complaints or Complaints(strict=True)
    drive = read_bag(bag, options, complaints)
    target = bag.with_name(f'{bag.name}-scene')
    return write_scene(drive, target, _split, Keeping.copies(), complaints)


def _split(pictures: tuple[Picture, ...]) -> tuple[Picture, ...]:
    return with_validation(pictures, BlockSplit(share=0.0))


def assert_poses(scene: Scene, drive: SampleDrive = DRIVE) -> None:
    """Every picture of the drive is there, at the camera's true pose."""
    assert [p.stamp_ns for p in scene.pictures] == drive.picture_stamps()
    for picture in scene.pictures:
        error = distance(picture.T_map_camera, drive.pose_at(picture.stamp_ns))
        assert max(error) < MAX_ERROR


def sequences(scene: Scene) -> list[int]:
    """How many pictures each sequence has."""
    names = [picture.sequence for picture in scene.pictures]
    return [names.count(name) for name in dict.fromkeys(names)]


@pytest.mark.parametrize('storage', ['mcap', 'sqlite3'])
@pytest.mark.parametrize('split', [False, True])
def test_round_trip(tmp_path, storage, split):
    messages = drive_messages(DRIVE)
    if split:
        bags.write_split_bag(tmp_path / 'bag', storage, messages, START_NS + NS)
    else:
        write_bag(tmp_path / 'bag', storage, messages)
    scene = imported(tmp_path / 'bag')
    assert_poses(scene)
    for picture, rgb in zip(scene.pictures, sample_pictures(DRIVE), strict=True):
        np.testing.assert_array_equal(read_rgb(scene.path(picture)), rgb)
    # The corrections at 0.74 s and 1.31 s cut the drive.
    assert sequences(scene) == [8, 5, 6]
    assert scene.pictures[0].file == 'pictures/drive-001/1700000000.160456790.png'
    assert scene.cameras == {'camera': TINY}
    assert (scene.map_frame, scene.camera_frame) == ('map', OPTICAL)
    assert scene.source['thinned'] == 0
    assert scene.source['poses'] == f'TF map -> {OPTICAL}, odom held'


@pytest.mark.parametrize(('storage', 'suffix'), [('mcap', 'mcap'), ('sqlite3', 'db3')])
def test_a_single_file_is_a_bag(tmp_path, storage, suffix):
    write_bag(tmp_path / 'bag', storage, drive_messages(DRIVE))
    (tmp_path / 'bag' / 'metadata.yaml').unlink()
    assert_poses(imported(tmp_path / 'bag' / f'bag.{suffix}'))


def test_a_simulated_drive_with_drifting_odometry(tmp_path):
    """TF of the simulator's robot; a SLAM corrects it every second and repeats it in between."""
    journey = Journey(Room.from_seed(11), drive_seed=3)
    messages = [bags.static_camera()]
    T_map_odom, truth = np.eye(4), {}
    for tick in range(301):
        stamp = START_NS + tick * 20_000_000
        world = journey.at(stamp)
        if tick % 50 == 0:
            T_map_odom = world.T_map_base @ inverse(world.T_odom_base)
        tree = [
            ('map', 'odom', T_map_odom),
            ('odom', 'base_link', world.T_odom_base),
            ('base_link', 'camera_link', world.T_base_camera_link),
        ]
        transforms = [bags.transform_stamped(stamp, *edge) for edge in tree]
        messages.append(Message(stamp, '/tf', bags.tf(*transforms)))
        if tick % 7 == 0:
            camera = world.T_base_camera_link @ T_CAMERA_LINK_OPTICAL
            truth[stamp] = T_map_odom @ world.T_odom_base @ camera
            rgb = np.full((24, 32, 3), tick % 256, np.uint8)
            messages.append(Message(stamp, RAW, bags.image(stamp, rgb, 'rgb8')))
    scene = imported(write_bag(tmp_path / 'bag', 'mcap', messages))
    assert [picture.stamp_ns for picture in scene.pictures] == list(truth)
    for picture in scene.pictures:
        assert max(distance(picture.T_map_camera, truth[picture.stamp_ns])) < MAX_ERROR


def test_corrections_dated_into_the_future(tmp_path):
    ahead = replace(DRIVE, ahead_s=0.3)
    write_bag(tmp_path / 'bag', 'mcap', drive_messages(ahead))
    corrected = imported(tmp_path / 'bag', replace(ALL, reach=Reach(200_000_000, 300_000_000)))
    assert_poses(corrected, ahead)
    # Taken by their stamps, each counts 0.3 s later, and the first pictures have none.
    complaints = Complaints()
    late = imported(write_bag(tmp_path / 'late', 'mcap', drive_messages(ahead)), ALL, complaints)
    assert list(complaints.counts().values()) == [3]
    assert sequences(late) == [8, 5, 3]


def test_small_corrections_do_not_cut(tmp_path):
    rng = np.random.default_rng(4)
    corrections = tuple(
        (t, bags.turned('z', 0.3 + rng.normal(0, 1e-4), (*rng.normal(0, 1e-3, 2), 0.0)))
        for t in np.arange(0.0, 2.0, 0.05)
    )
    noisy = replace(DRIVE, corrections=corrections)
    scene = imported(write_bag(tmp_path / 'bag', 'mcap', drive_messages(noisy)))
    assert_poses(scene, noisy)
    assert len(sequences(scene)) == 1
    careful = replace(ALL, rules=CuttingRules(1e-6, 1e-6, 0.0, 0.0))
    again = imported(write_bag(tmp_path / 'again', 'mcap', drive_messages(noisy)), careful)
    assert len(sequences(again)) == len(again.pictures)


def test_a_gap_is_cut_and_not_bridged(tmp_path):
    """Odometry is silent from 0.6 to 1.1 s, the mast from 1.5 to 1.58 s."""
    drive = replace(DRIVE, corrections=DRIVE.corrections[:1])
    messages = [
        m for m in tf_messages(drive) if not 600_000_000 < m.log_ns - START_NS < 1_100_000_000
    ]
    messages += [*bags.map_odom_messages(drive), *picture_messages(drive)]
    complaints = Complaints()
    scene = imported(write_bag(tmp_path / 'bag', 'mcap', messages), ALL, complaints)
    what = "picture was taken in a gap of 'odom' -> 'base_link' longer than --max-gap 0.2 s"
    assert complaints.counts() == {what: 5}
    assert '1700000000.760456790 (gap of 0.5' in complaints.sentences()[0]
    assert sequences(scene) == [6, 8]
    for picture in scene.pictures:
        error = distance(picture.T_map_camera, drive.pose_at(picture.stamp_ns))
        assert max(error) < MAX_ERROR
    patient = replace(ALL, reach=Reach(NS))
    bridged = imported(write_bag(tmp_path / 'bridged', 'mcap', messages), patient)
    assert sequences(bridged) == [19]


@pytest.mark.parametrize('kind', ['odometry', 'pose', 'tf', 'inverted tf'])
def test_a_jump_of_the_poses_is_cut_and_not_bridged(tmp_path, kind):
    """A live SLAM publishes the base in the map; at 0.74 s and 1.31 s it corrects itself."""
    before, after, later = (T for _, T in DRIVE.corrections)
    after = bags.turned('z', 0.1, (0.3, 0.0, 0.0)) @ after
    drive = replace(DRIVE, corrections=((0.0, before), (0.74, after), (1.31, later)))
    messages = [m for m in tf_messages(drive) if m.topic != '/tf'] + picture_messages(drive)
    for i in range(101):
        t, stamp = i / 50, START_NS + i * 20_000_000
        T = drive.T_map_odom(t) @ drive.T_odom_base(t)
        link = bags.transform_stamped(
            stamp, 'base_link', 'camera_link', drive.T_base_camera_link(t)
        )
        topic, content = {
            'odometry': ('/slam', bags.odometry(stamp, 'map', 'base_link', T)),
            'pose': ('/slam', bags.pose_stamped(stamp, 'map', T)),
            'tf': ('/tf', bags.tf(bags.transform_stamped(stamp, 'map', 'base_link', T))),
            'inverted tf': (
                '/tf',
                bags.tf(bags.transform_stamped(stamp, 'base_link', 'map', inverse(T))),
            ),
        }[kind]
        messages += [Message(stamp, '/tf', bags.tf(link)), Message(stamp, topic, content)]
    bag = write_bag(tmp_path / 'bag', 'mcap', messages)
    options = replace(ALL, pose_topic='' if 'tf' in kind else '/slam')
    complaints = Complaints()
    scene = imported(bag, options, complaints)
    # One of the pictures was taken in the 20 ms of a jump; the other jump falls between pictures.
    (sentence,) = complaints.sentences()
    assert re.match(r'1 skipped: picture was taken while .* jumped, faster than --max-s', sentence)
    assert '1700000000.860456790 (' in sentence
    assert sequences(scene) == [7, 5, 6]
    # The inverse of a turning pose is not what lies between two inverses, by a tenth of a mm.
    most = 1e-3 if kind == 'inverted tf' else MAX_ERROR
    for picture in scene.pictures:
        error = distance(picture.T_map_camera, drive.pose_at(picture.stamp_ns))
        assert max(error) < most
    anything = SpeedLimit(m_s=np.inf, rad_s=np.inf)
    bag = bag.rename(tmp_path / 'again')
    bridged = imported(bag, replace(options, reach=Reach(200_000_000, limit=anything)))
    assert sequences(bridged) == [19]


def test_a_turning_robot_is_no_jump_even_where_tf_is_inverted():
    """A robot 30 m from the origin turns at 1 rad/s: seen from it, the origin goes at 30 m/s."""
    stamps_ns = np.arange(11) * 20_000_000
    T_map_base = np.stack([bags.turned('z', 0.02 * i, (30.0, 0.0, 0.0)) for i in range(11)])
    track = Track("'base_link' -> 'map'", stamps_ns, inverse(T_map_base))
    assert Reach(NS).interpolated(track, against=True).gaps_before(NS) == 0
    assert Reach(NS).interpolated(track).gaps_before(NS) == 10


def test_following_the_advice_on_the_clocks_mends_the_scene(tmp_path):
    """The pictures' stamps are 30 ms late, so that they fit the poses of 30 ms before."""
    drive = replace(DRIVE, corrections=DRIVE.corrections[:1])
    late_ns = 30_000_000
    messages = tf_messages(drive)
    for stamp, rgb in zip(drive.picture_stamps(), sample_pictures(drive), strict=True):
        messages.append(Message(stamp + late_ns, RAW, bags.image(stamp + late_ns, rgb, 'rgb8')))
    bag = write_bag(tmp_path / 'bag', 'mcap', messages)
    late = imported(bag)
    assert [p.stamp_ns - late_ns for p in late.pictures] == drive.picture_stamps()
    for picture in late.pictures:
        error = distance(picture.T_map_camera, drive.pose_at(picture.stamp_ns - late_ns))
        assert max(error) > 0.01
    advised = _advised_shift(late, -0.03)
    assert advised == '--shift-pictures -0.030'
    target = tmp_path / 'mended'
    arguments = ['import', 'bag', str(bag), str(target), '--min-motion', '0', *advised.split()]
    result = CliRunner().invoke(app, [*arguments, '--validation-share', '0'])
    assert result.exit_code == 0, result.output
    assert_poses(read_scene(target), drive)
    # What is found later still is added to the shift that the scene has.
    assert _advised_shift(read_scene(target), 0.012 + 0.03) == '--shift-pictures 0.012'


def _advised_shift(scene: Scene, offset: float) -> str:
    """The option that `posenet scene check` names when it finds an offset."""
    result = OffsetResult(offset, offset - 0.002, offset + 0.002, 50, ())
    (finding,) = offset_findings(View(scene), result)
    assert finding.level is Level.warning
    return finding.sentence.split('`')[1]


def test_standing_still_is_thinned(tmp_path):
    class Pausing(SampleDrive):
        """Stands still from 0.5 to 1.5 s; the corrections go on."""

        def T_odom_camera(self, t: float) -> np.ndarray:
            return super().T_odom_camera(_paused(t))

        def T_odom_base(self, t: float) -> np.ndarray:
            return super().T_odom_base(_paused(t))

        def T_base_camera_link(self, t: float) -> np.ndarray:
            return super().T_base_camera_link(_paused(t))

    bag = write_bag(tmp_path / 'bag', 'mcap', drive_messages(Pausing()))
    scene = imported(bag, BagOptions())
    assert scene.source['thinned'] == 9
    assert len(scene.pictures) == 10
    # Two corrections while it stood are one cut.
    assert sequences(scene) == [6, 4]


def _paused(t: float) -> float:
    return min(t, max(0.5, t - 1.0))


@pytest.mark.parametrize('kind', ['odometry', 'pose', 'pose_with_covariance'])
def test_poses_of_a_topic(tmp_path, kind):
    """The base's poses, in the map, and TF from there to the camera on its moving mast."""
    drive = replace(DRIVE, corrections=DRIVE.corrections[:1])
    make = {
        'odometry': lambda stamp, T: bags.odometry(stamp, 'map', 'base_link', T),
        'pose': lambda stamp, T: bags.pose_stamped(stamp, 'map', T),
        'pose_with_covariance': lambda s, T: bags.pose_with_covariance_stamped(s, 'map', T),
    }[kind]
    messages = [m for m in tf_messages(drive) if m.topic != '/tf'] + picture_messages(drive)
    for i in range(101):
        t, stamp = i / 50, START_NS + i * 20_000_000
        link = bags.transform_stamped(
            stamp, 'base_link', 'camera_link', drive.T_base_camera_link(t)
        )
        T_map_base = drive.T_map_odom(t) @ drive.T_odom_base(t)
        messages.append(Message(stamp, '/tf', bags.tf(link)))
        messages.append(Message(stamp, '/truth', make(stamp, T_map_base)))
    bag = write_bag(tmp_path / 'bag', 'mcap', messages)
    scene = imported(bag, replace(ALL, pose_topic='/truth'))
    assert_poses(scene, drive)
    assert scene.source['poses'] == 'topic /truth of base_link'


@pytest.mark.parametrize('frame', ['base_link', OPTICAL])
def test_poses_of_a_trajectory(tmp_path, frame):
    """An optimised trajectory wins over TF; of the camera itself it needs no TF."""
    drive = replace(DRIVE, corrections=((0.0, bags.turned('z', -0.2, (5.0, 1.0, 0.0))),))
    live = tf_messages(DRIVE) if frame == 'base_link' else []
    lines = ['# stamp x y z qx qy qz qw']
    # Dense: interpolating the camera's path is not exact as that of the tree's edges is.
    for i in range(401):
        t, stamp = i / 200, START_NS + i * 5_000_000
        T_map_base = drive.T_map_odom(t) @ drive.T_odom_base(t)
        T = T_map_base if frame == 'base_link' else drive.T_map_camera(t)
        lines.append(bags.tum_line(stamp, T))
    (tmp_path / 'optimised.tum').write_text('\n'.join(lines))
    bag = write_bag(tmp_path / 'bag', 'mcap', [*live, *picture_messages(DRIVE)])
    options = replace(ALL, trajectory=tmp_path / 'optimised.tum', trajectory_frame=frame)
    scene = imported(bag, options)
    assert_poses(scene, drive)
    assert scene.source['poses'] == f'trajectory {tmp_path / "optimised.tum"} of {frame}'


def encoded_bag(path: Path, make_image) -> Path:
    messages = tf_messages(SHORT)
    for stamp, rgb in zip(SHORT.picture_stamps(), sample_pictures(SHORT), strict=True):
        messages.append(Message(stamp, '/camera/image', make_image(stamp, rgb)))
    return write_bag(path, 'mcap', messages)


@pytest.mark.parametrize(
    ('kind', 'text', 'suffix'),
    [
        ('JPEG', 'bgr8; jpeg compressed bgr8', '.jpg'),
        ('PNG', 'png', '.png'),
        ('JPEG', 'png', '.jpg'),
    ],
)
def test_compressed_pictures_keep_their_bytes(tmp_path, kind, text, suffix):
    bag = encoded_bag(
        tmp_path / 'bag',
        lambda stamp, rgb: bags.compressed_image(stamp, bags.encoded(rgb, kind), text),
    )
    scene = imported(bag)
    assert_poses(scene, SHORT)
    for picture, rgb in zip(scene.pictures, sample_pictures(SHORT), strict=True):
        assert scene.path(picture).suffix == suffix
        assert scene.path(picture).read_bytes() == bags.encoded(rgb, kind)


def test_raw_pictures_of_other_encodings(tmp_path):
    """Padded rows, swapped channels, grey and 16 bits a channel, as the robot reads them."""
    rgb = sample_pictures(SHORT)
    sixteen = [(picture.astype(np.uint16) << 8) + 77 for picture in rgb]
    pictures = {
        'bgr8': ([p[..., ::-1] for p in rgb], rgb),
        'rgba8': ([np.dstack([p, p[..., 0]]) for p in rgb], rgb),
        'mono8': ([p[..., 0] for p in rgb], [p[..., [0, 0, 0]] for p in rgb]),
        'rgb16': (sixteen, rgb),
    }
    for encoding, (stored, expected) in pictures.items():
        waiting = iter(stored)
        bag = encoded_bag(
            tmp_path / encoding,
            lambda stamp, _, e=encoding, w=waiting: bags.image(stamp, next(w), e, padding=5),
        )
        scene = imported(bag)
        for picture, wanted in zip(scene.pictures, expected, strict=True):
            np.testing.assert_array_equal(read_rgb(scene.path(picture)), wanted)


def test_bayer_pictures_are_converted(tmp_path):
    colour = np.array([200, 100, 40], np.uint8)
    mosaic = np.zeros((24, 32), np.uint8)
    mosaic[0::2, 0::2], mosaic[1::2, 1::2] = colour[0], colour[2]
    mosaic[0::2, 1::2] = mosaic[1::2, 0::2] = colour[1]
    bag = encoded_bag(
        tmp_path / 'bag',
        lambda stamp, _: bags.image(stamp, mosaic, 'bayer_rggb8', padding=3),
    )
    scene = imported(bag)
    inner = read_rgb(scene.path(scene.pictures[0]))[4:-4, 4:-4]
    np.testing.assert_array_equal(inner, np.broadcast_to(colour, inner.shape))


def test_camera_info_is_cut_out_binned_and_rectified(tmp_path):
    camera = replace(TINY, width=72, height=56)

    def bag(name: str) -> Path:
        messages = [m for m in drive_messages(SHORT) if m.topic != INFO]
        info = bags.camera_info(START_NS, camera, binning=2, offset=8)
        return write_bag(tmp_path / name, 'mcap', [*messages, Message(START_NS, INFO, info)])

    fx, fy, cx, cy = camera.fx, camera.fy, camera.cx, camera.cy
    binned = replace(TINY, fx=fx / 2, fy=fy / 2, cx=(cx - 8) / 2, cy=(cy - 8) / 2)
    assert imported(bag('raw')).cameras == {'camera': binned}
    rectified = imported(bag('rectified'), replace(ALL, rectified=True)).cameras['camera']
    assert rectified.fx == pytest.approx(0.9 * fx / 2)
    assert rectified.distortion == ()


def test_camera_info_is_looked_for_beside_the_pictures():
    known = [Topic('/a/camera_info', CAMERA_INFO, 1), Topic('/b/camera_info', CAMERA_INFO, 1)]
    assert camera_info_topic(known, '/a/image_raw', '') == '/a/camera_info'
    assert camera_info_topic(known, '/b/image_rect/compressed', '') == '/b/camera_info'
    assert camera_info_topic(known, '/c/image_raw', '') == ''
    assert camera_info_topic(known, '/c/image_raw', '/a/camera_info') == '/a/camera_info'


def test_a_camera_without_calibration_is_unknown(tmp_path):
    messages = [m for m in drive_messages(SHORT) if m.topic != INFO]
    info = bags.camera_info(START_NS, replace(TINY, fx=0.0, fy=0.0))
    bag = write_bag(tmp_path / 'bag', 'mcap', [*messages, Message(START_NS, INFO, info)])
    assert imported(bag).cameras == {}
    assert imported(write_bag(tmp_path / 'none', 'mcap', messages)).cameras == {}


def test_pictures_out_of_order_or_broken_are_complaints(tmp_path):
    messages = [m for m in drive_messages(DRIVE) if m.topic != RAW]
    stamps, pictures = DRIVE.picture_stamps(), sample_pictures(DRIVE)
    stamps[4], stamps[6] = stamps[3], stamps[2]
    for index, (stamp, rgb) in enumerate(zip(stamps, pictures, strict=True)):
        content = bags.image(stamp, rgb, '32FC1' if index == 9 else 'rgb8')
        if index == 10:
            content = replace(content, data=content.data[:-7])
        messages.append(Message(START_NS + index * 100_000_000, RAW, content))
    late = bags.image(START_NS + 60 * NS, pictures[0], 'rgb8')
    messages.append(Message(START_NS + 3 * NS, RAW, late))
    bag = write_bag(tmp_path / 'bag', 'mcap', messages)
    complaints = Complaints()
    scene = imported(bag, ALL, complaints)
    assert len(scene.pictures) == len(stamps) - 4
    order, broken, outside = complaints.sentences()
    assert order.startswith('2 skipped: stamp of a picture does not come after the one before')
    assert broken.startswith('2 skipped: picture cannot be decoded')
    assert "'32FC1' is unknown" in broken
    assert outside.startswith("1 skipped: picture was taken outside of the time of 'odom'")
    with pytest.raises(SceneError, match='does not come after the one before'):
        imported(write_bag(tmp_path / 'again', 'mcap', messages))
    assert not (tmp_path / 'again-scene').exists()


def test_transforms_that_are_no_rotation_are_complaints(tmp_path):
    messages = drive_messages(DRIVE)
    bad = [m for m in messages if m.topic == '/tf' and len(m.content.transforms) == 2][20:22]
    bad[0].content.transforms[0].transform.rotation.w = float('nan')
    bad[1].content.transforms[0].transform.rotation.w += 0.5
    complaints = Complaints()
    scene = imported(write_bag(tmp_path / 'bag', 'mcap', messages), ALL, complaints)
    assert list(complaints.counts().values()) == [2]
    assert "pose of 'odom' -> 'base_link' is not finite or" in complaints.sentences()[0]
    assert_poses(scene)


def refused(bag: Path, options: BagOptions, sentence: str) -> None:
    with pytest.raises(SceneError, match=sentence):
        imported(bag, options, Complaints())
    assert not bag.with_name(f'{bag.name}-scene').exists()


def test_topics_that_are_not_there(tmp_path):
    messages = drive_messages(DRIVE)
    jpeg = bags.encoded(sample_pictures(DRIVE)[0], 'JPEG')
    stamp = DRIVE.picture_stamps()[0]
    both = [*messages, Message(stamp, COMPRESSED, bags.compressed_image(stamp, jpeg, 'jpeg'))]
    bag = write_bag(tmp_path / 'both', 'mcap', both)
    known = (
        rf"'{RAW}' \(sensor_msgs/msg/Image\), '{COMPRESSED}' \(sensor_msgs/msg/CompressedImage\)"
    )
    refused(bag, ALL, f'several image topics, {known}: choose one with --image-topic')
    wrong = replace(ALL, image_topic='/wrong')
    refused(bag, wrong, f"no topic '/wrong'; its image topics are {known}")
    info = replace(ALL, image_topic=INFO)
    refused(bag, info, 'of type sensor_msgs/msg/CameraInfo, which are not read here')
    options = replace(ALL, image_topic=RAW)
    for_info = replace(options, camera_info_topic=RAW)
    refused(bag, for_info, f"the camera_info topics of the bag are '{INFO}'")
    for_pose = replace(options, pose_topic='/amcl_pose')
    refused(bag, for_pose, "no topic '/amcl_pose'; its pose topics are none")
    in_namespace = replace(options, tf_namespace='robot1')
    refused(bag, in_namespace, r"no '/robot1/tf' but '/tf' \(tf2_msgs/msg/TFMessage\)")
    twice = replace(options, pose_topic='/a', trajectory=tmp_path / 'b')
    refused(bag, twice, '--trajectory and --pose-topic both say')
    blind = write_bag(tmp_path / 'blind', 'mcap', tf_messages(DRIVE))
    refused(blind, ALL, r"the bag has no pictures: .* topics are '/tf' \(tf2_msgs")


def test_tf_that_does_not_connect(tmp_path):
    bag = write_bag(tmp_path / 'bag', 'mcap', drive_messages(DRIVE))
    trees = r"trees in the bag are 'map' \(odom, base_link, camera_link, camera_optical_frame\)"
    elsewhere = replace(ALL, map_frame='world')
    refused(bag, elsewhere, f"connects 'world' with .*; 'world' is in no transform; the {trees}")
    unknown = replace(ALL, camera_frame='webcam')
    refused(
        bag, unknown, f"connects 'map' with 'webcam'; 'webcam' is in no transform; the {trees}"
    )
    apart = [m for m in drive_messages(DRIVE) if m.topic != '/tf_static']
    refused(
        write_bag(tmp_path / 'apart', 'mcap', apart),
        ALL,
        f"connects 'map' with '{OPTICAL}'; '{OPTICAL}' is in no transform",
    )
    refused(
        write_bag(tmp_path / 'none', 'mcap', picture_messages(DRIVE)),
        ALL,
        'the bag has no transforms and no poses were named: .* pose topics are none',
    )


def test_poses_that_do_not_fit(tmp_path):
    messages = drive_messages(DRIVE)
    for i in range(5):
        stamp = START_NS + i * 400_000_000
        odometry = bags.odometry(stamp, 'odom', 'base_link', DRIVE.T_odom_base(i * 0.4))
        messages.append(Message(stamp, '/odom', odometry))
    bag = write_bag(tmp_path / 'bag', 'mcap', messages)
    in_map = replace(ALL, pose_topic='/odom')
    refused(bag, in_map, "poses on '/odom' are in frame 'odom', not in 'map'")
    slow = replace(in_map, map_frame='odom')
    refused(
        bag,
        slow,
        "'bag' gave no usable picture. .* in a gap of the poses on '/odom' longer than --max-gap",
    )
    early = tmp_path / 'early.tum'
    early.write_text('12.0 0 0 0 0 0 0 1\n13.0 0 0 0 0 0 0 1\n')
    other_clock = replace(ALL, trajectory=early)
    refused(bag, other_clock, r'gave no usable picture\. 19 skipped: .* \(12\.0+ to 13\.0+\)')
    nowhere = replace(ALL, trajectory=early, trajectory_frame='imu')
    refused(bag, nowhere, f"TF never connects 'imu' with '{OPTICAL}'; 'imu' is in no transform")


@pytest.mark.parametrize('storage', ['mcap', 'sqlite3'])
@pytest.mark.parametrize('share', [0.97, 0.5, 0.0])
def test_truncated_bags(tmp_path, storage, share):
    bag = write_bag(tmp_path / 'bag', storage, drive_messages(DRIVE))
    (file,) = (f for f in bag.iterdir() if f.name != 'metadata.yaml')
    file.write_bytes(file.read_bytes()[: int(share * file.stat().st_size)])
    refused(bag, ALL, r"bag '.*' is no bag, truncated or damaged \(.+\): `mcap recover` or")


def test_a_message_that_is_cut_short_is_a_complaint(tmp_path):
    bag = write_bag(tmp_path / 'bag', 'sqlite3', drive_messages(DRIVE))
    with closing(sqlite3.connect(bag / 'bag.db3')) as database, database:
        picture = "topic_id = (SELECT id FROM topics WHERE name = '/camera/image_raw')"
        database.execute(
            'UPDATE messages SET data = substr(data, 1, 30) '
            f'WHERE id = (SELECT max(id) FROM messages WHERE {picture})'
        )
    complaints = Complaints()
    scene = imported(bag, ALL, complaints)
    assert len(scene.pictures) == len(DRIVE.picture_stamps()) - 1
    assert complaints.counts() == {'message cannot be read': 1}


def test_a_bag_that_ends_among_its_pictures(tmp_path):
    """Damage that only the second pass meets leaves nothing behind."""
    bag = write_bag(tmp_path / 'bag', 'sqlite3', drive_messages(DRIVE))
    drive = read_bag(bag, ALL, Complaints())
    (file,) = bag.glob('*.db3')
    content = file.read_bytes()
    file.write_bytes(content[:8192] + b'\xaa' * (len(content) - 8192))
    with pytest.raises(SceneError, match='truncated or damaged'):
        write_scene(drive, tmp_path / 'scene', _split, Keeping.copies(), Complaints())
    assert not list(tmp_path.glob('*scene*'))


def test_what_is_no_bag(tmp_path):
    refused(tmp_path / 'nothing', ALL, "bag '.*nothing' is not there")
    (tmp_path / 'old.bag').write_bytes(b'#ROSBAG V2.0\n')
    refused(tmp_path / 'old.bag', ALL, 'is a bag of ROS 1: convert it first')
    (tmp_path / 'text.mcap').write_text('no bag')
    refused(tmp_path / 'text.mcap', ALL, 'is no bag, truncated or damaged')
    (tmp_path / 'folder').mkdir()
    refused(tmp_path / 'folder', ALL, r'no metadata\.yaml: .*`ros2 bag reindex')


def test_the_command(tmp_path):
    write_bag(tmp_path / 'drive', 'mcap', drive_messages(DRIVE))
    arguments = ['import', 'bag', str(tmp_path / 'drive'), str(tmp_path / 'scene'), '--json']
    arguments += ['--min-motion', '0.05', '--min-turn', '90', '--validation-share', '0']
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 0, result.output
    report = json.loads(result.output)
    assert (report['pictures'], report['sequences'], report['skipped']) == (10, 3, {})
    scene = read_scene(tmp_path / 'scene')
    assert scene.name == 'drive'
    assert scene.source['thinned'] == 9
    with Image.open(io.BytesIO(scene.path(scene.pictures[0]).read_bytes())) as picture:
        assert picture.format == 'PNG'
