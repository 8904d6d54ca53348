# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Which pictures train and which judge: by sequence or by contiguous blocks, never at random.

Pictures taken one after another are nearly the same picture; a random split would judge a
network by pictures that it has as good as seen.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from posenet_ros.scene import Picture, SceneError

# Two pictures closer in time than this are nearly one picture, whatever the robot does.
LEAST_GUARD_S = 0.2

Tell = Callable[[str], None]


@dataclass(frozen=True)
class BlockSplit:
    """Blocks for validation out of what trains.

    share    of all pictures that validate; 0 for none
    blocks   how many blocks they form, spread evenly over the drive
    guard_s  seconds of pictures on either side of a block that serve no split
    """

    share: float = 0.15
    blocks: int = 3
    guard_s: float = 1.0

    def with_easier_ones(self) -> Iterator['BlockSplit']:
        """This rule, then what a short drive falls back on: fewer blocks, then shorter guards."""
        guard_s = self.guard_s
        yield from self._with_fewer_blocks(guard_s)
        while (guard_s := guard_s / 2.0) >= LEAST_GUARD_S:
            yield from self._with_fewer_blocks(guard_s)

    def _with_fewer_blocks(self, guard_s: float) -> Iterator['BlockSplit']:
        for blocks in range(self.blocks, 0, -1):
            yield BlockSplit(self.share, blocks, guard_s)


def with_validation(
    pictures: Sequence[Picture], rule: BlockSplit, tell: Tell = lambda _: None
) -> tuple[Picture, ...]:
    """Give every picture a split.

    Pictures that the source put into a split stay there, with two completions: those in none
    train when no picture of the source trains, and when none validates, blocks of the training
    pictures do.  Where guards would take more pictures than are left to train on, an easier rule
    is taken and `tell` says which.  Raises SceneError where none is easy enough.
    """
    if not any(picture.split == 'train' for picture in pictures):
        pictures = [replace(p, split=p.split or 'train') for p in pictures]
    if rule.share == 0.0 or any(picture.split == 'validation' for picture in pictures):
        return tuple(pictures)
    for easier in rule.with_easier_ones():
        if result := _with_blocks(pictures, easier):
            if easier != rule:
                tell(
                    f'the drive is short for {rule.blocks} validation blocks with guards of '
                    f'{rule.guard_s:g} s: {easier.blocks} with guards of {easier.guard_s:g} s '
                    'are held out'
                )
            return result
    raise SceneError(
        f'{sum(p.split == "train" for p in pictures)} training pictures are too few to hold some '
        f'out for validation with guards of {min(LEAST_GUARD_S, rule.guard_s):g} s: drive longer, '
        'lower --validation-share or --guard, name a --validation-sequence, or do without by '
        '--validation-share 0'
    )


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


def _with_blocks(pictures: Sequence[Picture], rule: BlockSplit) -> tuple[Picture, ...] | None:
    """Pictures with blocks held out; None when that leaves too little to train on."""
    training = [row for row, picture in enumerate(pictures) if picture.split == 'train']
    length = round(rule.share * len(training) / rule.blocks)
    if length == 0 and rule.blocks == 1:
        length = 1
    if not 0 < length < len(training):
        return None
    result = list(pictures)
    for block in range(rule.blocks):
        # Centred in equal parts of the drive, so that it begins and ends with training.
        middle = (block + 0.5) * len(training) / rule.blocks
        first = max(round(middle - length / 2), 0)
        _hold_out(result, training[first : first + length], rule.guard_s)
    left = Counter(result[row].split for row in training)
    return tuple(result) if left['train'] >= max(left[''], 1) else None


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
