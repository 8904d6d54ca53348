# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""An explanation as one page that needs nothing beside it."""

from html import escape

from posenet_training.explanation.explain import Explanation
from posenet_training.explanation.report_tables import (
    hidden_sentence,
    neighbour_rows,
    neighbour_title,
    pictures_sentence,
)
from posenet_training.explanation.saliency import NOISE, SAMPLES
from posenet_training.pages import page, section

TEXTS = {
    'tsne.png': (
        'The scene in the features, t-SNE',
        'Where colours run smoothly, the feature knows the place; axes and sizes mean nothing.',
    ),
    'pca.png': (
        'The scene in the features, PCA',
        'The two directions in which the features of the training pictures differ most.',
    ),
    'variance.png': (
        'How many numbers a feature is',
        'Variance of the training features that the first principal components hold.',
    ),
    'saliency.png': (
        'Which pixels move the answer',
        f'Gradient of the pose by the pixels, mean of {SAMPLES} copies with noise of '
        f'{NOISE:.0f} grey levels (SmoothGrad); one scale for all pictures.',
    ),
    'neighbours.png': (
        'What each picture reminds the model of',
        'Left: a judged picture. Right: the training pictures of the nearest features, in '
        'distances of the feature (1: two training pictures on average), and how far they are.',
    ),
}


def as_page(explanation: Explanation, pictures: dict[str, bytes]) -> str:
    """The page around the pictures, PNGs by file name."""
    sections = '\n'.join(section(*TEXTS[name], png) for name, png in pictures.items())
    rows = ''.join(
        f'<tr>{"".join(f"<td>{escape(cell)}</td>" for cell in row)}</tr>'
        for row in neighbour_rows(explanation)
    )
    body = (
        f'<h1>{escape(explanation.scene)}: what the model looks at</h1>'
        f'<p>{escape(str(explanation.model_file))}; {escape(pictures_sentence(explanation))}</p>'
        f'<h2>Do alike features mean alike poses?</h2><p>{escape(neighbour_title())}</p>'
        f'<table>{rows}</table>\n'
        f'<h2>Does what is salient matter?</h2><p>{escape(hidden_sentence(explanation))}</p>\n'
        f'{sections}'
    )
    return page(f'{explanation.scene}: explained', body)
