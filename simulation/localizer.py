# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The `localizer` executable."""

from posenet_ros.quiet import run_quietly


def main() -> None:
    """Run the node."""
    run_quietly('simulation.localizer_node')


if __name__ == '__main__':
    main()
