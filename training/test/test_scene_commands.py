# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""`posenet scene` from the command line: options, JSON, sentences and exit codes."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from archive_samples import (
    cambridge_list,
    matrix_folder,
    opengl,
    path_poses,
    pseudo_truth,
    save_picture,
    seven_scenes,
    transforms,
    tum_list,
    tum_trajectory,
)
from typer.testing import CliRunner, Result

from posenet_ros.scene import SceneError, read_scene
from posenet_training.commands.scene import app

ROOT = Path(__file__).resolve().parents[2]
FORMATS = ('7scenes', 'matrix', 'cambridge', 'tum', 'nerf')
# For scenes of too few pictures to hold some out.
ALL_TRAIN = ('--validation-share', '0')


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def run_import(*arguments: str | Path) -> dict:
    """Import with --json; the printed document."""
    result = run('import', *arguments, '--json')
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def refused(sentence: str, *arguments: str | Path) -> None:
    """The command ends with this SceneError and a code that is not 0."""
    result = run('import', *arguments)
    assert result.exit_code != 0
    assert isinstance(result.exception, SceneError), result.output
    assert sentence in str(result.exception)


def test_help_names_all_formats_and_options(monkeypatch):
    monkeypatch.setenv('COLUMNS', '200')
    text = run('import', '--help').stdout
    for name in FORMATS:
        assert name in text
    for name in FORMATS:
        result = run('import', name, '--help')
        assert result.exit_code == 0
        for option in ('--strict', '--copy', '--json', '--map', '--validation-sequence'):
            assert option in result.stdout
    assert '--pseudo-truth' in run('import', '7scenes', '--help').stdout


def test_unknown_options_and_formats_are_refused(tmp_path):
    assert run('import', 'nothing', tmp_path, tmp_path / 'scene').exit_code == 2
    assert run('import', 'matrix', tmp_path, tmp_path / 'scene', '--axes', 'x').exit_code == 2
    assert run('import', 'tum', tmp_path, tmp_path / 's', '--focal-length', '-1').exit_code == 2


def test_seven_scenes(tmp_path):
    poses = path_poses(4)
    root = seven_scenes(tmp_path / 'chess', {'seq-01': poses[:2], 'seq-02': poses[2:]})
    names = [f'seq-0{s}/frame-00000{i}.color.png' for s in (1, 2) for i in (0, 1)]
    files = [
        pseudo_truth(tmp_path / 'a.txt', dict(zip(names[:2], poses[:2], strict=True)), 530.0),
        pseudo_truth(tmp_path / 'b.txt', dict(zip(names[2:], poses[2:], strict=True)), 530.0),
    ]
    truth = [word for file in files for word in ('--pseudo-truth', str(file))]
    where = tmp_path / 'scene'
    answer = run_import('7scenes', root, where, *truth, '--validation-sequence', 'seq-02')
    assert answer == {
        'scene': str(where),
        'pictures': 4,
        'sequences': 2,
        'splits': {'train': 2, 'validation': 2, 'test': 0, '': 0},
        'cameras': ['camera'],
        'skipped': {},
    }
    assert read_scene(where).cameras['camera'].fx == pytest.approx(53.0)
    run_import('7scenes', root, tmp_path / 'own', '--focal-length', '55', '--name', 'my room')
    assert read_scene(tmp_path / 'own').cameras['camera'].fx == 55.0
    assert read_scene(tmp_path / 'own').name == 'my room'


def test_matrix(tmp_path):
    poses = path_poses(40)
    source = np.linalg.inv([opengl(T) for T in poses])
    root = matrix_folder(tmp_path / 'a', source)
    arguments = ['--convention', 'w2c', '--axes', 'opengl', '--rate', '5', '--copy']
    blocks = ['--validation-share', '0.2', '--validation-blocks', '2', '--guard', '0.4']
    answer = run_import('matrix', root, tmp_path / 'scene', *arguments, *blocks)
    assert answer['splits'] == {'train': 24, 'validation': 8, 'test': 0, '': 8}
    scene = read_scene(tmp_path / 'scene')
    assert scene.pictures[1].stamp_ns == 200_000_000
    assert not scene.path(scene.pictures[0]).is_symlink()
    found = np.stack([picture.T_map_camera for picture in scene.pictures])
    np.testing.assert_allclose(found, poses, rtol=0, atol=1e-9)


def test_cambridge(tmp_path):
    root = tmp_path / 'Shop'
    for name in ('seq1/frame00001.png', 'seq1/frame00002.png'):
        save_picture(root / name)
    names = ('seq1/frame00001.png', 'seq1/frame00002.png')
    cambridge_list(root / 'dataset_train.txt', dict(zip(names, path_poses(2), strict=True)))
    options = ['--focal-length', '60', '--rate', '4', *ALL_TRAIN]
    answer = run_import('cambridge', root, tmp_path / 'scene', *options)
    assert answer['cameras'] == ['camera']
    assert read_scene(tmp_path / 'scene').pictures[1].stamp_ns == 250_000_000


def test_tum(tmp_path):
    root = tmp_path / 'desk'
    stamps = ['1.0', '1.5']
    for stamp in stamps:
        save_picture(root / 'rgb' / f'{stamp}.png')
    tum_list(root / 'rgb.txt', 'rgb', stamps)
    file = tum_trajectory(tmp_path / 'slam.tum', ['1.0', '1.4', '1.6'], path_poses(3))
    options = ['--trajectory', str(file), '--focal-length', '60', *ALL_TRAIN]
    assert run_import('tum', root, tmp_path / 'one', *options)['pictures'] == 1
    options += ['--max-gap', '0.2']
    assert run_import('tum', root, tmp_path / 'two', *options)['pictures'] == 2


def test_nerf(tmp_path):
    poses = path_poses(2)
    frames = []
    for index, pose in enumerate(poses):
        save_picture(tmp_path / 'a' / f'{index}.png')
        frames.append({'file_path': f'{index}', 'transform_matrix': opengl(pose)})
    file = transforms(tmp_path / 'a' / 'transforms.json', frames, camera_angle_x=1.0)
    options = ['--scale', 'metric', *ALL_TRAIN]
    assert run_import('nerf', file, tmp_path / 'scene', *options)['pictures'] == 2
    assert read_scene(tmp_path / 'scene').scale == 'metric'


def test_people_get_sentences(tmp_path):
    poses = path_poses(40)
    poses[3] = np.nan
    root = matrix_folder(tmp_path / 'a', poses)
    result = run('import', 'matrix', root, tmp_path / 'scene', '--guard', '0.1')
    assert result.exit_code == 0
    text = result.stdout.replace('\n', ' ')
    assert '1 skipped: pose is no rigid transform, the first is 00003' in text
    assert '39 pictures; ' in text
    assert f'`posenet scene check {tmp_path / "scene"}` tells' in text


def test_mistakes_leave_nothing(tmp_path):
    poses = path_poses(5)
    poses[3] = np.nan
    root = matrix_folder(tmp_path / 'a', poses)
    scene = tmp_path / 'scene'
    refused('without --strict it would be skipped', 'matrix', root, scene, '--strict')
    refused("no sequence 'b'", 'matrix', root, scene, '--validation-sequence', 'b')
    refused('is not there: a folder of pictures', 'matrix', tmp_path / 'none', scene)
    refused("map.yaml' is not there", 'matrix', root, scene, '--map', tmp_path / 'map.yaml')
    assert [path.name for path in tmp_path.iterdir()] == ['a']
    run_import('matrix', root, scene, *ALL_TRAIN)
    before = (scene / 'scene.yaml').read_bytes()
    refused('exists: remove it or name another folder', 'matrix', root, scene)
    assert (scene / 'scene.yaml').read_bytes() == before


def test_map_is_described_in_the_scene(tmp_path):
    root = matrix_folder(tmp_path / 'a', path_poses(5))
    (tmp_path / 'floor.pgm').write_bytes(b'P5 1 1 255\n\x00')
    (tmp_path / 'map.yaml').write_text('image: floor.pgm\nresolution: 0.05\norigin: [1, 2, 3]\n')
    run_import('matrix', root, tmp_path / 'scene', '--map', tmp_path / 'map.yaml', *ALL_TRAIN)
    reference = read_scene(tmp_path / 'scene').map
    assert reference.origin == (1.0, 2.0, 3.0)


def test_export_tum(tmp_path):
    root = matrix_folder(tmp_path / 'a', path_poses(3))
    run_import('matrix', root, tmp_path / 'scene', *ALL_TRAIN)
    result = run('export-tum', tmp_path / 'scene', tmp_path / 'out.tum')
    assert result.stdout.replace('\n', '').endswith('out.tum: 3 poses')
    assert len((tmp_path / 'out.tum').read_text().splitlines()) == 3
    assert run('export-tum', tmp_path, tmp_path / 'out.tum').exit_code != 0


def posenet(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    paths = os.pathsep.join([str(ROOT), str(ROOT / 'training')])
    return subprocess.run(
        [sys.executable, '-m', 'posenet_training.cli', *map(str, arguments)],
        env={**os.environ, 'PYTHONPATH': paths},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_a_real_process(tmp_path):
    root = matrix_folder(tmp_path / 'a', path_poses(5))
    done = posenet('scene', 'import', 'matrix', root, tmp_path / 'scene', *ALL_TRAIN, '--json')
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)['pictures'] == 5
    again = posenet('scene', 'import', 'matrix', root, tmp_path / 'scene', '--json')
    assert again.returncode == 1
    assert again.stdout == ''
    assert again.stderr == (
        f"posenet: '{tmp_path / 'scene'}' exists: remove it or name another folder\n"
    )
