# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Errors that end a command with one sentence."""

from posenet_ros.model_spec import ModelFileError
from posenet_ros.scene import SceneError


class CommandError(Exception):
    """What a user can mend; its text says what is wrong and what to do."""


class TrunkError(CommandError):
    """A trunk that is unknown or whose package is not installed."""


class RecipeError(CommandError):
    """A recipe that is unknown, no YAML, or does not fit its scene."""


class TrainingError(CommandError):
    """A training that cannot begin or go on."""


class StoppedError(TrainingError):
    """A training that a signal ended; its checkpoint is written."""


class ExportError(CommandError):
    """A network that cannot become a model file."""


class PrecisionError(ExportError):
    """A network whose poses move too far when its weights are stored with half the bits."""


class CalibrationError(CommandError):
    """Frames or a network that no calibration can be taken from."""


class EvaluationError(CommandError):
    """A network that cannot be judged as asked, or a report that cannot be written."""


class ExplainError(CommandError):
    """A scene or a model with too little to explain, or a folder that cannot take it."""


class BenchmarkError(CommandError):
    """A data set that is not there, or a folder that holds another benchmark."""


class AdaptationError(CommandError):
    """A run, a scene or a budget that cannot be compared as asked."""


class TeachError(CommandError):
    """A source that `posenet teach` cannot make a model of, or work that belongs to another."""


# All of them: what whoever goes on after one catches.
MENDABLE = (CommandError, SceneError, ModelFileError, FileNotFoundError)
