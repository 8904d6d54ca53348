# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What the docs site takes from elsewhere: sections of README, CONTRIBUTING, the parameters."""

import math
import re
from html import escape
from pathlib import Path
from typing import Any

from posenet_ros.parameter_table import TABLE, Entry

ROOT = Path(__file__).resolve().parent.parent
# A line that is nothing but a link to a file above docs/: the site shows what it leads to.
WHOLE = re.compile(r'^\[[^\]]+\]\(\.\./([\w.]+\.md)\)$', re.MULTILINE)
SECTION = re.compile(r'^\[([^\]]+)\]\(\.\./([\w.]+\.md)#[\w-]+\)$', re.MULTILINE)
PARAMETERS = re.compile(r'^\[[^\]]+\]\(\.\./config/relocalize\.yaml\)$', re.MULTILINE)
LINK = re.compile(r'(!?)\[([^\]]*)\]\(([^)\s]+)\)')


def on_page_markdown(markdown: str, **_: Any) -> str:
    """Fill in what a page asks for; links that lead out of the site become text."""
    page = WHOLE.sub(lambda found: (ROOT / found[1]).read_text(), markdown)
    page = SECTION.sub(lambda found: section((ROOT / found[2]).read_text(), found[1]), page)
    page = PARAMETERS.sub(lambda found: parameters(), page)
    return LINK.sub(_inside, page)


def section(text: str, heading: str) -> str:
    """The section of a text under a heading of the second level, heading included."""
    parts = re.split(r'^(?=## )', text, flags=re.MULTILINE)
    found = [part for part in parts if part.startswith(f'## {heading}\n')]
    if len(found) != 1:
        raise ValueError(f"there are {len(found)} sections '{heading}', there must be one")
    return found[0]


def parameters() -> str:
    """All parameters, each with type, default, range and meaning."""
    rows = ['| parameter | type | default | range | meaning |', '|---|---|---|---|---|']
    for entry in TABLE:
        kind, default = type(entry.default).__name__, repr(entry.default)
        meaning = escape(entry.meaning, quote=False)
        rows.append(f'| `{entry.name}` | {kind} | `{default}` | {_range(entry)} | {meaning} |')
    return '\n'.join(rows)


def _range(entry: Entry) -> str:
    if entry.choices:
        return ', '.join(entry.choices)
    return f'{entry.minimum:g} to {entry.maximum:g}' if math.isfinite(entry.maximum) else ''


def _inside(link: re.Match[str]) -> str:
    target = link[3].removeprefix('docs/')
    if '://' in target or target.startswith('#'):
        return link[0]
    if (ROOT / 'docs' / target.split('#')[0]).is_file():
        return f'{link[1]}[{link[2]}]({target})'
    return link[2]
