# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Where the files are that come with the package: models, configuration."""

from pathlib import Path

ROOT = Path(__file__).parents[1]


def share(name: str) -> Path:
    """A file of the package: in the source tree, else where it is installed.

    Raises FileNotFoundError with one sentence where the installed package is in no sourced
    workspace.
    """
    if (ROOT / name).exists():
        return ROOT / name
    # The doctor runs where there is no ROS as well.
    from ament_index_python.packages import PackageNotFoundError, get_package_share_directory

    try:
        return Path(get_package_share_directory('posenet_ros')) / name
    # OSError is what it raises where AMENT_PREFIX_PATH is not set.
    except (PackageNotFoundError, OSError) as error:
        raise FileNotFoundError(
            f"'{name}' of posenet_ros is not found: source the workspace (. install/setup.bash)"
        ) from error
