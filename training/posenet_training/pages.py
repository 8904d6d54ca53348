# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Pages that need nothing beside them: one HTML file with its figures inside."""

import base64
from html import escape
from io import BytesIO

from matplotlib.figure import Figure

DPI = 130
STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; color: #222; max-width: 960px; margin: 2em auto;
       padding: 0 1em; }
h1 { font-size: 1.5em; margin-bottom: 0; } h2 { font-size: 1.1em; margin: 2em 0 .3em; }
td, th { padding: .15em .8em .15em 0; vertical-align: top; text-align: left; }
img { width: 100%; } p { margin: .2em 0; color: #555; }
"""


def page(title: str, body: str, style: str = '') -> str:
    """A whole page around its body; `style` is CSS after the common one."""
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<title>{escape(title)}</title><style>{STYLE}{style}</style></head><body>\n'
        f'{body}</body></html>\n'
    )


def section(title: str, text: str, png: bytes) -> str:
    """A heading, a sentence on what is seen, and the picture."""
    return (
        f'<h2>{escape(title)}</h2><p>{escape(text)}</p>'
        f'<img alt="{escape(title)}" src="data:image/png;base64,{base64.b64encode(png).decode()}">'
    )


def png_of(figure: Figure) -> bytes:
    """Draw a figure as PNG."""
    png = BytesIO()
    figure.savefig(png, format='png', dpi=DPI)
    return png.getvalue()
