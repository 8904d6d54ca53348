# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What an ONNX file says of itself, read without any runtime: a robot need not trust it yet.

The file is one protobuf message, ModelProto, whose field 14 holds pairs of strings, field 1 and 2
of a StringStringEntryProto (onnx.proto of the ONNX project; the wire format is documented at
protobuf.dev).  All other fields are stepped over.
"""

from collections.abc import Iterator

from posenet_ros.model_spec import ModelFileError

PAIRS, KEY, VALUE = 14, 1, 2
VARINT, FIXED_64, BYTES, FIXED_32 = 0, 1, 2, 5


def metadata_of(content: bytes) -> dict[str, bytes]:
    """The pairs of an ONNX file; raises ModelFileError for bytes that are no such file."""
    try:
        pairs = [
            {number: bytes(part) for number, part in _fields(field)}
            for number, field in _fields(memoryview(content))
            if number == PAIRS
        ]
        return {pair[KEY].decode(): pair[VALUE] for pair in pairs}
    except (IndexError, KeyError, ValueError) as error:
        raise ModelFileError(f'it is corrupt or no ONNX file ({error})') from error


def _fields(message: memoryview) -> Iterator[tuple[int, memoryview]]:
    """Numbers and contents of the fields that hold bytes."""
    at = 0
    while at < len(message):
        tag, at = _varint(message, at)
        kind = tag & 7
        if kind == BYTES:
            size, at = _varint(message, at)
            if at + size > len(message):
                raise ValueError('it ends before its time')
            yield tag >> 3, message[at : at + size]
            at += size
        elif kind == VARINT:
            _, at = _varint(message, at)
        elif kind in (FIXED_64, FIXED_32):
            at += 8 if kind == FIXED_64 else 4
        else:
            raise ValueError(f'no field is of kind {kind}')


def _varint(message: memoryview, at: int) -> tuple[int, int]:
    """A number of seven bits a byte, and where the next thing begins."""
    value, shift = 0, 0
    while True:
        byte = message[at]
        value |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:
            return value, at
        if shift > 63:
            raise ValueError('a number is too long')
