# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The `relocalizer` executable."""

from posenet_ros.parameter_table import TABLE
from posenet_ros.quiet import run_quietly
from posenet_ros.usage import answer_help
from posenet_ros.waiting_threads import let_waiting_threads_sleep


def main() -> None:
    """Run the node."""
    answer_help(
        'relocalizer',
        "Camera pictures in (image_raw, camera_info); the robot's pose, TF and initial pose out.",
        TABLE,
    )
    let_waiting_threads_sleep()
    run_quietly('posenet_ros.node')


if __name__ == '__main__':
    main()
