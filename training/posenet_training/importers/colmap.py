# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""COLMAP models, text or binary, through pycolmap.

A model is a folder with cameras, images and points3D as .txt or .bin
(https://colmap.github.io/format.html).
"""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import numpy as np
import pycolmap
from numpy.typing import NDArray
from PIL import Image

from posenet_ros.model_spec import Camera
from posenet_ros.scene import NS, SceneError, read_rgb
from posenet_training.importers.colmap_camera import T_world_camera, camera_of
from posenet_training.importers.colmap_places import MODEL_PLACES, model_place
from posenet_training.importers.colmap_whole import check_whole
from posenet_training.importers.complaints import Complaints
from posenet_training.importers.drive import Drive, DriveFrame, Encoded
from posenet_training.importers.files import is_file, natural_key
from posenet_training.importers.structure_from_motion.options import PlacingOptions
from posenet_training.importers.structure_from_motion.placing import placed_in_map

JPEG_SUFFIXES = ('.jpg', '.jpeg')
JPEG_QUALITY = 95
# Of a JPEG.
LONGEST_SIDE = 65_535
SHORTEST_FOCAL_PX = 1e-3
UNDISTORTION = pycolmap.UndistortCameraOptions()


def read_colmap(
    source: Path,
    images: Path | None,
    undistort: bool,
    metric: bool,
    placing: PlacingOptions,
    rate: float,
    complaints: Complaints,
) -> Drive:
    """Open a COLMAP model, or the project that holds one.

    images     folder that the model's picture names start from; None for images/ beside it
    undistort  write pictures of pinhole cameras instead of linking to the distorted ones
    metric     whether the model's unit is the metre
    placing    frame and unit, where more is known of them
    rate       pictures a second; they are taken in the order of their names, folder by folder

    Raises SceneError for a model that is missing or broken or holds no pose, and for cameras
    that camera_info cannot express unless they are undistorted.  Pictures of the model that are
    not there are complaints.
    """
    folder = _model_folder(source)
    model = _read_model(folder)
    picture_root = images or _picture_root(source, folder)
    cameras = _cameras(model, camera_of_undistorted if undistort else camera_of)
    placed = placed_in_map(
        list(_frames(model, picture_root, source.resolve().name, rate, complaints)),
        placing,
        complaints,
    )
    return Drive(
        name=source.resolve().name,
        frames=_undistorted(placed.frames, model, complaints)
        if undistort
        else iter(placed.frames),
        count=len(placed.frames),
        cameras=cameras,
        source={
            'format': 'colmap',
            'path': str(folder.resolve()),
            'pictures': str(picture_root.resolve()),
            'undistorted': undistort,
            'stamps': f'counted, {rate} pictures a second',
            **placed.how,
        },
        scale='metric' if metric else placed.scale,
    )


def camera_of_undistorted(camera: pycolmap.Camera) -> Camera:
    """Pinhole camera that sees a camera's picture after undistortion."""
    return camera_of(pycolmap.undistort_camera(UNDISTORTION, camera))


def _model_folder(source: Path) -> Path:
    if not source.is_dir():
        raise SceneError(f"'{source}' is not there: the folder of a COLMAP model is expected")
    if folder := model_place(source):
        return folder
    raise SceneError(
        f"'{source}' holds no COLMAP model: cameras.bin or cameras.txt is neither there nor in "
        f'{", ".join(place for place in MODEL_PLACES if place)}'
    )


def _read_model(folder: Path) -> pycolmap.Reconstruction:
    check_whole(folder)
    try:
        model = pycolmap.Reconstruction(folder)
    except (ValueError, RuntimeError, OSError, IndexError) as error:
        reason = str(error).strip().splitlines()[0] if str(error).strip() else repr(error)
        raise SceneError(f"COLMAP model '{folder}' cannot be read: {reason}") from error
    if model.num_reg_images() == 0:
        raise SceneError(f"COLMAP model '{folder}' has no picture with a pose")
    return model


def _picture_root(source: Path, model_folder: Path) -> Path:
    for folder in (source, model_folder.parent, model_folder.parent.parent):
        if (folder / 'images').is_dir():
            return folder / 'images'
    raise SceneError(
        f"the pictures of '{model_folder}' are not in images/ beside it: name their folder with "
        '--images'
    )


def _cameras(
    model: pycolmap.Reconstruction, convert: Callable[[pycolmap.Camera], Camera]
) -> dict[str, Camera]:
    used = sorted({image.camera_id for image in model.images.values() if image.has_pose})
    for camera_id in used:
        _check(model.cameras[camera_id])
    return {_name(camera_id): convert(model.cameras[camera_id]) for camera_id in used}


def _check(camera: pycolmap.Camera) -> None:
    focal_lengths = (camera.focal_length_x, camera.focal_length_y)
    if not all(SHORTEST_FOCAL_PX < length < math.inf for length in focal_lengths):
        raise SceneError(
            f'camera {camera.camera_id} of the model has the focal lengths {focal_lengths} in '
            'pixels: its file is broken, copy it again'
        )
    # Undistortion walks along the whole border, whatever its length.
    if not all(0 < side <= LONGEST_SIDE for side in (camera.width, camera.height)):
        raise SceneError(
            f'camera {camera.camera_id} of the model takes pictures of {camera.width}x'
            f'{camera.height} pixels, where 1 to {LONGEST_SIDE} a side are possible: its file is '
            'broken, copy it again'
        )


def _name(camera_id: int) -> str:
    return f'camera-{camera_id}'


def _frames(
    model: pycolmap.Reconstruction,
    picture_root: Path,
    name: str,
    rate: float,
    complaints: Complaints,
) -> Iterator[DriveFrame]:
    images = [image for image in model.images.values() if image.has_pose]
    # Windows' backslashes would become part of the name.
    paths = {image.image_id: _path(image) for image in images}
    images.sort(key=lambda i: _folder_and_name(paths[i.image_id]))
    for row, image in enumerate(images):
        path = Path(paths[image.image_id])
        picture = picture_root / path
        if not is_file(picture):
            complaints.add('picture of the model is not there', str(picture))
            continue
        yield DriveFrame(
            name=path.with_suffix('').as_posix(),
            picture=picture,
            sequence=name if len(path.parts) == 1 else path.parent.as_posix(),
            stamp_ns=round(row * NS / rate),
            T_map_camera=T_world_camera(image),
            camera=_name(image.camera_id),
        )


def _path(image: pycolmap.Image) -> str:
    try:
        return str(image.name).replace('\\', '/')
    except UnicodeDecodeError as error:
        raise SceneError(
            f'the name of picture {image.image_id} of the model is not UTF-8 ({error}): rename '
            'it, or copy images.bin again when it is broken'
        ) from error


def _folder_and_name(path: str) -> tuple[object, ...]:
    folder, _, name = path.rpartition('/')
    return natural_key(folder), folder, natural_key(name), name


def _undistorted(
    frames: Sequence[DriveFrame], model: pycolmap.Reconstruction, complaints: Complaints
) -> Iterator[DriveFrame]:
    cameras = {_name(camera_id): camera for camera_id, camera in model.cameras.items()}
    for frame in frames:
        assert isinstance(frame.picture, Path)
        try:
            rgb = read_rgb(frame.picture)
        except SceneError as error:
            complaints.add('picture cannot be read', str(error))
            continue
        camera = cameras[frame.camera]
        if rgb.shape[:2] != (camera.height, camera.width):
            sizes = f'{rgb.shape[1]}x{rgb.shape[0]}, not {camera.width}x{camera.height}'
            complaints.add('picture has another size than its camera', f'{frame.name} ({sizes})')
            continue
        bitmap = pycolmap.Bitmap.from_array(rgb)
        straight, _ = pycolmap.undistort_image(UNDISTORTION, bitmap, camera)
        yield replace(frame, picture=_encoded(straight.to_array(), frame.picture.suffix.lower()))


def _encoded(rgb: NDArray[np.uint8], suffix: str) -> Encoded:
    """A picture as JPEG where the source is JPEG, else as PNG."""
    file = BytesIO()
    if suffix in JPEG_SUFFIXES:
        Image.fromarray(rgb).save(file, 'JPEG', quality=JPEG_QUALITY)
        return Encoded(file.getvalue(), suffix)
    Image.fromarray(rgb).save(file, 'PNG')
    return Encoded(file.getvalue(), '.png')
