# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The `view` executable."""

from importlib.util import find_spec

from posenet_ros.quiet import run_quietly
from posenet_ros.usage import answer_help
from posenet_ros.view.parameters import TABLE


def main() -> None:
    """Run the node; one sentence where what it draws with is not installed."""
    answer_help(
        'view',
        'A page for the browser that shows what the relocalizer sees and says.',
        TABLE,
    )
    if find_spec('viser') is None:
        raise SystemExit("view: viser is not installed: pip install 'viser>=1.1,<1.2'")
    run_quietly('posenet_ros.view.view_node')


if __name__ == '__main__':
    main()
