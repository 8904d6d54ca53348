# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What the page says beside the scene, as HTML. Pure; everything from outside is escaped."""

from html import escape

from posenet_ros.view.record import Moment
from posenet_ros.view.shapes import deviations, heading_deg

Colour = tuple[int, int, int]

STATE_COLOURS: dict[str, Colour] = {
    'localized': (38, 150, 70),
    'searching': (226, 140, 20),
    'suspect': (208, 48, 48),
}
UNKNOWN_STATE: Colour = (128, 128, 128)
TAUGHT: Colour = (112, 146, 200)
TRUTH: Colour = (40, 40, 46)
HANDED_OVER: Colour = (140, 60, 200)

BLOCK = '<div style="padding:0.4em 0.9em;font-size:0.85em;line-height:1.5">{}</div>'
BADGE = (
    '<span id="state" style="background:{};color:white;border-radius:0.4em;padding:0.15em 0.6em;'
    'font-weight:600">{}</span> '
)
DOT, DIAMOND = '&#9679;', '&#9670;'
MARK = '<span style="color:{}">{}</span>&nbsp;{}'


def state_colour(state: str) -> Colour:
    """The colour of a state, and of all poses that came in it."""
    return STATE_COLOURS.get(state, UNKNOWN_STATE)


def state(moment: Moment) -> str:
    """State and reason, or why there is none."""
    if moment.silence:
        return BLOCK.format(BADGE.format(_css(UNKNOWN_STATE), 'silent') + escape(moment.silence))
    name = moment.state or 'no state yet'
    badge = BADGE.format(_css(state_colour(moment.state)), escape(name))
    return BLOCK.format(badge + f'<span id="reason">{escape(moment.reason)}</span>')


def figures(moment: Moment) -> str:
    """The newest pose, how far off it may be and is, and how the node keeps up."""
    rows = {**_pose(moment), **_keeping_up(moment)}
    cells = ''.join(
        f'<tr><td style="padding-right:0.8em;opacity:0.65;white-space:nowrap;'
        f'vertical-align:top">{escape(name)}</td><td>{escape(value)}</td></tr>'
        for name, value in rows.items()
    )
    return BLOCK.format(f'<table id="figures">{cells}</table>')


def answer(text: str) -> str:
    """What the last request came to."""
    return BLOCK.format(f'<span id="answer">{escape(text)}</span>')


def legend(has_truth: bool) -> str:
    """What the colours mean."""
    entries = [
        (TAUGHT, DOT, 'taught'),
        *((colour, DOT, f'pose while {name}') for name, colour in STATE_COLOURS.items()),
        (HANDED_OVER, DIAMOND, 'handed over'),
    ]
    if has_truth:
        entries.append((TRUTH, DOT, 'truth'))
    marks = (MARK.format(_css(colour), mark, name) for colour, mark, name in entries)
    return BLOCK.format(' &ensp;'.join(marks) + '<br>ellipsoid: 95 % of the claimed position')


def _pose(moment: Moment) -> dict[str, str]:
    newest = moment.newest
    if newest is None:
        return {'pose': 'none yet'}
    x, y, z = newest.T_map_base[:3, 3]
    sigma_m, sigma_deg = deviations(newest.covariance)
    rows = {
        'position': f'{x:.2f}, {y:.2f}, {z:.2f} m',
        'heading': f'{heading_deg(newest.T_map_base):.1f}°',
        'claimed': f'± {sigma_m:.2f} m, ± {sigma_deg:.1f}°',
    }
    if moment.newest_error:
        error_m, error_deg = moment.newest_error
        rows['error'] = f'{error_m:.3f} m, {error_deg:.2f}° against the truth'
    return rows


def _keeping_up(moment: Moment) -> dict[str, str]:
    said = moment.diagnostics
    if not said:
        return {}
    seen, refused, dropped = (said.get(f'frames {w}', '0') for w in ('seen', 'refused', 'dropped'))
    rows = {
        'rate': f'{said.get("rate", "")}, picture to pose {said.get("age", "")}',
        'frames': f'{seen} seen, {refused} refused, {dropped} overtaken by newer ones',
    }
    doubts = {key[9:]: value for key, value in said.items() if key.startswith('doubted: ')}
    if doubts:
        rows['doubted'] = ', '.join(f'{kind} {count}' for kind, count in doubts.items())
    if said.get('last refusal'):
        rows['last refusal'] = said['last refusal']
    return rows


def _css(colour: Colour) -> str:
    return 'rgb({},{},{})'.format(*colour)
