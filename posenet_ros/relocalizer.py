# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The `relocalizer` executable: an interrupt ends it quietly, even while it still loads torch."""

import sys


def main() -> None:
    """Run the node."""
    try:
        from posenet_ros.node import run

        sys.exit(run())
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == '__main__':
    main()
