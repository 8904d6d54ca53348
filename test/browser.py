# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""A real Chromium without a display, the system's own; tests skip where there is none."""

import io
import socket
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

CHROMIUM = Path('/usr/bin/chromium')
FLAGS = (
    '--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
    '--disable-background-networking', '--disable-component-update', '--disable-sync',
)  # fmt: skip

needs_chromium = pytest.mark.skipif(
    not CHROMIUM.exists(), reason=f'there is no {CHROMIUM}: apt-get install chromium'
)


@contextmanager
def browsing(width: int = 900, height: int = 600) -> Iterator:
    """A browser's page; what its scripts complain about is an error of the test."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        page = browser.new_page(viewport={'width': width, 'height': height})
        complaints: list[str] = []
        page.on('pageerror', lambda error: complaints.append(str(error)))
        try:
            yield page
        finally:
            browser.close()
    assert not complaints


def pixels(page) -> NDArray[np.uint8]:
    """What the page shows left of its panel [H, W, 3]."""
    with Image.open(io.BytesIO(page.screenshot())) as shot:
        rgb = np.asarray(shot.convert('RGB'))
    return rgb[:, : rgb.shape[1] // 2]


def free_port() -> int:
    """A port that nobody listens on."""
    with closing(socket.socket()) as probe:
        probe.bind(('127.0.0.1', 0))
        return int(probe.getsockname()[1])
