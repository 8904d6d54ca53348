# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What was wrong with single frames of a source: counted and the first named, or a stop."""

from posenet_ros.scene import SceneError


class Complaints:
    """Collects what an importer skips; with `strict`, the first complaint ends the import.

    Faults of the whole source are SceneErrors at once; a complaint is for one frame of many.
    """

    def __init__(self, strict: bool = False) -> None:
        self.strict = strict
        self._found: dict[str, list[str]] = {}

    def add(self, what: str, which: str) -> None:
        """Record that `which` was skipped because `what`: 'picture is not there'."""
        if self.strict:
            raise SceneError(f'{what}: {which} (without --strict it would be skipped)')
        self._found.setdefault(what, []).append(which)

    def counts(self) -> dict[str, int]:
        """How often each thing was wrong."""
        return {what: len(which) for what, which in self._found.items()}

    def sentences(self) -> list[str]:
        """One sentence a kind: what, how often, the first."""
        return [
            f'{len(which)} skipped: {what}, the first is {which[0]}'
            for what, which in self._found.items()
        ]
