# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The node runs twins and ONNX files in other engines, and refuses what it cannot run."""

from pathlib import Path

import pytest
from harness import bench, picture, wait_until
from twin_files import model_and_onnx_file, model_beside_a_strangers_twin, model_with_twin

from posenet_ros.engine_choice import ENGINES
from posenet_ros.engines import ON_TWINS

for package in ('onnx', 'onnxscript', *ON_TWINS):
    pytest.importorskip(package)


def test_the_node_runs_a_twin_and_says_so(tmp_path: Path) -> None:
    with bench(model_path=model_with_twin(tmp_path), engine='auto') as (node, robot):
        node.wait_for_line('engine ')
        robot.extrinsic()
        robot.wait_until_connected()
        pose = robot.pose_from(picture((102.0, 51.0, 153.0))).pose
        assert abs(pose.position.x) < 20.0
        wait_until(lambda: robot.diagnostic_value('engine') in ENGINES[1:], 5.0, 'the engine said')
        engine = robot.diagnostic_value('engine')
        assert f'engine {engine}: torchscript ' in node.output


def test_the_node_refuses_an_engine_that_cannot_be(tmp_path: Path) -> None:
    with bench(model_path=model_beside_a_strangers_twin(tmp_path), engine='onnxruntime') as (
        node,
        _,
    ):
        node.wait_for_line('onnxruntime answers otherwise than the model file')


def test_the_node_runs_an_onnx_file(tmp_path: Path) -> None:
    with bench(model_path=model_and_onnx_file(tmp_path)[1]) as (node, robot):
        node.wait_for_line('is ready')
        robot.extrinsic()
        robot.wait_until_connected()
        robot.pose_from(picture((102.0, 51.0, 153.0)))
        wait_until(
            lambda: robot.diagnostic_value('engine') in ON_TWINS, 5.0, 'the engine in diagnostics'
        )
