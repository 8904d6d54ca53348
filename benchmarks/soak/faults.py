# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What happens to robots, one at a time, and whether the node is right again after it."""

import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import numpy as np

from benchmarks.soak.robot import RIGHT_M, SIZE, Answer, Robot

GONE_S = 2.0
PATIENCE_S = 30.0
# Poses in a row that must be right.
ENOUGH = 10

Fault = Callable[[Robot], None]


def camera_loss(robot: Robot) -> None:
    """The camera falls silent, and comes back."""
    robot.camera = False
    time.sleep(GONE_S)
    robot.camera = True


def burst(robot: Robot) -> None:
    """Two seconds of pictures at once."""
    robot.burst(60)


def resolution(robot: Robot) -> None:
    """Pictures of another size for a while."""
    robot.size = (240, 320)
    time.sleep(GONE_S)
    robot.size = SIZE


def tf_gap(robot: Robot) -> None:
    """Odometry is missing."""
    robot.odometry = False
    time.sleep(GONE_S)
    robot.odometry = True


def restart(robot: Robot) -> None:
    """All other participants leave DDS and join it anew."""
    robot.restart()


def jump_forth(robot: Robot) -> None:
    """The clock jumps a minute forward."""
    robot.jump(60.0)


def jump_back(robot: Robot) -> None:
    """The clock jumps half a minute back."""
    robot.jump(-30.0)


def bag_loop(robot: Robot) -> None:
    """Time begins again, as where a bag is played in a loop."""
    robot.loop()


def model_swap(files: tuple[Path, Path]) -> Fault:
    """The other of two models."""

    def swap(robot: Robot) -> None:
        wanted = files[0] if robot.model == str(files[1]) else files[1]
        refused = robot.use_model(wanted)
        if refused:
            raise AssertionError(f'the node refuses a model: {refused}')
        until = time.monotonic() + PATIENCE_S
        while robot.model != str(wanted):
            if time.monotonic() > until:
                raise AssertionError(f"the node works with '{robot.model}', not with '{wanted}'")
            time.sleep(0.1)

    return swap


def all_faults(files: tuple[Path, Path]) -> Mapping[str, Fault]:
    """All of them by their names."""
    return {
        'camera loss': camera_loss,
        'burst': burst,
        'resolution': resolution,
        'TF gap': tf_gap,
        'DDS restart': restart,
        'clock forth': jump_forth,
        'clock back': jump_back,
        'bag loop': bag_loop,
        'model swap': model_swap(files),
    }


def in_random_order(names: list[str], rng: np.random.Generator) -> Iterator[str]:
    """Names for ever: each once a round, the rounds shuffled."""
    while True:
        yield from (names[place] for place in rng.permutation(len(names)))


def right_again(robot: Robot, keep: Callable[[list[Answer]], object]) -> tuple[float, str]:
    """Wait until poses are right and the node is localized.

    Gives the seconds that it took, and what is wrong where PATIENCE_S did not do.
    """
    began, right = time.monotonic(), 0
    while time.monotonic() - began < PATIENCE_S:
        time.sleep(0.1)
        answers = robot.answers()
        keep(answers)
        for answer in answers:
            right = right + 1 if answer.error_m < RIGHT_M else 0
        if right >= ENOUGH and robot.state == 'localized':
            return time.monotonic() - began, ''
    return PATIENCE_S, f"{right} right poses in a row, '{robot.state}': {robot.reason}"
