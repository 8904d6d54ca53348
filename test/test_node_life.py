# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The node's life: transitions, bad models, overload, interrupts."""

import signal
import time
from pathlib import Path

import numpy as np
import pytest
from harness import Camera, bench, picture, started_from_nothing, wait_until
from lifecycle_msgs.msg import Transition
from model_files import ColourNet, SlowNet, write_model
from rcl_interfaces.msg import Parameter, ParameterType, ParameterValue
from rcl_interfaces.srv import DescribeParameters, ListParameters, SetParameters

from posenet_ros.model_file import load_model
from posenet_ros.parameter_table import TABLE

GOOD = (100.0, 120.0, 90.0)


@pytest.fixture(scope='module')
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_model(tmp_path_factory.mktemp('model') / 'colour.pt', ColourNet())


def test_a_lifecycle_manager_drives_it(model: Path) -> None:
    with bench(model_path=model, autostart=False) as (_, robot):
        robot.extrinsic()
        assert robot.state() == 'unconfigured'
        assert robot.change_state(Transition.TRANSITION_CONFIGURE)
        assert robot.state() == 'inactive'
        answer = robot.relocalize()
        assert not answer.success
        assert 'not active' in answer.message
        for _ in range(2):
            assert robot.change_state(Transition.TRANSITION_ACTIVATE)
            robot.wait_until_connected()
            robot.pose_from(picture(GOOD))
            assert robot.change_state(Transition.TRANSITION_DEACTIVATE)
            poses = len(robot.received['relocalizer/pose'])
            for _ in range(5):
                robot.show(picture(GOOD))
                time.sleep(0.05)
            assert len(robot.received['relocalizer/pose']) == poses
        assert robot.change_state(Transition.TRANSITION_CLEANUP)
        assert robot.state() == 'unconfigured'
        assert robot.change_state(Transition.TRANSITION_CONFIGURE)
        assert robot.change_state(Transition.TRANSITION_INACTIVE_SHUTDOWN)
        assert robot.state() == 'finalized'


def string_parameter(name: str, value: str) -> Parameter:
    return Parameter(
        name=name,
        value=ParameterValue(type=ParameterType.PARAMETER_STRING, string_value=value),
    )


def test_a_bad_model_is_said_and_a_good_one_mends_it(model: Path, tmp_path: Path) -> None:
    (tmp_path / 'broken.pt').write_bytes(model.read_bytes()[:2000])
    with bench(model_path=tmp_path / 'broken.pt') as (node, robot):
        node.wait_for_line('it is corrupt or no TorchScript file')
        assert robot.state() == 'unconfigured'
        wait_until(
            lambda: (
                (status := robot.diagnostics())
                and status.level == b'\x02'
                and 'broken.pt' in status.message
            ),
            5.0,
            'the error in diagnostics',
        )
        request = SetParameters.Request(parameters=[string_parameter('model_path', str(model))])
        results = robot.call(SetParameters, 'relocalizer/set_parameters', request).results
        assert results[0].successful
        robot.extrinsic()
        assert robot.change_state(Transition.TRANSITION_CONFIGURE)
        assert robot.change_state(Transition.TRANSITION_ACTIVATE)
        robot.wait_until_connected()
        robot.pose_from(picture(GOOD))


@pytest.mark.parametrize(
    ('parameters', 'words'),
    [
        ({'model_path': '/nowhere/model.pt'}, "model file '/nowhere/model.pt' cannot be used"),
        ({'device': 'tpu'}, "device 'tpu' is unknown: use auto, cpu, cuda or cuda:<number>"),
    ],
)
def test_what_cannot_be_configured_is_said_in_one_sentence(
    model: Path, parameters: dict[str, object], words: str
) -> None:
    with bench(**{'model_path': model, **parameters}) as (node, robot):
        node.wait_for_line(words)
        assert robot.state() == 'unconfigured'
        assert node.poll() is None


def test_a_parameter_out_of_range_ends_the_node_with_a_sentence(model: Path) -> None:
    with bench(model_path=model, tf_mode='both') as (node, _):
        assert node.wait(30.0) == 1
        assert "parameter 'tf_mode' is 'both', it must be one of" in node.output


def test_parameters_are_described_and_judged(model: Path) -> None:
    with bench(model_path=model, max_age=2) as (_, robot):
        names = [entry.name for entry in TABLE]
        listed = robot.call(
            ListParameters, 'relocalizer/list_parameters', ListParameters.Request()
        ).result.names
        assert set(names) <= set(listed)
        described = robot.call(
            DescribeParameters,
            'relocalizer/describe_parameters',
            DescribeParameters.Request(names=names),
        ).descriptors
        assert [description.description for description in described] == [
            entry.meaning for entry in TABLE
        ]
        request = SetParameters.Request(parameters=[string_parameter('tf_mode', 'both')])
        result = robot.call(SetParameters, 'relocalizer/set_parameters', request).results[0]
        assert not result.successful
        assert 'must be one of' in result.reason


def test_a_slow_model_never_makes_a_queue(tmp_path: Path) -> None:
    """A 60 Hz camera on a model of about 100 ms: the newest frame is taken, the rest dropped."""
    products = products_for(0.1, tmp_path)
    model = write_model(tmp_path / 'slow.pt', SlowNet(products))
    with bench(model_path=model) as (_, robot):
        robot.extrinsic()
        robot.wait_until_connected()
        inferences = film(robot, seconds=8.0, rate=60.0)
        ages = np.array([arrived - stamp / 1e9 for stamp, arrived in robot.arrival.items()])
        assert len(ages) > 10
        seen = int(robot.diagnostic_value('frames seen'))
        assert seen > 200
        assert int(robot.diagnostic_value('frames dropped')) > seen / 3
        assert np.median(ages) < 2.0 * np.median(inferences), (ages, inferences)
        # A queue would let the ages grow to seconds at the film's end, whatever else the machine
        # does: that adds to inferences as well.
        half = len(ages) // 2
        assert np.median(ages[half:]) < 3.0 * max(inferences), (ages, inferences)


def film(robot: Camera, seconds: float, rate: float) -> list[float]:
    """Publish pictures at a steady rate; returns the node's inference times, in seconds."""
    message = picture(GOOD)
    inferences = []
    began = time.monotonic()
    for i in range(int(seconds * rate)):
        robot.show(message)
        inference = robot.diagnostic_value('inference')
        inferences.append(float(inference.split()[0]) if inference else 0.0)
        time.sleep(max(began + (i + 1) / rate - time.monotonic(), 0.0))
    time.sleep(0.5)
    return [inference for inference in inferences if inference > 0.0]


def products_for(seconds: float, folder: Path) -> int:
    """Matrix products that take that long here, by a trial of 20."""
    trial = load_model(write_model(folder / 'trial.pt', SlowNet(20)))
    crop = np.full((224, 224, 3), 100, np.uint8)
    times = []
    for _ in range(5):
        began = time.monotonic()
        trial.predict(crop)
        times.append(time.monotonic() - began)
    return max(int(20 * seconds / np.median(times)), 1)


@pytest.mark.parametrize('how', [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_ends_it_quickly_and_quietly(model: Path, how: signal.Signals) -> None:
    with bench(model_path=model) as (node, robot):
        robot.extrinsic()
        robot.wait_until_connected()
        for _ in range(20):
            robot.show(picture(GOOD))
            time.sleep(0.01)
        assert node.stop(how) < 2.0
        assert node.poll() == 0
        assert 'Traceback' not in node.output


def catches(pid: int, number: signal.Signals) -> bool:
    """Whether a process has a handler of its own for a signal."""
    status = Path(f'/proc/{pid}/status').read_text()
    caught = next(line for line in status.splitlines() if line.startswith('SigCgt:'))
    return bool(int(caught.split()[1], 16) >> (number - 1) & 1)


@pytest.mark.parametrize('delay_s', [0.0, 0.5, 1.0, 2.0])
def test_an_interrupt_while_it_starts_is_quiet_too(model: Path, delay_s: float) -> None:
    node = started_from_nothing('posenet_ros.relocalizer', 99, model_path=model)
    # From here on it is our code that an interrupt meets, not Python's own beginning.
    wait_until(lambda: catches(node.pid, signal.SIGTERM), 20.0, 'the first line of ours')
    time.sleep(delay_s)
    began = time.monotonic()
    node.send_signal(signal.SIGINT)
    output, _ = node.communicate(timeout=20.0)
    assert time.monotonic() - began < 2.0 + delay_s
    assert 'Traceback' not in output
