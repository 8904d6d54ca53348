# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""`posenet scene check` as its users meet it: findings, exit codes, JSON and the page."""

import hashlib
import json
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from check_samples import CAMERA, SHARED, real_piece, with_poses
from check_samples import scene_of as scene_of_camera
from PIL import Image
from typer.testing import CliRunner

from posenet_ros.scene import MapReference, Scene
from posenet_training.check.coverage import look_from_above
from posenet_training.check.findings import Finding, Level, verdict
from posenet_training.check.leaks import leak_findings, look_for_leaks
from posenet_training.check.motion import look_at_motion, motion_findings, unbroken
from posenet_training.check.occupancy import put_on_map, to_pixels
from posenet_training.check.quality import measure, quality_findings
from posenet_training.check.view import View
from posenet_training.cli import app
from posenet_training.scenes.splitting import BlockSplit

COUNT = 60
NO_GUARD = BlockSplit(blocks=2, guard_s=0.0)


def along_x(step: float = 0.03) -> np.ndarray:
    """A robot's camera, 1 m above the floor, that drives ahead along x by `step` a picture."""
    T = np.tile(np.eye(4), (COUNT, 1, 1))
    T[:, :3, :3] = [[0, 0, 1], [-1, 0, 0], [0, -1, 0]]
    T[:, :3, 3] = [(step * i, 0.5, 1.0) for i in range(COUNT)]
    return T


def noise() -> list[np.ndarray]:
    rng = np.random.default_rng(0)
    return list(rng.integers(0, 255, (COUNT, 120, 160, 3), dtype=np.uint8))


SMALL = replace(CAMERA, width=160, height=120, fx=105.0, fy=105.0, cx=80.0, cy=60.0)


def scene_of(*values, **options):
    return scene_of_camera(*values, camera=SMALL, **options)


def by_check(findings: list[Finding]) -> dict[str, Finding]:
    return {finding.check: finding for finding in findings}


def looked_at(view: View) -> dict[str, Finding]:
    return by_check(quality_findings(view, measure(view, lambda numbers: numbers)))


def test_the_worst_finding_is_the_verdict():
    levels = [Level.ok, Level.refused, Level.warning]
    assert verdict([Finding('x', level, '') for level in levels]) is Level.refused
    assert verdict([]) is Level.ok


def test_good_pictures_give_no_warning(tmp_path):
    found = looked_at(View(scene_of(tmp_path / 's', noise(), along_x())))
    assert {finding.level for finding in found.values()} == {Level.ok}


def test_blurred_dark_and_bright_pictures_are_counted(tmp_path):
    pictures = noise()
    for number in (10, 11, 30, 31):
        small = Image.fromarray(pictures[number]).resize((10, 8))
        pictures[number] = np.asarray(small.resize((160, 120), Image.Resampling.BICUBIC))
    pictures[20:25] = [picture // 20 for picture in pictures[20:25]]
    pictures[40:45] = [245 + picture // 26 for picture in pictures[40:45]]
    found = looked_at(View(scene_of(tmp_path / 's', pictures, along_x())))
    assert found['dark'].level is found['overexposed'].level is Level.warning
    assert '5 of 60 pictures are nearly black, the first is pictures/00020' in (
        found['dark'].sentence
    )
    assert 'pictures/00010' in found['blurred'].sentence


def test_a_frozen_camera_is_told_from_one_that_stutters(tmp_path):
    pictures = noise()
    pictures[5] = pictures[4]
    found = looked_at(View(scene_of(tmp_path / 'stutters', pictures, along_x(0.015))))
    assert found['frozen'].level is found['duplicates'].level is Level.ok
    assert '1 pictures twice in a row' in found['duplicates'].sentence
    pictures[20:30] = [pictures[20]] * 10
    found = looked_at(View(scene_of(tmp_path / 'frozen', pictures, along_x())))
    assert found['frozen'].level is Level.warning
    assert 'the camera hung' in found['frozen'].sentence


def test_pictures_that_return_bit_by_bit_are_a_warning(tmp_path):
    pictures = noise()
    pictures[50] = pictures[3]
    found = looked_at(View(scene_of(tmp_path / 's', pictures, along_x())))
    assert found['duplicates'].level is Level.warning
    assert 'pictures/00050' in found['duplicates'].sentence


def test_a_jump_of_the_pose_is_found_and_named(tmp_path):
    poses = along_x()
    poses[40:, 1, 3] += 0.4
    view = View(scene_of(tmp_path / 's', noise(), poses))
    found = by_check(motion_findings(view, look_at_motion(view)))
    assert found['jumps'].level is Level.warning
    assert 'pictures/00040.png (0.40 m' in found['jumps'].sentence


def counted(scene: Scene) -> View:
    return View(replace(scene, source={'stamps': 'counted, 15 pictures a second'}))


def test_jumps_of_counted_pictures_are_told_in_usual_steps(tmp_path):
    poses = along_x()
    poses[20:, 1, 3] += 0.3
    poses[40:, 0, 3] += 0.6
    view = counted(scene_of(tmp_path / 's', noise(), poses))
    found = by_check(motion_findings(view, look_at_motion(view)))
    assert found['jumps'].level is Level.warning
    for part in (
        '2 jumps of the pose, before pictures/00020.png (0.30 m and 0.0 degrees, 10 times the',
        'and pictures/00040.png (0.63 m and 0.0 degrees, 21 times the usual step)',
        'pictures are missing there or the poses leap',
    ):
        assert part in found['jumps'].sentence


def test_many_jumps_are_named_in_part(tmp_path):
    poses = along_x()
    for number in (10, 20, 30, 40, 50):
        poses[number:, 1, 3] += 0.4
    view = View(scene_of(tmp_path / 's', noise(), poses))
    sentence = by_check(motion_findings(view, look_at_motion(view)))['jumps'].sentence
    assert sentence.startswith('5 jumps of the pose, before pictures/00010.png (0.40 m')
    assert 'and 2 more: cut the sequence there' in sentence


def test_a_drive_that_changes_its_pace_does_not_jump(tmp_path):
    poses = along_x()
    way = np.cumsum(np.where(np.arange(COUNT) % 30 < 15, 0.01, 0.09))
    poses[:, 0, 3] = way
    scene = scene_of(tmp_path / 's', noise(), poses)
    for view in (View(scene), counted(scene)):
        assert not look_at_motion(view).jumps.any()


def test_poses_are_not_interpolated_across_jumps(tmp_path):
    poses = along_x()
    poses[40:, 1, 3] += 0.4
    view = View(scene_of(tmp_path / 's', noise(), poses))
    pieces = unbroken(view, look_at_motion(view), 0.4)
    assert [len(piece) for piece in pieces] == [40, 20]


def test_the_cuts_of_the_office_are_a_warning(tmp_path):
    view = View(real_piece(tmp_path / 's', 'office', slice(None)))
    finding = by_check(motion_findings(view, look_at_motion(view)))['jumps']
    assert finding.level is Level.warning
    assert finding.sentence.startswith('2 jumps of the pose, before ')


def test_a_gap_in_time_is_no_jump(tmp_path):
    view = View(scene_of(tmp_path / 's', noise(), along_x()))
    late = tuple(
        replace(p, stamp_ns=p.stamp_ns + (2_000_000_000 if number >= 30 else 0))
        for number, p in enumerate(view.pictures)
    )
    gapped = View(replace(view.scene, pictures=late))
    found = by_check(motion_findings(gapped, look_at_motion(gapped)))
    assert 'longest of 2.1 s before pictures/00030' in found['gaps'].sentence
    assert found['jumps'].level is Level.ok


def test_a_scene_without_training_pictures_is_refused(tmp_path):
    view = View(scene_of(tmp_path / 's', noise(), along_x()))
    judged = tuple(replace(picture, split='test') for picture in view.pictures)
    none = View(replace(view.scene, pictures=judged))
    found = by_check(motion_findings(none, look_at_motion(none)))
    assert found['frames'].level is Level.refused


def test_blocks_that_touch_training_leak_and_guarded_ones_do_not(tmp_path):
    touching = View(scene_of(tmp_path / 'a', noise(), along_x(), rule=NO_GUARD))
    (finding,) = leak_findings(touching, look_for_leaks(touching))
    assert finding.level is Level.warning
    assert '--guard' in finding.sentence
    guarded = View(scene_of(tmp_path / 'b', noise(), along_x(), rule=BlockSplit(blocks=1)))
    (finding,) = leak_findings(guarded, look_for_leaks(guarded))
    assert finding.level is Level.ok


def test_the_nearest_training_picture_counts_metres_and_degrees(tmp_path):
    view = View(scene_of(tmp_path / 's', noise(), along_x(), rule=NO_GUARD))
    leaks = look_for_leaks(view)
    for number, nearest, metres in zip(leaks.pictures, leaks.nearest, leaks.metres, strict=True):
        training = [i for i, p in enumerate(view.pictures) if p.split == 'train']
        assert abs(number - nearest) == min(abs(number - i) for i in training)
        assert metres == pytest.approx(0.03 * abs(number - nearest))
    assert np.all(leaks.degrees < 1e-5)


def test_up_is_found_by_how_the_camera_was_held(tmp_path):
    view = View(scene_of(tmp_path / 's', noise(), along_x()))
    coverage = look_from_above(view)
    assert (coverage.up, coverage.axes) == ('+z', 'xy')
    assert coverage.length == pytest.approx(0.03 * (COUNT - 1))
    np.testing.assert_allclose(coverage.looking[0], (1.0, 0.0), atol=1e-9)
    camera_axes = np.tile(np.eye(4), (COUNT, 1, 1))
    optical = View(with_poses(view.scene, camera_axes))
    assert look_from_above(optical).up == '-y'


def the_map(folder: Path, origin: tuple[float, float, float], wall: bool) -> MapReference:
    """A map of 4 x 2 m; its upper half, y > 1, is a wall, or its lower half."""
    cells = np.full((40, 80), 254, np.uint8)
    cells[20:] = 0 if wall else 254
    file = folder / 'map.pgm'
    Image.fromarray(cells).save(file)
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    return MapReference(str(file), digest, 0.05, origin)


def test_cells_of_a_turned_map():
    reference = MapReference('', '', 0.5, (1.0, 2.0, np.pi / 2))
    # The map's columns run along y, its rows along -x; the lower left cell is the last row.
    points = np.array([[0.75, 2.25], [0.75, 3.25], [-0.25, 2.25]])
    expected = [[0, 3], [2, 3], [0, 1]]
    np.testing.assert_allclose(to_pixels(reference, 4, points), expected, atol=1e-9)


def test_a_path_on_free_cells_is_well(tmp_path):
    reference = the_map(tmp_path, (-1.0, -0.5, 0.0), wall=False)
    view = View(scene_of(tmp_path / 's', noise(), along_x(), reference=reference))
    path, (finding,) = put_on_map(view, reference)
    assert path is not None
    assert finding.level is Level.ok


@pytest.mark.parametrize(
    ('origin', 'wall', 'sentence'),
    [((-1.0, 0.0, 0.0), True, '60 in occupied'), ((1.0, 0.0, 0.0), False, '34 of 60')],
)
def test_a_path_in_walls_or_beside_the_map_is_a_warning(tmp_path, origin, wall, sentence):
    reference = the_map(tmp_path, origin, wall)
    view = View(scene_of(tmp_path / 's', noise(), along_x(), reference=reference))
    _, (finding,) = put_on_map(view, reference)
    assert finding.level is Level.warning
    assert sentence in finding.sentence


def test_another_map_than_at_the_import_is_refused(tmp_path):
    reference = the_map(tmp_path, (0.0, 0.0, 0.0), wall=False)
    view = View(scene_of(tmp_path / 's', noise(), along_x(), reference=reference))
    Path(reference.image).write_bytes(b'P5 1 1 255 \0')
    path, (finding,) = put_on_map(view, reference)
    assert path is None
    assert finding.level is Level.refused
    Path(reference.image).unlink()
    _, (finding,) = put_on_map(view, reference)
    assert finding.level is Level.warning


def test_a_folder_that_is_no_scene_is_one_sentence(tmp_path):
    result = CliRunner().invoke(app, ['scene', 'check', str(tmp_path)])
    assert result.exit_code != 0
    assert 'is no scene' in str(result.exception)


def test_a_real_scene_passes_with_a_page_and_refuses_when_its_poses_are_inverted(tmp_path):
    real_piece(tmp_path / 'good', 'office', slice(0, 60))
    page = tmp_path / 'page.html'
    arguments = ['scene', 'check', str(tmp_path / 'good'), '--json', '--html', str(page)]
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 0, result.output
    values = json.loads(result.stdout)
    assert values['cameras']['camera']['convention']['answer'] == 'confirmed'
    assert [f['check'] for f in values['findings'] if f['level'] != 'ok'] == []
    text = page.read_text()
    assert len(re.findall('src="data:image/png;base64,', text)) >= 9
    assert 'http' not in re.sub('base64,[^"]*', '', text)

    folder = tmp_path / 'matrices'
    (folder / 'images').mkdir(parents=True)
    for picture in sorted((SHARED / 'office' / 'images').iterdir())[:60]:
        (folder / 'images' / picture.name).symlink_to(picture)
    rows = np.loadtxt(SHARED / 'office' / 'poses.txt').reshape(-1, 4, 4)[:60]
    np.savetxt(folder / 'poses.txt', np.linalg.inv(rows).reshape(-1, 16))
    (folder / 'K.txt').write_text((SHARED / 'office' / 'K.txt').read_text())
    bad = str(tmp_path / 'bad')
    arguments = ['scene', 'import', 'matrix', str(folder), bad, '--validation-blocks', '1']
    assert CliRunner().invoke(app, arguments).exit_code == 0
    result = CliRunner().invoke(app, ['scene', 'check', bad])
    assert result.exit_code == 1
    assert '--convention w2c --axes opencv' in ' '.join(result.output.split())
