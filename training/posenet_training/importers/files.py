# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Reading the small files of many formats: numbers, poses, names, sizes of pictures."""

import math
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np
from PIL import Image

from posenet_ros.geometry import Array
from posenet_ros.scene import SceneError
from posenet_training.importers.complaints import Complaints

PICTURE_SUFFIXES = {'.jpg', '.jpeg', '.png', '.bmp', '.ppm', '.tif', '.tiff', '.webp'}


def pictures_of(folder: Path) -> list[Path]:
    """Pictures in a folder, sorted by name; SceneError when there are none."""
    if not folder.is_dir():
        raise SceneError(f"'{folder}' is not there: a folder of pictures is expected")
    pictures = sorted(path for path in folder.iterdir() if path.suffix.lower() in PICTURE_SUFFIXES)
    if not pictures:
        raise SceneError(f"'{folder}' has no pictures ({', '.join(sorted(PICTURE_SUFFIXES))})")
    return pictures


def is_file(path: Path) -> bool:
    """Whether it is a file; what no file system can name is none."""
    try:
        return path.is_file()
    except OSError:
        return False


def natural_key(text: str) -> tuple[tuple[str, int, str], ...]:
    """Key that sorts names as people count: frame2 before frame10."""
    # Of numbers of any length, without their values.
    return tuple(
        (part, len(number.lstrip('0')), number.lstrip('0'))
        for part, number in re.findall(r'(\D*)(\d*)', text)
        if part + number
    )


def first_size(pictures: Iterable[Path]) -> tuple[int, int] | None:
    """Width and height of the first picture whose header can be read; None without any."""
    for picture in pictures:
        try:
            with Image.open(picture) as image:
                return image.size
        except (OSError, SyntaxError, ValueError):
            continue
    return None


def read_lines(file: Path) -> list[str]:
    """Lines of a text file; SceneError when it is not there or no text."""
    if not file.is_file():
        raise SceneError(f"'{file}' is not there")
    try:
        return file.read_text(encoding='utf-8').splitlines()
    except UnicodeDecodeError as error:
        raise SceneError(f"'{file}' is no text file: {error}") from error


def rows_of(file: Path, lines: Sequence[str], skip: int = 0) -> Iterator[tuple[str, list[str]]]:
    """Where each line stands that is not empty, for people, and its words.

    lines   of the file, of which the first `skip` are left out
    """
    for number, line in enumerate(lines[skip:], skip + 1):
        if words := line.split():
            yield f"'{file}' line {number}", words


def read_numbers(file: Path) -> Array:
    """Numbers of a text file, as rows [N, M]; SceneError when there is anything else."""
    try:
        return np.loadtxt(file, ndmin=2, dtype=np.float64)
    except ValueError as error:
        raise SceneError(
            f"'{file}' does not hold rows of equally many numbers: {error}"
        ) from error


def read_pose_file(file: Path, complaints: Complaints) -> Array | None:
    """Matrix [4, 4] of a text file that belongs to one picture; None after a complaint.

    Trackers write NaN, infinity (as 1.#INF on Windows) or -1 everywhere when they are lost.
    """
    if not file.is_file():
        complaints.add('picture has no pose file', str(file))
        return None
    try:
        numbers = [_number(word) for word in file.read_text(encoding='utf-8').split()]
    except ValueError as error:
        complaints.add('pose file does not hold numbers', f'{file} ({error})')
        return None
    if len(numbers) != 16:
        complaints.add('pose file does not hold 16 numbers', f'{file} ({len(numbers)})')
        return None
    if not all(map(math.isfinite, numbers)) or all(number == -1.0 for number in numbers):
        complaints.add('tracking was lost (pose of NaN, infinity or -1)', str(file))
        return None
    return np.array(numbers).reshape(4, 4)


def _number(word: str) -> float:
    return math.nan if '.#' in word else float(word)
