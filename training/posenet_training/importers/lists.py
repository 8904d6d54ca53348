# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Splits that a source brings along as lists: train.txt, validation.txt, test.txt."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from posenet_ros.scene import SceneError
from posenet_training.importers.complaints import Complaints

SPLITS = ('train', 'validation', 'test')


def read_split_lists(root: Path) -> dict[str, str]:
    """Split of each picture, by its path in the source; empty when there are no lists.

    A list holds one path a line.  Raises SceneError for a picture in two lists.
    """
    splits: dict[str, str] = {}
    for split in SPLITS:
        list_file = root / f'{split}.txt'
        if not list_file.is_file():
            continue
        for line in list_file.read_text().splitlines():
            name = line.strip()
            if name and splits.setdefault(name, split) != split:
                raise SceneError(
                    f"'{name}' is in {splits[name]}.txt and in {split}.txt of '{root}'"
                )
    return splits


def complain_of_absent(
    splits: Mapping[str, str], present: Iterable[str], complaints: Complaints
) -> None:
    """Complain of every listed picture that is not among those of the source."""
    there = set(present)
    for name, split in splits.items():
        if name not in there:
            complaints.add('picture of a list is not there', f'{name} of {split}.txt')
