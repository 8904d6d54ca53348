# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""A check as one page that needs nothing beside it."""

import base64
from html import escape
from io import BytesIO
from pathlib import Path

from matplotlib.figure import Figure

from posenet_training.check import drawings
from posenet_training.check.check import Check
from posenet_training.check.drawn_matches import chosen_pairs, matched_pair
from posenet_training.check.findings import Finding, Level
from posenet_training.check.report_terminal import VERDICTS

DRAWN_PAIRS = 3
STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; color: #222; max-width: 960px; margin: 2em auto;
       padding: 0 1em; }
h1 { font-size: 1.5em; margin-bottom: 0; } h2 { font-size: 1.1em; margin: 2em 0 .3em; }
.verdict { font-size: 1.15em; font-weight: 600; }
.ok { color: #2e8b57; } .warning { color: #b9770e; } .refused { color: #c0392b; }
td { padding: .15em .8em .15em 0; vertical-align: top; }
td:nth-child(-n+2) { white-space: nowrap; } img { width: 100%; } p { margin: .2em 0; color: #555; }
"""


def write_html(check: Check, file: Path) -> None:
    """Write the page; it appears whole or not at all."""
    scene = check.view.scene
    title = escape(f'{scene.name}: check of the scene')
    page = (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<title>{title}</title><style>{STYLE}</style></head><body>\n'
        f'<h1>{escape(scene.name)}</h1><p>{escape(str(scene.root))}</p>\n'
        f'<p class="verdict {check.verdict.value}">{VERDICTS[check.verdict]}</p>\n'
        f'{_table(check.findings)}\n{_pictures(check)}</body></html>\n'
    )
    partial = file.with_name(f'.{file.name}.partial')
    partial.write_text(page, encoding='utf-8')
    partial.rename(file)


def _table(findings: tuple[Finding, ...]) -> str:
    rows = [
        f'<tr><td class="{level.value}">{level.value}</td><td>{escape(finding.check)}</td>'
        f'<td>{escape(finding.sentence)}</td></tr>'
        for level in reversed(Level)
        for finding in findings
        if finding.level is level
    ]
    return f'<table>{"".join(rows)}</table>'


def _pictures(check: Check) -> str:
    sections = [
        ('From above', 'Arrows point where the camera looked.', drawings.trajectory(check)),
        ('Over the map', 'In the frame that navigation loads.', drawings.over_map(check)),
        ('Convention', 'What the poses may be, judged by matches.', drawings.conventions(check)),
        *_pairs(check),
        ('Focal length', 'The lower, the better it fits.', drawings.focal(check)),
        ('Time offset', 'Band: 95 % interval of the lowest point.', drawings.offset(check)),
        ('Validation', 'How far each picture is from training.', drawings.leaks(check)),
        ('From picture to picture', 'Stamps, way and angle.', drawings.motion(check)),
        ('Pictures', 'Sharpness is relative to the scene.', drawings.quality(check)),
    ]
    return '\n'.join(_section(*section) for section in sections)


def _pairs(check: Check) -> list[tuple[str, str, Figure | None]]:
    text = 'Left: matched points. Right: they must lie on the lines that the given poses draw.'
    pairs = chosen_pairs(check, DRAWN_PAIRS)
    return [('Matched pictures', text, matched_pair(check, pair)) for pair in pairs]


def _section(title: str, text: str, figure: Figure | None) -> str:
    if figure is None:
        return ''
    return (
        f'<h2>{escape(title)}</h2><p>{escape(text)}</p>'
        f'<img alt="{escape(title)}" src="{_data_uri(figure)}">'
    )


def _data_uri(figure: Figure) -> str:
    png = BytesIO()
    figure.savefig(png, format='png', dpi=130)
    return f'data:image/png;base64,{base64.b64encode(png.getvalue()).decode()}'
