# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Files that are there whole or not at all."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """Give another name to write to; at the end it becomes `path`, after an error it vanishes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f'.{path.name}.{os.getpid()}')
    try:
        yield partial
        os.replace(partial, path)
    finally:
        # What went wrong before is what the user has to hear.
        with suppress(OSError):
            partial.unlink()
