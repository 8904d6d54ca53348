# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Errors that end a command with one sentence; SceneError and ModelFileError are the others."""


class TrunkError(ValueError):
    """A trunk that is unknown or whose package is not installed."""


class ExportError(RuntimeError):
    """A network that cannot become a model file."""


class EvaluationError(ValueError):
    """A network that cannot be judged as asked, or a report that cannot be written."""


class ExplainError(ValueError):
    """A scene or a model with too little to explain, or a folder that cannot take it."""
