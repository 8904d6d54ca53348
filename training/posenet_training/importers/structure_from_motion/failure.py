# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Why too few pictures could be placed, as far as the numbers tell, and what to do about it."""

from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pycolmap

from posenet_training.importers.structure_from_motion.choice import Choice
from posenet_training.importers.structure_from_motion.options import MappingOptions

FEW_FEATURES = 150
FEW_MATCHES = 30


def explain(
    database: Path,
    choice: Choice,
    placed: int,
    steps: Mapping[str, Mapping[str, Any]],
    options: MappingOptions,
) -> str:
    """One sentence: how many were placed, the likely cause, what to do."""
    count = len(choice.pictures)
    said = (
        f'structure from motion placed {placed} of {count} pictures ({placed / count:.0%}, '
        f'{options.minimum_share:.0%} are needed)'
    )
    cause = _cause(database, choice, steps, options)
    return f'{said}: {cause}; the steps done are kept in {database.parent}'


def _cause(
    database: Path,
    choice: Choice,
    steps: Mapping[str, Mapping[str, Any]],
    options: MappingOptions,
) -> str:
    if len(choice.pictures) < 3:
        return 'the camera hardly moves, and at least 3 different views are needed'
    features = steps['features']['features_median']
    if features < FEW_FEATURES:
        advice = 'use sharper or larger pictures of richer surfaces'
        return (
            f'half of the pictures have fewer than {features:.0f} features, because there is too '
            f'little texture or they are blurred; {advice}{"" if options.fine else " or --fine"}'
        )
    matches = _median_matches(database, [p.file for p in choice.pictures if p.mapped])
    if matches < FEW_MATCHES:
        return (
            f'neighbouring pictures share only {matches:.0f} features (median), so they overlap '
            'too little or are blurred; move more slowly, or keep more pictures with a smaller '
            '--step'
        )
    sizes = steps['mapping']['models']
    if len(sizes) > 1:
        return (
            f'the map fell into pieces of {", ".join(map(str, sizes))} pictures; film the places '
            'between them, come back to where you began, or give a larger --loops or --overlap'
        )
    return (
        'the views share features but the camera turns on the spot or looks at one plane; move '
        'sideways as well, and give --focal-length if you know it'
    )


def _median_matches(database_file: Path, files: list[str]) -> float:
    with pycolmap.Database.open(database_file) as database:
        ids = {image.name: image.image_id for image in database.read_all_images()}
        rows = [ids[file] for file in files if file in ids]
        counts = [
            len(database.read_two_view_geometry(a, b).inlier_matches)
            for a, b in pairwise(rows)
            if database.exists_two_view_geometry(a, b)
        ]
    return float(np.median(counts)) if counts else 0.0
