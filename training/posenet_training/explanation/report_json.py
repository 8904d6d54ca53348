# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""An explanation as plain values, for machines; its keys stay."""

from dataclasses import asdict
from typing import Any

import numpy as np

from posenet_training.explanation.explain import Explanation, Looked, Seen
from posenet_training.explanation.hiding import SHARE
from posenet_training.explanation.neighbours import NEAREST, Neighbours

VERSION = 1


def as_values(explanation: Explanation) -> dict[str, Any]:
    """All figures of an explanation; lengths are in `unit`, features in rms distances."""
    return {
        'version': VERSION,
        'model': str(explanation.model_file),
        'scene': explanation.scene,
        'unit': explanation.unit,
        'seed': explanation.seed,
        'training': _split(explanation.training),
        'judged': _split(explanation.judged),
        'nearest': NEAREST,
        'neighbours_in': {
            name: asdict(agreement) for name, agreement in explanation.agreements.items()
        },
        'variance': np.round(explanation.shares, 6).tolist(),
        'hidden_share': SHARE,
        'hidden_means': hidden_means(explanation),
        'pictures': [
            _picture(explanation, looked, neighbours)
            for looked, neighbours in zip(explanation.looked, explanation.neighbours, strict=True)
        ],
    }


def hidden_means(explanation: Explanation) -> dict[str, float]:
    """Means over the pictures of what hiding did (hiding.py)."""
    rows = [asdict(looked.hidden) for looked in explanation.looked]
    return {name: float(np.mean([row[name] for row in rows])) for name in rows[0]}


def _split(seen: Seen) -> dict[str, int]:
    return {'pictures': seen.gallery.total, 'looked_at': len(seen.gallery)}


def _picture(explanation: Explanation, looked: Looked, neighbours: Neighbours) -> dict[str, Any]:
    training = explanation.training.gallery
    return {
        'picture': explanation.judged.gallery.name(looked.judged),
        'error': {'distance': looked.distance, 'degrees': looked.degrees},
        'hidden': asdict(looked.hidden),
        'neighbours': [
            {
                'picture': training.name(number),
                'feature': gap,
                'distance': distance,
                'degrees': degrees,
            }
            for number, gap, distance, degrees in zip(
                neighbours.training,
                neighbours.features,
                neighbours.distance,
                neighbours.degrees,
                strict=True,
            )
        ],
    }
