# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Whether files are still what they were."""

from pathlib import Path

from posenet_training.importers.structure_from_motion.work import digest


def fingerprint(*paths: Path) -> str:
    """Names, sizes and times of files and of all files in folders, as one short text."""
    files = [
        file
        for path in paths
        for file in ([path] if path.is_file() else sorted(path.rglob('*')))
        if file.is_file()
    ]
    states = [(file, file.stat()) for file in files]
    return digest([[str(file.resolve()), s.st_size, s.st_mtime_ns] for file, s in states])
