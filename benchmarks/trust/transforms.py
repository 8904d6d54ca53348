# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The figure that needs DDS: benchmarks.trust_tf leaves it in the folder of the others."""

import json
from pathlib import Path

FILE = 'transforms.json'


def tf_figures(out: Path) -> dict[str, float]:
    """tf_error_m, if it was measured: metres, or radians where the angle's error is larger."""
    file = out / FILE
    return {'tf_error_m': json.loads(file.read_text())['tf_error_m']} if file.is_file() else {}


def not_measured(out: Path) -> dict[str, str]:
    """What to do when it was not."""
    if (out / FILE).is_file():
        return {}
    return {
        'tf_error_m': f'transforms are judged over DDS: python -m benchmarks.trust_tf --out {out}'
    }
