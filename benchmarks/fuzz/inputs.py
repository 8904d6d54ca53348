# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Inputs as bytes of a kind, and how valid ones are spoilt."""

import re
import signal
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from hypothesis import strategies as st

LONGEST_S = 20
MOST_EDITS = 5
# What stands where a number, a name or a structure is expected.
TOKENS = (
    *(b'nan', b'inf', b'-inf', b'1e999', b'-1', b'0', b'0.0', b'1e308', b'9' * 40, b'9' * 5000),
    *(b'', b' ', b'null', b'true', b'{}', b'[]', b'[[]]', b'{"a":1}', b'""', b"''", b'~', b'---'),
    *(b'../../x', b'/dev/zero', b'a/b', b'\x00', b'\xff\xfe', b'\xc3\x28', b'\n', b'\r\n', b','),
    *(b'*a', b'&a [*a]', b'!!python/object:os.system', b'<<: {}', b'1_000', b'0x10', b'1e-320'),
)
WORDS = re.compile(rb'[-+.\w]+')


@dataclass(frozen=True)
class Input:
    """Bytes, and what they claim to be."""

    kind: str
    content: bytes

    @property
    def name(self) -> str:
        """Of its file in the corpus."""
        return f'{self.kind}--{sha256(self.content).hexdigest()[:12]}'


@dataclass(frozen=True)
class Target:
    """What is fuzzed.

    seeds   valid inputs by kind
    try_it  takes an input; raises when it is not refused as it should be, or wrongly accepted
    """

    seeds: Mapping[str, bytes]
    try_it: Callable[[Input], None]


def spoilt(seeds: Mapping[str, bytes]) -> st.SearchStrategy[Input]:
    """Valid inputs after some edits."""
    kinds = st.sampled_from(sorted(seeds))
    edits = st.lists(
        st.tuples(
            st.sampled_from(sorted(EDITS)),
            st.floats(0.0, 1.0, exclude_max=True),
            st.integers(0, 255),
        ),
        max_size=MOST_EDITS,
    )
    return st.builds(lambda kind, done: _edited(kind, seeds[kind], done), kinds, edits)


def _edited(kind: str, content: bytes, edits: list[tuple[str, float, int]]) -> Input:
    for name, where, value in edits:
        content = EDITS[name](content, where, value)
    return Input(kind, content)


def _byte(content: bytes, where: float, value: int) -> bytes:
    at = int(where * len(content))
    return content[:at] + bytes([value]) + content[at + 1 :]


def _cut(content: bytes, where: float, value: int) -> bytes:
    return content[: int(where * len(content))]


def _remove(content: bytes, where: float, value: int) -> bytes:
    at = int(where * len(content))
    return content[:at] + content[at + 1 + value :]


def _repeat(content: bytes, where: float, value: int) -> bytes:
    at = int(where * len(content))
    return content[:at] + content[at : at + 1 + value] + content[at:]


def _insert(content: bytes, where: float, value: int) -> bytes:
    at = int(where * len(content))
    return content[:at] + TOKENS[value % len(TOKENS)] + content[at:]


def _replace(content: bytes, where: float, value: int) -> bytes:
    words = list(WORDS.finditer(content[:100_000]))
    if not words:
        return content
    word = words[int(where * len(words))]
    return content[: word.start()] + TOKENS[value % len(TOKENS)] + content[word.end() :]


def _drop_line(content: bytes, where: float, value: int) -> bytes:
    lines = content.split(b'\n')
    del lines[int(where * len(lines))]
    return b'\n'.join(lines)


EDITS: Mapping[str, Callable[[bytes, float, int], bytes]] = {
    'byte': _byte, 'cut': _cut, 'remove': _remove, 'repeat': _repeat,
    'insert': _insert, 'replace': _replace, 'drop line': _drop_line,
}  # fmt: skip


@contextmanager
def in_time(seconds: int = LONGEST_S) -> Iterator[None]:
    """Raise TimeoutError where the block takes longer; for the main thread."""

    def late(*_: object) -> None:
        raise TimeoutError(f'took more than {seconds} s')

    before = signal.signal(signal.SIGALRM, late)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def read_corpus(folder: Path) -> list[Input]:
    """Inputs that were found once."""
    files = sorted(folder.glob('*--*'))
    return [Input(file.name.rpartition('--')[0], file.read_bytes()) for file in files]
