# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""`posenet benchmark`: scenes of a data set go through all steps once, and the table is true."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from archive_samples import cambridge_list, path_poses, save_picture, seven_scenes
from command_samples import posenet

from posenet_training.benchmarking.data_sets import DATA_SETS
from posenet_training.benchmarking.table import as_values, not_official, words
from posenet_training.evaluation.published_figures import CAMBRIDGE, SEVEN_SCENES_DSLAM

TINY = (
    'network.trunk=mobilenet_v3_small', 'network.pretrained=false', 'views.axis=kept',
    'epochs=null', 'steps=2', 'batch=2', 'sides=[{until: 1.0, side: 64}]',
)  # fmt: skip
NETWORK, OWN = 'this network', 'nearest, classifier'


def benchmark(monkeypatch, *arguments: object, changes: tuple[str, ...] = TINY) -> object:
    """Exit code of the command, or its sentence."""
    sets = [word for change in changes for word in ('--set', change)]
    return posenet(monkeypatch, 'benchmark', *arguments, *sets, '--workers', '0')


def chess(root: Path) -> Path:
    """A scene in the layout of 7-Scenes: 40 pictures to train on, 4 to test on."""
    poses = {'seq-01': path_poses(40), 'seq-03': path_poses(4, seed=1)}
    archive = seven_scenes(root / 'chess', poses, depth=False)
    (archive / 'TrainSplit.txt').write_text('sequence1\n')
    (archive / 'TestSplit.txt').write_text('sequence3\n')
    return archive


@pytest.mark.slow
def test_scenes_are_taught_once_and_one_that_fails_does_not_stop_the_others(
    tmp_path, monkeypatch, capsys
):
    root, out, table = tmp_path / 'archive', tmp_path / 'out', tmp_path / 'table.json'
    (root / 'heads').mkdir(parents=True)
    archive = chess(root)
    arguments = ('7scenes', root, '--out', out, '--json', table)
    assert benchmark(monkeypatch, *arguments) == 1
    printed = capsys.readouterr().out
    assert 'heads failed: ' in printed
    assert 'has no pictures seq-NN' in printed
    assert 'not the official pictures, so nothing is compared: chess' in printed
    values = json.loads(table.read_text())
    assert list(values['failed']) == ['heads']
    report = json.loads((out / 'chess' / 'report.json').read_text())
    (row,) = values['scenes']
    assert (row['scene'], row['test'], row['official']) == ('chess', 4, False)
    assert row['train'] + report['frames'] < 44
    assert row['figures'][NETWORK]['position_m'] == report['median_position_m']
    assert row['figures'][OWN]['angle_deg'] == report['classifier_nearest']['median_angle_deg']
    assert row['figures']['published: PoseNet'] is None
    assert values['mean'] is None
    found = sorted(path.name for path in (out / 'chess').iterdir())
    assert found == ['model.pt', 'report.json', 'run', 'scene']

    shutil.rmtree(root / 'heads')
    goes_on(monkeypatch, out / 'chess', arguments)
    # Pictures and checkpoint are no longer needed for what is finished.
    shutil.rmtree(archive / 'seq-01')
    (out / 'chess' / 'run' / 'last.ckpt').unlink()
    values['scenes'] = json.loads(table.read_text())['scenes']
    assert benchmark(monkeypatch, *arguments) == 0
    again = json.loads(table.read_text())
    assert again['scenes'] == values['scenes']
    assert again['failed'] == {}

    other = benchmark(monkeypatch, *arguments, '--seed', '2')
    assert 'holds a benchmark with another seed: name another folder' in str(other)


def goes_on(monkeypatch, folder: Path, arguments: tuple[object, ...]) -> None:
    """As if it had been stopped when its steps were done: neither run nor scene is made anew."""
    (folder / 'report.json').unlink()
    (folder / 'model.pt').unlink()
    (folder / 'run').rename(folder / 'unfinished_run')
    imported = (folder / 'scene' / 'poses.csv').stat().st_mtime_ns
    assert benchmark(monkeypatch, *arguments) == 0
    versions = sorted(path.name for path in (folder / 'run' / 'logs').iterdir())
    assert versions == ['version_0']
    assert (folder / 'scene' / 'poses.csv').stat().st_mtime_ns == imported


def test_cambridge_trains_without_intrinsics_and_tests_on_official_pictures_alone(
    tmp_path, monkeypatch, capsys
):
    shop, court = tmp_path / 'ShopFacade', tmp_path / 'GreatCourt'
    for place in (shop, court):
        names = [f'seq1/frame{number:05d}.png' for number in range(20)]
        for number, name in enumerate(names):
            save_picture(place / name, number)
        poses = path_poses(20)
        lists = {'dataset_train.txt': slice(0, 17), 'dataset_test.txt': slice(17, 20)}
        for file, part in lists.items():
            cambridge_list(place / file, dict(zip(names[part], poses[part], strict=True)))
    (court / 'dataset_test.txt').unlink()
    kept = tuple(change for change in TINY if 'axis' not in change)
    code = benchmark(monkeypatch, 'cambridge', tmp_path, '--out', tmp_path / 'out', changes=kept)
    printed = capsys.readouterr().out
    assert code == 1, printed
    assert f"GreatCourt failed: '{court}' names no test pictures" in printed
    assert not (tmp_path / 'out' / 'GreatCourt' / 'run').exists()
    # So few pictures are enough to train, not to say how large errors are.
    assert (tmp_path / 'out' / 'ShopFacade' / 'run' / 'last.ckpt').is_file()
    assert 'ShopFacade failed: 3 calibration frames do not make a covariance' in printed


def test_a_folder_without_the_data_set_is_one_sentence(tmp_path, monkeypatch):
    sentence = str(benchmark(monkeypatch, '7scenes', tmp_path, '--out', tmp_path / 'out'))
    assert 'has none of the folders chess, fire, heads' in sentence
    assert not (tmp_path / 'out').exists()


def report(metres: float, degrees: float, scene: str, column: int | None, methods) -> dict:
    """What the table reads of a report; with the published figures of a column."""
    figures = [
        {
            'method': method.name,
            'source': method.source,
            'position_m': float(method.figures.split()[column].split('/')[0]),
            'angle_deg': float(method.figures.split()[column].split('/')[1]),
        }
        for method in methods
        if column is not None and '-' not in method.figures.split()[column]
    ]
    medians = {'median_position_m': metres, 'median_angle_deg': degrees}
    return {
        **medians,
        'classifier_nearest': {'median_position_m': 2 * metres, 'median_angle_deg': 3 * degrees},
        'frames': 7,
        'train_pictures': 9,
        'published': None if column is None else {'figures': figures},
    }


def test_the_whole_table_has_the_papers_figures_doubled_and_means_over_all_scenes():
    data_set = DATA_SETS['7scenes']
    names = data_set.in_paper
    reports = {
        name: report(0.1 * row, 1.0 * row, name, row, SEVEN_SCENES_DSLAM)
        for row, name in enumerate(names)
    }
    values = as_values(data_set, reports, {})
    by_scene = {row['scene']: row['figures'] for row in values['scenes']}
    assert by_scene['heads']['published: PoseNet'] == {'position_m': 0.29, 'angle_deg': 12.0}
    nearest = by_scene['chess']['published: nearest picture by its feature']
    assert nearest == {'position_m': 0.41, 'angle_deg': 11.2}
    assert values['mean'][NETWORK] == pytest.approx({'position_m': 0.3, 'angle_deg': 3.0})
    assert values['mean'][OWN] == pytest.approx({'position_m': 0.6, 'angle_deg': 9.0})
    # The mean of the paper's seven scenes, 0.44 m and 10.5 degrees.
    published = values['mean']['published: PoseNet']
    assert published['position_m'] == pytest.approx(0.44, abs=0.005)
    assert published['angle_deg'] == pytest.approx(10.5, abs=0.05)
    assert words(values).rows[-1][0] == 'mean'
    assert words(values).rows[0][5] == '0.41 / 11.20'
    assert not_official(values) == []
    assert not any('Sattler' in column or 'ACE' in column for column in values['columns'])

    del reports['stairs']
    without = as_values(data_set, reports, {'stairs': 'no'})
    assert without['mean'] is None
    assert [row[0] for row in words(without).rows] == list(names[:-1])


def test_a_mean_leaves_out_scenes_that_the_paper_has_not_and_columns_with_gaps():
    data_set = DATA_SETS['cambridge']
    reports = {
        name: report(1.0, 2.0, name, row, CAMBRIDGE) for row, name in enumerate(data_set.in_paper)
    }
    reports['GreatCourt'] = report(100.0, 100.0, 'GreatCourt', None, CAMBRIDGE)
    values = as_values(data_set, reports, {})
    assert values['mean'][NETWORK] == {'position_m': 1.0, 'angle_deg': 2.0}
    expected = np.mean([1.92, 3.67, 2.31, 1.46, 2.65])
    assert values['mean']['published: PoseNet']['position_m'] == pytest.approx(expected)
    assert not_official(values) == ['GreatCourt']

    reports['Street'] = report(1.0, 2.0, 'Street', None, CAMBRIDGE)
    gap = as_values(data_set, reports, {})['mean']
    assert gap['published: PoseNet'] is None
    assert gap[NETWORK] == {'position_m': 1.0, 'angle_deg': 2.0}
