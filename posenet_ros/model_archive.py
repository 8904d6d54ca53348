# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""A model file in memory, read once: what is checked is what runs, whoever changes the file.

Size and structure are checked here, before anything that is in the file is run.
"""

import io
import os
import stat
import zipfile
import zlib
from base64 import b64decode
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from pathlib import Path

from posenet_ros.model_spec import METADATA_FILE, ModelFileError
from posenet_ros.onnx_metadata import metadata_of

# An ensemble of five of the largest networks in fp32 takes a quarter of it.
MOST_BYTES = 1_000_000_000
MOST_METADATA = 16_000_000
ONNX_SUFFIX = '.onnx'
# What zipfile raises for bytes that are no archive, or an archive of a kind that torch never made.
BROKEN = (
    *(zipfile.BadZipFile, zlib.error, OSError, EOFError),
    *(NotImplementedError, RuntimeError, ValueError),
)


@dataclass(frozen=True)
class ModelArchive:
    """The bytes of a model file."""

    content: bytes

    @cached_property
    def sha256(self) -> str:
        """Digest of the whole file, as `sha256sum` says it."""
        return sha256(self.content).hexdigest()

    def extra(self, name: str) -> bytes:
        """One of the extra files; raises ModelFileError when it is not there or broken."""
        try:
            with zipfile.ZipFile(io.BytesIO(self.content)) as archive:
                entry = next((e for e in archive.namelist() if e.endswith(f'extra/{name}')), None)
                if entry is None:
                    # A part of a model file may be a whole zip: reference.npz is one.
                    raise ModelFileError(
                        f'it is no posenet_ros model, or a part of one: no {name} in it; make one '
                        'with posenet'
                    )
                return archive.read(entry)
        except ModelFileError:
            raise
        except BROKEN as error:
            raise _corrupt(error) from error


@dataclass(frozen=True)
class OnnxArchive(ModelArchive):
    """The bytes of an ONNX file, whose extra files are strings of its metadata."""

    def extra(self, name: str) -> bytes:
        """As ModelArchive; what is no text is there in base 64."""
        found = metadata_of(self.content)
        if name not in found:
            raise ModelFileError(
                f'it is no posenet_ros model, or an old one: no {name} in its metadata; make one '
                'with `posenet export`'
            )
        if name == METADATA_FILE:
            if len(found[name]) > MOST_METADATA:
                raise ModelFileError(
                    f'its {METADATA_FILE} is larger than {MOST_METADATA / 1e6:.0f} MB'
                )
            return found[name]
        try:
            return b64decode(found[name], validate=True)
        except ValueError as error:
            raise ModelFileError(f'its {name} is not in base 64 ({error})') from error


def read_archive(path: Path) -> ModelArchive:
    """Read a model file and check its size and structure; raises ModelFileError."""
    if path.suffix == ONNX_SUFFIX:
        return OnnxArchive(read_bytes(path))
    archive = ModelArchive(read_bytes(path))
    try:
        with zipfile.ZipFile(io.BytesIO(archive.content)) as parts:
            entries = parts.infolist()
    except BROKEN as error:
        raise _corrupt(error) from error
    _check_entries(entries)
    return archive


def read_bytes(path: Path) -> bytes:
    """All of a plain file, never a pipe or a device; raises ModelFileError."""
    try:
        with open(path, 'rb', opener=_without_waiting) as file:
            status = os.fstat(file.fileno())
            if not stat.S_ISREG(status.st_mode):
                raise ModelFileError('it is no plain file')
            if status.st_size > MOST_BYTES:
                raise ModelFileError(f'it is larger than {MOST_BYTES / 1e6:.0f} MB')
            return file.read(status.st_size)
    except FileNotFoundError as error:
        raise ModelFileError(
            'there is no such file; `posenet teach` or `posenet export` makes one'
        ) from error
    except OSError as error:
        raise ModelFileError(f'it cannot be read ({error.strerror})') from error


def _without_waiting(path: str, flags: int) -> int:
    """As open(2); a pipe would wait for whoever writes to it."""
    return os.open(path, flags | os.O_NONBLOCK)


def _check_entries(entries: list[zipfile.ZipInfo]) -> None:
    names = [entry.filename for entry in entries]
    # Readers differ in which of two they take.
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice:
        raise ModelFileError(f"it is no TorchScript file: '{twice}' is in it twice")
    unpacked = sum(entry.file_size for entry in entries)
    if unpacked > MOST_BYTES:
        raise ModelFileError(
            f'it would take {unpacked / 1e6:.0f} MB unpacked, more than {MOST_BYTES / 1e6:.0f} MB'
        )
    for entry in entries:
        if entry.filename.endswith(f'extra/{METADATA_FILE}') and entry.file_size > MOST_METADATA:
            raise ModelFileError(
                f'its {METADATA_FILE} of {entry.file_size / 1e6:.0f} MB is larger than '
                f'{MOST_METADATA / 1e6:.0f} MB'
            )


def _corrupt(error: Exception) -> ModelFileError:
    return ModelFileError(f'it is corrupt or no TorchScript file ({error})')
