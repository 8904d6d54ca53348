# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""A check as one page that needs nothing beside it."""

from html import escape
from pathlib import Path

from matplotlib.figure import Figure

from posenet_training.check import drawings
from posenet_training.check.camera_check import CameraCheck
from posenet_training.check.check import Check
from posenet_training.check.drawn_matches import chosen_pairs, matched_pair
from posenet_training.check.findings import Finding, Level
from posenet_training.check.report_terminal import VERDICTS
from posenet_training.pages import page, png_of, section

DRAWN_PAIRS = 3
Section = tuple[str, str, Figure | None]
STYLE = """
.verdict { font-size: 1.15em; font-weight: 600; }
.ok { color: #2e8b57; } .warning { color: #b9770e; } .refused { color: #c0392b; }
td:nth-child(-n+2) { white-space: nowrap; }
"""


def write_html(check: Check, file: Path) -> None:
    """Write the page; it appears whole or not at all."""
    scene = check.view.scene
    body = (
        f'<h1>{escape(scene.name)}</h1><p>{escape(str(scene.root))}</p>\n'
        f'<p class="verdict {check.verdict.value}">{VERDICTS[check.verdict]}</p>\n'
        f'{_table(check.findings)}\n{_pictures(check)}'
    )
    partial = file.with_name(f'.{file.name}.partial')
    partial.write_text(page(f'{scene.name}: check of the scene', body, STYLE), encoding='utf-8')
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
        *(section for camera in check.cameras for section in _camera(check, camera)),
        ('Validation', 'How far each picture is from training.', drawings.leaks(check)),
        ('From picture to picture', 'Stamps, way and angle.', drawings.motion(check)),
        ('Pictures', 'Edges that are lost to blur; mean grey level.', drawings.quality(check)),
    ]
    return '\n'.join(
        section(title, text, png_of(figure)) for title, text, figure in sections if figure
    )


def _camera(check: Check, camera: CameraCheck) -> list[Section]:
    of = f' ({camera.name})' if len(check.cameras) > 1 else ''
    lines = 'Left: matched points. Right: they must lie on the lines that the given poses draw.'
    misses = 'The lower, the better it fits.'
    band = 'Band: 95 % interval of the lowest point.'
    pairs = [matched_pair(camera, pair) for pair in chosen_pairs(camera, DRAWN_PAIRS)]
    return [
        (f'Convention{of}', 'What the poses may be.', drawings.conventions(camera)),
        *((f'Matched pictures{of}', lines, figure) for figure in pairs),
        (f'Focal length{of}', misses, drawings.focal(camera)),
        (f'Time offset{of}', band, drawings.offset(camera)),
    ]
