# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What stands beside the stage: state, button, figures, strips, and what the network sees."""

import threading

import numpy as np
from numpy.typing import NDArray
from viser import GuiUplotHandle, uplot

from posenet_ros.geometry import Array
from posenet_ros.view import words
from posenet_ros.view.record import Moment
from posenet_ros.view.server import Server

DARK = np.zeros((8, 8, 3), np.uint8)
STRIP_HEIGHT = 110
FONT = '10px sans-serif'


class Panel:
    """Methods are for one thread; the button is pressed in another."""

    def __init__(self, server: Server) -> None:
        gui = server.gui
        self._pressed = threading.Event()
        self._state = gui.add_html('')
        self._button = gui.add_button(
            'Relocalize', hint='Search, and hand the place over to initialpose when frames agree'
        )
        self._button.on_click(lambda event: self._pressed.set())
        self._answer = gui.add_html('')
        self._figures = gui.add_html('')
        self._latencies = _strip(server, 'picture to pose, ms', 'rgb(40,90,180)')
        self._errors = _strip(server, 'error against the truth, m', 'rgb(208,48,48)')
        self._errors.visible = False
        self._legend = gui.add_html(words.legend(has_truth=False))
        with gui.add_folder('What the network sees', expand_by_default=False):
            self._crop = gui.add_image(DARK, format='jpeg')

    def asked(self) -> bool:
        """Whether somebody pressed the button since this was called last."""
        pressed = self._pressed.is_set()
        self._pressed.clear()
        return pressed

    def answer(self, text: str) -> None:
        """Say what a request came to; the next one may be made."""
        self._answer.content = words.answer(text)
        self._button.disabled = False

    def search(self) -> None:
        """Say that a request is under way, beside which there is no other."""
        self._answer.content = words.answer('searching until frames agree')
        self._button.disabled = True

    def picture(self, rgb: NDArray[np.uint8]) -> None:
        """Show what the network sees [H, W, 3]."""
        self._crop.image = rgb

    def say(self, moment: Moment) -> None:
        """Write state, figures and strips."""
        known = np.isfinite(moment.errors[:, 0])
        has_truth = bool(known.any())
        self._state.content = words.state(moment)
        self._figures.content = words.figures(moment)
        self._legend.content = words.legend(has_truth)
        self._errors.visible = has_truth
        if moment.sightings:
            self._latencies.data = moment.ages_s, moment.latencies_ms
        if has_truth:
            self._errors.data = moment.ages_s[known], moment.errors[known, 0]


def _strip(server: Server, title: str, colour: str) -> GuiUplotHandle:
    nothing: Array = np.zeros(1)
    return server.gui.add_uplot(
        (nothing, nothing),
        (uplot.Series(), uplot.Series(stroke=colour, width=1.5)),
        title=title,
        axes=(
            uplot.Axis(label='seconds', labelSize=14, size=24, font=FONT),
            uplot.Axis(size=38, font=FONT),
        ),
        scales={'x': uplot.Scale(time=False)},
        legend=uplot.Legend(show=False),
        height=STRIP_HEIGHT,
        padding=(10, 20, 0, 10),
    )
