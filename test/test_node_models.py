# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Models that change while the node runs, and a folder of several places."""

import os
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from familiar_samples import undecided
from harness import Camera, Relocalizer, bench, picture, wait_until
from model_files import GATES, SPEC, ColourNet, SlowNet, write_model
from rcl_interfaces.msg import Parameter, ParameterType, ParameterValue, SetParametersResult
from rcl_interfaces.srv import GetParameters, SetParametersAtomically

from posenet_ros.reference import Reference

KITCHEN, OFFICE = (100.0, 120.0, 90.0), (180.0, 60.0, 200.0)
# Of the process, for 80 swaps of models of 4 MB.
GROWTH_MB = 12.0


def reference_of(colour: tuple[float, float, float]) -> Reference:
    """Training frames that all looked like one colour."""
    features = np.array(colour, np.float32) / 25.5 + 0.01 * np.eye(3, dtype=np.float32)
    return Reference(
        mean=np.zeros(8, np.float32),
        basis=np.eye(3, 8, dtype=np.float32),
        features=features,
        positions=np.zeros((3, 3)),
        q_xyzw=np.tile(np.array([[0.0, 0.0, 0.0, 1.0]], np.float32), (3, 1)),
        familiarity=undecided(8),
    )


@pytest.fixture(scope='module')
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp('models')
    for scene, colour in (('kitchen', KITCHEN), ('office', OFFICE)):
        spec = replace(
            SPEC, scene=scene, frame_id=f'{scene}_map', gates=replace(GATES, novelty=0.2)
        )
        write_model(folder / f'{scene}.pt', SlowNet(0), spec, reference_of(colour))
    return folder


@pytest.fixture(scope='module')
def broken(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file that says all the right things about itself, of other weights."""
    path = tmp_path_factory.mktemp('broken') / 'broken.pt'
    return write_model(path, ColourNet(), replace(SPEC, weights_sha256=64 * '0'))


def set_parameters(robot: Camera, **values: object) -> SetParametersResult:
    parameters = [
        Parameter(
            name=name,
            value=ParameterValue(type=ParameterType.PARAMETER_STRING, string_value=str(value)),
        )
        for name, value in values.items()
    ]
    request = SetParametersAtomically.Request(parameters=parameters)
    return robot.call(
        SetParametersAtomically, 'relocalizer/set_parameters_atomically', request
    ).result


def parameter(robot: Camera, name: str) -> str:
    request = GetParameters.Request(names=[name])
    answer = robot.call(GetParameters, 'relocalizer/get_parameters', request)
    return str(answer.values[0].string_value)


def shown_until(robot: Camera, colour: tuple[float, float, float], node: Relocalizer, words: str):
    def said() -> bool:
        robot.show(picture(colour, 48, 64))
        time.sleep(0.05)
        return words in node.output

    wait_until(said, 30.0, f'the words: {words}')


def test_models_change_while_it_runs(folder: Path, broken: Path) -> None:
    with bench(model_path=folder / 'kitchen.pt') as (node, robot):
        robot.extrinsic()
        robot.wait_until_connected()
        assert robot.pose_from(picture(KITCHEN)).header.frame_id == 'kitchen_map'
        refused_at_once(robot)
        refused_when_loaded(node, robot, broken)
        swapped(node, robot, folder)
        the_pictures_choose(node, robot, folder)
        pinned(node, robot)
        memory_stays(node, robot, folder)


def refused_at_once(robot: Camera) -> None:
    result = set_parameters(robot, model_path='/nowhere.pt')
    assert not result.successful
    assert result.reason.startswith("model file '/nowhere.pt' cannot be used: there is no such")
    assert parameter(robot, 'model_path').endswith('kitchen.pt')
    assert robot.pose_from(picture(KITCHEN)).header.frame_id == 'kitchen_map'


def refused_when_loaded(node: Relocalizer, robot: Camera, broken: Path) -> None:
    """What only loading shows is said later; the old one goes on and the parameter goes back."""
    assert set_parameters(robot, model_path=broken).successful
    node.wait_for_line("its weights are not those that its metadata was written for; '/")
    assert "kitchen.pt' goes on" in node.output
    wait_until(
        lambda: parameter(robot, 'model_path').endswith('kitchen.pt'), 5.0, 'the old parameter'
    )
    wait_until(lambda: robot.diagnostic_value('refused model'), 5.0, 'the refusal')
    assert robot.diagnostic_value('model').endswith('kitchen.pt')
    assert robot.pose_from(picture(KITCHEN)).header.frame_id == 'kitchen_map'


def swapped(node: Relocalizer, robot: Camera, folder: Path) -> None:
    assert set_parameters(robot, model_path=folder / 'office.pt').successful
    node.wait_for_line("another model: model of 'office' is ready")
    assert robot.pose_from(picture(OFFICE)).header.frame_id == 'office_map'
    wait_until(lambda: robot.diagnostic_value('scene') == 'office', 5.0, 'the scene')
    assert robot.diagnostic_value('model').endswith('office.pt')
    assert robot.diagnostic_value('refused model') == ''
    assert 'searching since another model' in robot.diagnostic_value('reason')


def the_pictures_choose(node: Relocalizer, robot: Camera, folder: Path) -> None:
    assert set_parameters(robot, model_path=folder).successful
    node.wait_for_line("another model: models of 'kitchen', 'office' are ready (the node takes")
    poses = len(robot.received['relocalizer/pose'])
    # Between both: nothing is chosen, and nothing is published or handed over.
    shown_until(robot, (140.0, 90.0, 145.0), node, 'the scene is not chosen yet: over')
    for _ in range(20):
        robot.show(picture((140.0, 90.0, 145.0), 48, 64))
        time.sleep(0.05)
    assert len(robot.received['relocalizer/pose']) == poses
    wait_until(lambda: robot.diagnostic_value('scene') == 'not chosen yet', 5.0, 'no scene')
    assert 'the scene is not chosen yet' in robot.diagnostic_value('reason')
    shown_until(robot, KITCHEN, node, "the scene 'kitchen' was chosen")
    assert robot.pose_from(picture(KITCHEN)).header.frame_id == 'kitchen_map'
    # Carried into another room, it first looks strange, and then like another.
    shown_until(robot, OFFICE, node, "the scene 'office' was chosen")
    assert robot.pose_from(picture(OFFICE)).header.frame_id == 'office_map'


def pinned(node: Relocalizer, robot: Camera) -> None:
    result = set_parameters(robot, scene='bath')
    assert not result.successful
    assert "'scene' is 'bath', but '" in result.reason
    assert set_parameters(robot, scene='kitchen').successful
    node.wait_for_line("another model: model of 'kitchen' is ready")
    for _ in range(25):
        assert robot.pose_from(picture(OFFICE, 48, 64)).header.frame_id == 'kitchen_map'


def memory_stays(node: Relocalizer, robot: Camera, folder: Path) -> None:
    files = [folder / 'kitchen.pt', folder / 'office.pt']

    readings = []
    for number in range(100):
        before = node.output.count('another model')
        assert set_parameters(robot, model_path=files[number % 2], scene='').successful
        wait_until(lambda before=before: node.output.count('another model') > before, 20.0, 'it')
        readings.append(resident_mb(node.pid))
    # It goes up and down by 20 MB, by where in a load it is read.
    early, late = min(readings[10:30]), min(readings[-20:])
    assert late - early < GROWTH_MB, readings


def resident_mb(pid: int) -> float:
    pages = int(Path(f'/proc/{pid}/statm').read_text().split()[1])
    return pages * os.sysconf('SC_PAGESIZE') / 1e6
