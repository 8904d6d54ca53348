# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The process that records the demo."""

from importlib.util import find_spec

from posenet_ros.quiet import run_quietly


def main() -> None:
    """Run the node; one sentence where what it writes with is not installed."""
    if find_spec('rosbags') is None:
        raise SystemExit("recorder: rosbags is not installed: pip install 'rosbags>=0.11,<0.12'")
    run_quietly('simulation.recorder_node')


if __name__ == '__main__':
    main()
