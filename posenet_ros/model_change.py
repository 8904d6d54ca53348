# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Other models while the node runs: loaded beside those at work, which stay if they are refused.

What the files say of themselves is read before a parameter is accepted; the rest is loaded in a
thread, and a parameter whose models are refused then goes back to what is at work.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from rcl_interfaces.msg import SetParametersResult
from rclpy.node import Node
from rclpy.parameter import Parameter

from posenet_ros.model_spec import ModelFileError
from posenet_ros.models import Models, model_files
from posenet_ros.status import Statistics

PATH, SCENE = 'model_path', 'scene'


@dataclass(frozen=True)
class Wanted:
    """Which models: the parameters `model_path` and `scene`."""

    path: str
    scene: str


class ModelChanges:
    """Follows the two parameters from `begin` to `end`; all but loading is for the executor."""

    def __init__(self, node: Node, statistics: Statistics, file_of: Callable[[str], Path]) -> None:
        self._node = node
        self._statistics = statistics
        self._file_of = file_of
        self._loader = ThreadPoolExecutor(1, 'models')
        self._newest = 0
        self._reverting = False
        self._take_up: Callable[[Models], None] | None = None
        node.add_on_set_parameters_callback(self._judge)
        node.add_post_set_parameters_callback(self._changed)

    def begin(
        self,
        load: Callable[[Path, str], Models],
        at_work: Wanted,
        take_up: Callable[[Models], None],
    ) -> None:
        """Follow from now on: load models of a path and a scene, take up those that are ready."""
        self._load_models, self._at_work, self._take_up = load, at_work, take_up
        self._statistics.refused_model = ''

    def end(self) -> None:
        """Follow no longer; what is being loaded is dropped."""
        self._newest += 1
        self._take_up = None

    def _judge(self, changes: Sequence[Parameter]) -> SetParametersResult:
        wanted = self._wanted(changes)
        if self._take_up is None or wanted is None or self._reverting:
            return SetParametersResult(successful=True)
        try:
            model_files(self._file_of(wanted.path), wanted.scene)
        except ModelFileError as error:
            return SetParametersResult(successful=False, reason=str(error))
        return SetParametersResult(successful=True)

    def _changed(self, changes: Sequence[Parameter]) -> None:
        wanted = self._wanted(changes)
        if self._take_up is None or wanted is None or self._reverting:
            return
        self._newest += 1
        self._node.get_logger().info(f"loading '{self._file_of(wanted.path)}'")
        self._loader.submit(self._load, self._newest, wanted)

    def _wanted(self, changes: Sequence[Parameter]) -> Wanted | None:
        """What the parameters will be; None when the changes are others."""
        values = {change.name: change.value for change in changes}
        if not {PATH, SCENE} & set(values):
            return None
        path, scene = (
            str(values.get(name, self._node.get_parameter(name).value)) for name in (PATH, SCENE)
        )
        return Wanted(path, scene)

    def _load(self, number: int, wanted: Wanted) -> None:
        if number != self._newest:
            return  # Another was asked for in the meantime.
        loaded: Models | ModelFileError
        try:
            loaded = self._load_models(self._file_of(wanted.path), wanted.scene)
        except ModelFileError as error:
            loaded = error
        except Exception as error:  # Nobody else would hear of it.
            reason = ' '.join(f'{type(error).__name__} {error}'.split())
            loaded = ModelFileError(f"'{wanted.path}' cannot be loaded ({reason})")
        executor = self._node.executor
        if executor is not None:
            executor.create_task(self._loaded, number, wanted, loaded)

    def _loaded(self, number: int, wanted: Wanted, loaded: Models | ModelFileError) -> None:
        if number != self._newest or self._take_up is None:
            return
        if isinstance(loaded, ModelFileError):
            self._refused(str(loaded))
            return
        self._at_work = wanted
        self._statistics.refused_model = ''
        self._take_up(loaded)

    def _refused(self, sentence: str) -> None:
        sentence = f"{sentence}; '{self._statistics.model}' goes on"
        self._statistics.refused_model = sentence
        self._node.get_logger().error(sentence)
        self._reverting = True
        self._node.set_parameters(
            [
                Parameter(PATH, value=self._at_work.path),
                Parameter(SCENE, value=self._at_work.scene),
            ]
        )
        self._reverting = False
