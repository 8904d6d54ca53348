# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The browser view as its user sees it: a real page in a real browser, of a real node."""

import time
from collections.abc import Iterator
from urllib.parse import urlsplit

import numpy as np
import pytest
from browser import browsing, free_port, needs_chromium, pixels
from driving import Drive, driving
from geometry_msgs.msg import PoseStamped
from harness import Camera, Program, bench, wait_until
from model_files import ColourNet, write_model

from posenet_ros.messages import pose_stamped, stamp_ns

PLACE, ELSEWHERE = np.array([4.0, 5.0, 3.0]), np.array([7.0, 4.0, 3.0])
# It drives half a metre to and fro, and the page is not the quickest.
NEAR_M = 1.2
# Software draws the scene beside the node, on a machine that may be busy.
PATIENCE_MS = 60_000

pytestmark = [pytest.mark.slow, needs_chromium]


@pytest.fixture(scope='module')
def robot(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Camera]:
    model = write_model(tmp_path_factory.mktemp('model') / 'colour.pt', ColourNet())
    with bench(model_path=model, max_age=3.0, relocalize_timeout=20.0) as (_, robot):
        robot.extrinsic()
        robot.wait_until_connected()
        yield robot


@pytest.fixture(scope='module')
def address(robot: Camera) -> Iterator[str]:
    port = free_port()
    view = Program('posenet_ros.view', robot.domain, port=port)
    view.wait_for_line(f"the page of 'relocalizer' is at http://127.0.0.1:{port}")
    yield f'http://127.0.0.1:{port}'
    view.stop()
    assert 'Traceback' not in view.output, view.output
    assert 'opens the page to the network' not in view.output


def wait_for_words(page, selector: str, words: str) -> None:
    page.locator(selector, has_text=words).first.wait_for(timeout=PATIENCE_MS)


def distance_shown(page, drive: Drive) -> float:
    """Metres between the position that the page shows and the true one."""
    words = page.inner_text('#figures').split('position')[1].split(' m')[0]
    shown = np.array([float(number) for number in words.split(',')])
    return float(np.linalg.norm(shown - drive.truth(time.time_ns())[:3, 3]))


def test_the_page_moves_with_the_robot_and_its_button_relocalizes(
    robot: Camera, address: str
) -> None:
    truth = robot.node.create_publisher(PoseStamped, 'ground_truth', 10)
    with browsing() as page:
        asked_for: list[str] = []
        page.on('request', lambda request: asked_for.append(request.url))
        page.goto(address)
        wait_for_words(page, '#state', 'searching')
        with driving(robot, PLACE) as drive:
            wait_for_words(page, '#state', 'localized')
            wait_for_words(page, '#reason', 'frames agree')
            assert 'against the truth' not in page.inner_text('#figures')
            before = pixels(page)

            page.get_by_role('button', name='Relocalize').click()
            wait_for_words(page, '#answer', 'handed over')
            assert robot.received['initialpose']

            for message in list(robot.received['relocalizer/pose'])[-20:]:
                stamp = stamp_ns(message.header.stamp)
                truth.publish(pose_stamped(stamp, 'map', drive.truth(stamp)))
            wait_for_words(page, '#figures', 'against the truth')

            assert distance_shown(page, drive) < NEAR_M
            drive.kidnap(ELSEWHERE)
            wait_until(lambda: distance_shown(page, drive) < NEAR_M, PATIENCE_MS / 1e3, 'the move')
            wait_for_words(page, '#state', 'localized')
            after = pixels(page)
        changed = np.abs(after.astype(int) - before).max(axis=-1) > 60
        assert 0.001 < changed.mean() < 0.9
    hosts = {urlsplit(url).netloc for url in asked_for if not url.startswith('blob:')}
    assert hosts == {urlsplit(address).netloc}


def test_a_node_that_is_gone_is_not_believed(address: str, robot: Camera) -> None:
    other = Program('posenet_ros.view', robot.domain, port=free_port(), node='nobody')
    other.wait_for_line("the page of 'nobody' is at ")
    page_address = other.output.split(' is at ')[1].split()[0]
    with browsing() as page:
        page.goto(page_address)
        wait_for_words(page, '#state', 'silent')
        page.get_by_role('button', name='Relocalize').click()
        wait_for_words(page, '#answer', "'nobody' is not there to ask")
    other.stop()
