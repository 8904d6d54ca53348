# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The `relocalizer` executable."""

from posenet_ros.quiet import run_quietly
from posenet_ros.waiting_threads import let_waiting_threads_sleep


def main() -> None:
    """Run the node."""
    let_waiting_threads_sleep()
    run_quietly('posenet_ros.node')


if __name__ == '__main__':
    main()
