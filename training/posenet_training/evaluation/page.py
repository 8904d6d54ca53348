# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""An evaluation as one page that needs nothing beside it."""

from html import escape
from typing import Any

from posenet_training.evaluation import drawings
from posenet_training.evaluation.evaluate import Evaluation
from posenet_training.evaluation.tables import Words, tables
from posenet_training.evaluation.terminal import cost_sentence
from posenet_training.pages import page, png_of, section
from posenet_training.robustness.report import figure, half_lost_table, right_within

STYLE = """
td:not(:first-child), th:not(:first-child) { text-align: right; }
tbody tr:first-child { font-weight: 600; } .warning { color: #b9770e; }
"""
DENSE = (
    '{crops} crops a picture, uniformly spaced: mean of the positions, chordal mean of the '
    'rotations.'
)


def as_page(evaluation: Evaluation, report: dict[str, Any]) -> str:
    """The page: tables of the report, plots of the evaluation."""
    words = tables(report)
    sentences = [escape(f'{report["model"]}, trunk from {report["pretrained"]}; {words[0].title}')]
    if report['dense_crops']:
        sentences.append(DENSE.format(crops=report['dense_crops']))
    sentences.append(escape(cost_sentence(report['cost'])))
    body = (
        f'<h1>{escape(report["scene"])}: how well the model localizes</h1>\n'
        f'{"".join(f"<p>{sentence}</p>" for sentence in sentences)}\n'
        f'{"".join(f"<p class=warning>{escape(w)}</p>" for w in report["warnings"])}\n'
        f'{_table(words[0])}\n{_plots(evaluation)}\n{_robustness(report)}\n'
        f'{"".join(f"<h2>{escape(one.title)}</h2>{_table(one)}" for one in words[1:])}\n'
    )
    return page(f'{report["scene"]}: evaluation', body, STYLE)


def _plots(evaluation: Evaluation) -> str:
    sections = [
        (
            'Share of the pictures below an error',
            'The farther left, the better; where a rival is left of the thick line, the network '
            'was worth nothing.',
            drawings.error_shares(evaluation),
        ),
        (
            'From above',
            'True positions by their error, with lines to where the network put them.',
            drawings.from_above(evaluation),
        ),
        (
            'Away from training',
            'Errors by how far the nearest training pose is (a radian counts as a metre).',
            drawings.away_from_training(evaluation),
        ),
        (
            'The worst pictures',
            'As the network saw them, the largest position error first.',
            drawings.worst_pictures(evaluation),
        ),
    ]
    return '\n'.join(section(title, text, png_of(figure)) for title, text, figure in sections)


def _robustness(report: dict[str, Any]) -> str:
    """Curves and where half is lost; nothing where no picture was spoilt."""
    if 'robustness' not in report:
        return ''
    values = report['robustness']
    words = half_lost_table(values)
    text = (
        f'Share that is {right_within(values)}, step by step; dotted where half of those that '
        'were right are lost.'
    )
    return section(words.title, text, png_of(figure(values))) + _table(words)


def _table(words: Words) -> str:
    head = ''.join(f'<th>{escape(column)}</th>' for column in words.columns)
    rows = ''.join(
        f'<tr>{"".join(f"<td>{escape(cell)}</td>" for cell in row)}</tr>' for row in words.rows
    )
    return f'<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>'
