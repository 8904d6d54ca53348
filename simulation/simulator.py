# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The `simulator` executable: an interrupt ends it quietly, even while it still loads."""

import signal
import sys
from types import FrameType


def leave(number: int, frame: FrameType | None) -> None:
    """End the process, whatever it is doing, by way of its clean-up."""
    raise SystemExit(0)


def main() -> None:
    """Run the node."""
    # Both end the node alike: while the room is being built, and in the background of a script,
    # whose children ignore SIGINT.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, leave)
    from simulation.simulator_node import run

    sys.exit(run())


if __name__ == '__main__':
    main()
