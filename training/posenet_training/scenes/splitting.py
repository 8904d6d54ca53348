# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Which pictures train and which judge: by sequence or by contiguous blocks, never at random.

Pictures taken one after another are nearly the same picture; a random split would judge a
network by pictures that it has as good as seen.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from posenet_ros.scene import Picture, SceneError


@dataclass(frozen=True)
class BlockSplit:
    """Blocks for validation out of what trains.

    share    of all pictures that validate
    blocks   how many blocks they form, spread evenly over the drive
    guard_s  seconds of pictures on either side of a block that serve no split
    """

    share: float = 0.15
    blocks: int = 3
    guard_s: float = 1.0


def with_validation(pictures: Sequence[Picture], rule: BlockSplit) -> tuple[Picture, ...]:
    """Give every picture a split.

    Pictures that the source put into a split stay there, with two completions: those in none
    train when no picture of the source trains, and when none validates, blocks of the training
    pictures do.  Raises SceneError where a block with its guards leaves nothing to train on.
    """
    if not any(picture.split == 'train' for picture in pictures):
        pictures = [replace(p, split=p.split or 'train') for p in pictures]
    if any(picture.split == 'validation' for picture in pictures):
        return tuple(pictures)
    return _with_blocks(pictures, rule)


def by_sequence(pictures: Sequence[Picture], validation: Sequence[str]) -> tuple[Picture, ...]:
    """Let whole sequences validate and all others, but those for tests, train."""
    known = Counter(picture.sequence for picture in pictures)
    for name in validation:
        if name not in known:
            raise SceneError(
                f"there is no sequence '{name}' to validate on: the scene has {', '.join(known)}"
            )
    chosen = set(validation)
    if chosen == known.keys():
        raise SceneError('every sequence validates and none is left to train on')
    return tuple(
        replace(p, split='validation' if p.sequence in chosen else p.split or 'train')
        if p.split != 'test'
        else p
        for p in pictures
    )


def _with_blocks(pictures: Sequence[Picture], rule: BlockSplit) -> tuple[Picture, ...]:
    training = [row for row, picture in enumerate(pictures) if picture.split == 'train']
    length = round(rule.share * len(training) / rule.blocks)
    if length == 0:
        return tuple(pictures)
    result = list(pictures)
    for block in range(rule.blocks):
        # Centred in equal parts of the drive, so that it begins and ends with training.
        middle = (block + 0.5) * len(training) / rule.blocks
        first = max(round(middle - length / 2), 0)
        _hold_out(result, training[first : first + length], rule.guard_s)
    if not any(picture.split == 'train' for picture in result):
        raise SceneError(
            f'{len(pictures)} pictures are too few for {rule.blocks} validation blocks with '
            f'guards of {rule.guard_s} s: lower the share, the blocks or the guard'
        )
    return tuple(result)


def _hold_out(pictures: list[Picture], rows: Sequence[int], guard_s: float) -> None:
    guard_ns = round(guard_s * 1e9)
    for row in rows:
        pictures[row] = replace(pictures[row], split='validation')
    for edge, step in ((rows[0], -1), (rows[-1], 1)):
        row = edge + step
        while (
            0 <= row < len(pictures)
            and pictures[row].sequence == pictures[edge].sequence
            and abs(pictures[row].stamp_ns - pictures[edge].stamp_ns) <= guard_ns
        ):
            if pictures[row].split == 'train':
                pictures[row] = replace(pictures[row], split='')
            row += step
