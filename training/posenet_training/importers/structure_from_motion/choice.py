# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The pictures of a reconstruction: chosen from a video or a folder, put under plain names."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from posenet_ros.scene import NS, SceneError
from posenet_training.importers.structure_from_motion.motion import Grey, sharpest_per_step

JPEG_QUALITY = 95


@dataclass(frozen=True)
class Chosen:
    """A picture of a reconstruction.

    file      its name among the work folder's pictures: plain, and growing in time
    name      its name for people, and in the scene without suffix
    mapped    whether the map is built from it; else it is placed in the finished map
    """

    file: str
    name: str
    stamp_ns: int
    mapped: bool


@dataclass(frozen=True)
class Choice:
    """Chosen pictures in the order in which they were taken, and what was refused: what, which."""

    pictures: tuple[Chosen, ...]
    refused: tuple[tuple[str, str], ...] = field(default=())

    def plain(self) -> dict[str, Any]:
        """Values for JSON."""
        return {
            'pictures': [asdict(picture) for picture in self.pictures],
            'refused': list(self.refused),
        }

    @staticmethod
    def of_plain(values: dict[str, Any]) -> 'Choice':
        """The inverse of `plain`."""
        pictures = tuple(Chosen(**picture) for picture in values['pictures'])
        return Choice(pictures, tuple((what, which) for what, which in values['refused']))


def choose_from_folder(pictures: Sequence[Path], rate: float, step: float, folder: Path) -> Choice:
    """Choose all pictures, sorted by name, and which of them the map is built from; link to them.

    They are taken to be 1 / `rate` seconds apart.
    """
    refused: list[tuple[str, str]] = []
    usable: list[tuple[int, Path]] = []

    def readable() -> Iterator[tuple[int, Grey]]:
        shape: tuple[int, ...] | None = None
        for index, path in enumerate(pictures):
            grey = cv2.imread(str(path), cv2.IMREAD_GRAYSCALE | cv2.IMREAD_IGNORE_ORIENTATION)
            if grey is None:
                refused.append(('picture cannot be read', str(path)))
                continue
            shape = shape or grey.shape
            if grey.shape != shape:
                sizes = f'{grey.shape[1]}x{grey.shape[0]}, not {shape[1]}x{shape[0]}'
                refused.append(('picture has another size than the first', f'{path} ({sizes})'))
                continue
            usable.append((index, path))
            yield index, np.asarray(grey, np.uint8)

    mapped = set(sharpest_per_step(readable(), step))
    chosen = []
    for index, path in usable:
        file = f'{index:06d}{path.suffix.lower()}'
        (folder / file).symlink_to(path.resolve())
        chosen.append(Chosen(file, path.stem, round(index * NS / rate), index in mapped))
    return Choice(tuple(chosen), tuple(refused))


def choose_from_video(video: Path, step: float, folder: Path) -> Choice:
    """Choose the frames that the map is built from and write them; the others are left out.

    Frames are stamped from the start of the video.  Raises SceneError when it cannot be read.
    """
    capture = cv2.VideoCapture(str(video))
    try:
        if not capture.isOpened():
            raise SceneError(f"'{video}' is no video that OpenCV can read: convert it to MP4")
        frames = _Frames(capture)
        chosen = [_written(frame, folder) for frame in sharpest_per_step(_with_grey(frames), step)]
    finally:
        capture.release()
    if not chosen:
        raise SceneError(f"video '{video}' has no frame that can be decoded")
    return Choice(tuple(chosen), frames.refused(video))


@dataclass(frozen=True)
class _Frame:
    index: int
    stamp_ns: int
    bgr: NDArray[np.uint8]


class _Frames:
    """The frames of an opened video, read once."""

    def __init__(self, capture: cv2.VideoCapture) -> None:
        self.capture = capture
        self.promised = int(capture.get(cv2.CAP_PROP_FRAME_COUNT))
        rate = capture.get(cv2.CAP_PROP_FPS)
        self.rate = rate if math.isfinite(rate) and rate > 0.0 else 30.0
        self.read = 0

    def __iter__(self) -> Iterator[_Frame]:
        last_ns = -1
        while True:
            good, bgr = self.capture.read()
            if not good:
                return
            # Phones vary their rate: the container's own stamp is right where it has one.
            stamp_ns = round(self.capture.get(cv2.CAP_PROP_POS_MSEC) * 1e6)
            if stamp_ns <= last_ns:
                stamp_ns = max(round(self.read * NS / self.rate), last_ns + 1)
            last_ns = stamp_ns
            yield _Frame(self.read, stamp_ns, np.asarray(bgr, np.uint8))
            self.read += 1

    def refused(self, video: Path) -> tuple[tuple[str, str], ...]:
        # The promised count is an estimate in some containers.
        if self.read >= 0.9 * self.promised:
            return ()
        which = f'{video} (frame {self.read} of {self.promised})'
        return (('video ends before its last frame', which),)


def _with_grey(frames: _Frames) -> Iterator[tuple[_Frame, Grey]]:
    for frame in frames:
        yield frame, np.asarray(cv2.cvtColor(frame.bgr, cv2.COLOR_BGR2GRAY), np.uint8)


def _written(frame: _Frame, folder: Path) -> Chosen:
    file = f'{frame.index:06d}.jpg'
    good, data = cv2.imencode('.jpg', frame.bgr, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])
    if not good:
        raise SceneError(f'frame {frame.index} of the video cannot be written as JPEG')
    (folder / file).write_bytes(data.tobytes())
    return Chosen(file, f'frame-{frame.index:06d}', frame.stamp_ns, mapped=True)
