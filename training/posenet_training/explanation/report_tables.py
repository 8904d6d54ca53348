# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The figures of an explanation as rows for people, in the terminal and on the page."""

from posenet_training.explanation.explain import Explanation
from posenet_training.explanation.hiding import SHARE
from posenet_training.explanation.neighbours import NEAREST
from posenet_training.explanation.report_json import hidden_means

SPACES = {
    'random': 'at random',
    'feature': 'whole feature',
    'pca': 'first two components',
    't-sne': 't-SNE plane',
    'best': 'nearest in the scene itself',
}


def neighbour_rows(explanation: Explanation) -> list[tuple[str, str, str]]:
    """(where neighbours were looked for, mean distance, mean angle)."""
    return [
        (
            SPACES[name],
            f'{agreement.distance:.3f} {explanation.unit}',
            f'{agreement.degrees:.1f}°',
        )
        for name, agreement in explanation.agreements.items()
    ]


def neighbour_title() -> str:
    """What neighbour_rows tell."""
    return f'from judged pictures to {NEAREST} training pictures, mean'


def pictures_sentence(explanation: Explanation) -> str:
    """How many pictures were looked at."""
    counts = [
        f'{len(seen.gallery)} of {seen.gallery.total} {name}'
        for name, seen in (('training', explanation.training), ('judged', explanation.judged))
    ]
    return f'{" and ".join(counts)} pictures, evenly spread'


def hidden_sentence(explanation: Explanation) -> str:
    """What hiding the salient parts did to the answers."""
    means, unit = hidden_means(explanation), explanation.unit
    return (
        f'Hiding the most salient {SHARE:.0%} of a picture moves the position by '
        f'{means["salient_distance"]:.3f} {unit} (patches of that shape elsewhere: '
        f'{means["elsewhere_distance"]:.3f} {unit}) and the rotation by '
        f'{means["salient_degrees"]:.1f}° (elsewhere: {means["elsewhere_degrees"]:.1f}°), '
        f'means of {len(explanation.looked)} pictures.'
    )
