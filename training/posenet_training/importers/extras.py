# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Packages that only some formats and rivals need."""

from importlib.util import find_spec

from posenet_ros.scene import SceneError


def need_pycolmap() -> None:
    """Raise SceneError when pycolmap, which is large, is not installed."""
    if find_spec('pycolmap') is None:
        raise SceneError(
            "this needs pycolmap: pip install pycolmap, or './training[video]' of the checkout"
        )
