# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Errors that end a command with one sentence; SceneError and ModelFileError are the others."""


class TrunkError(ValueError):
    """A trunk that is unknown or whose package is not installed."""


class RecipeError(ValueError):
    """A recipe that is unknown, no YAML, or does not fit its scene."""


class TrainingError(RuntimeError):
    """A training that cannot begin or go on."""


class ExportError(RuntimeError):
    """A network that cannot become a model file."""
