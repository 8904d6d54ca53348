# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The steps that COLMAP does: features, matches, the map, and the pictures in between."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pycolmap

from posenet_training.importers.structure_from_motion.options import MappingOptions

CAMERA_MODEL = 'SIMPLE_RADIAL'
# Fewer pictures than this are no map.
SMALLEST_MODEL = 3
SEED = 0


def quieten() -> None:
    """Keep COLMAP's log to its errors."""
    pycolmap.logging.minloglevel = pycolmap.logging.Level.ERROR.value


def extract(
    database: Path, pictures: Path, names: Sequence[str], options: MappingOptions
) -> dict[str, Any]:
    """Find SIFT features (Lowe 2004) of pictures of one camera; those that have some keep them."""
    sift = pycolmap.FeatureExtractionOptions()
    sift.num_threads = options.cores
    sift.sift.max_num_features = options.features
    sift.sift.first_octave = -1 if options.fine else 0
    reader = pycolmap.ImageReaderOptions()
    reader.camera_model = CAMERA_MODEL
    with pycolmap.Database.open(database) as known:
        cameras = known.read_all_cameras()
    if cameras:
        # A second call would otherwise begin with a second camera.
        reader.existing_camera_id = cameras[0].camera_id
    elif options.focal_px:
        reader.camera_params = _camera_parameters(pictures / names[0], options.focal_px)
    pycolmap.extract_features(
        database, pictures, names, pycolmap.CameraMode.SINGLE, reader, sift, pycolmap.Device.cpu
    )
    with pycolmap.Database.open(database) as known:
        counts = [known.num_keypoints_for_image(i.image_id) for i in known.read_all_images()]
    return {'features_median': float(np.median(counts)) if counts else 0.0}


def match(
    database: Path, pairs: Sequence[tuple[str, str]], list_file: Path, options: MappingOptions
) -> dict[str, Any]:
    """Match and verify pairs of pictures by name; those that are matched already stay."""
    list_file.write_text(''.join(f'{a} {b}\n' for a, b in pairs))
    matching = pycolmap.FeatureMatchingOptions()
    matching.num_threads = options.cores
    verification = pycolmap.TwoViewGeometryOptions()
    verification.ransac.random_seed = SEED
    listed = pycolmap.ImportedPairingOptions()
    listed.match_list_path = list_file
    pycolmap.match_image_pairs(database, matching, listed, verification, pycolmap.Device.cpu)
    return {'pairs': len(pairs)}


def build_map(
    database: Path, pictures: Path, names: Sequence[str], folder: Path, options: MappingOptions
) -> dict[str, Any]:
    """Build maps of the named pictures one by one and write the largest one into the folder."""
    pipeline = pycolmap.IncrementalPipelineOptions()
    pipeline.image_names = list(names)
    pipeline.num_threads = options.cores
    pipeline.random_seed = SEED
    pipeline.min_model_size = SMALLEST_MODEL
    pipeline.max_num_models = 5
    pipeline.extract_colors = False
    # Refining everything less often costs no accuracy that a last refinement does not give back.
    pipeline.ba_global_frames_ratio = 1.2
    pipeline.ba_global_points_ratio = 1.2
    pipeline.ba_global_function_tolerance = 1e-6
    pipeline.ba_local_function_tolerance = 1e-6
    parts = folder / 'parts'
    parts.mkdir()
    models = pycolmap.incremental_mapping(database, pictures, parts, pipeline)
    sizes = sorted((model.num_reg_images() for model in models.values()), reverse=True)
    if models:
        max(models.values(), key=lambda model: model.num_reg_images()).write(folder)
    return {'models': sizes}


def register(database: Path, mapped: Path, names: Sequence[str], folder: Path) -> dict[str, Any]:
    """Place further pictures in a map, each by the points that it shares, and write the result."""
    reconstruction = pycolmap.Reconstruction(mapped)
    with pycolmap.Database.open(database) as known:
        cache = pycolmap.DatabaseCache.create(known, pycolmap.DatabaseCacheOptions())
    mapper = pycolmap.IncrementalMapper(cache)
    mapper.begin_reconstruction(reconstruction)
    options = pycolmap.IncrementalMapperOptions()
    options.random_seed = SEED
    options.abs_pose_refine_focal_length = False
    options.abs_pose_refine_extra_params = False
    ids = {image.name: image_id for image_id, image in reconstruction.images.items()}
    placed = sum(mapper.register_next_image(options, ids[name]) for name in names if name in ids)
    mapper.end_reconstruction(False)
    reconstruction.write(folder)
    return {'placed': placed}


def _camera_parameters(picture: Path, focal_px: float) -> str:
    guessed = pycolmap.infer_camera_from_image(picture)
    return f'{focal_px},{guessed.width / 2},{guessed.height / 2},0'
