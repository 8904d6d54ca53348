# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The browser view without ROS or a browser: its geometry, its record, its words, its manners."""

import http.client
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing

import numpy as np
import pytest
from browser import free_port
from scipy.spatial.transform import Rotation
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from posenet_ros.floor_plan import FloorPlan
from posenet_ros.geometry import Array, transform
from posenet_ros.model_spec import Camera
from posenet_ros.view import shapes, words
from posenet_ros.view.origin import is_loopback, refusal
from posenet_ros.view.record import Record
from posenet_ros.view.server import Server, openness, serve

NAMES = frozenset({'localhost', 'robot', 'robot.local'})
SMALL = np.diag([0.01, 0.01, 0.01, 0.001, 0.001, 0.001])


def at(x: float, y: float = 0.0) -> Array:
    return transform([x, y, 0.0], [0.0, 0.0, 0.0, 1.0])


# --- geometry -----------------------------------------------------------------------------------


def test_the_ellipsoid_holds_95_percent() -> None:
    rng = np.random.default_rng(0)
    root = rng.normal(size=(6, 6))
    covariance = root @ root.T
    radii, wxyz = shapes.ellipsoid(covariance)
    R = Rotation.from_quat(np.roll(wxyz, -1)).as_matrix()
    points = rng.multivariate_normal(np.zeros(3), covariance[:3, :3], 20_000)
    inside = np.linalg.norm((points @ R) / radii, axis=1) <= 1.0
    assert inside.mean() == pytest.approx(0.95, abs=0.006)


def test_a_flat_ellipsoid_can_still_be_drawn() -> None:
    radii, wxyz = shapes.ellipsoid(np.diag([0.04, 0.0, 0.0, 0.0, 0.0, 0.0]))
    assert radii.min() == shapes.THINNEST_M
    assert np.linalg.norm(wxyz) == pytest.approx(1.0)


def test_a_drive_is_a_path_and_scattered_pictures_are_none() -> None:
    way = np.stack([0.05 * np.arange(100), np.sin(0.05 * np.arange(100)), np.zeros(100)], axis=1)
    two_drives = np.concatenate([way, way + np.array([0.0, 3.0, 0.0])])
    assert len(shapes.training_path(two_drives)) == 198
    scattered = np.random.default_rng(0).uniform(0.0, 5.0, (300, 3))
    assert len(shapes.training_path(scattered)) == 0
    assert len(shapes.training_path(way[:2])) == 0


def test_the_frustum_is_as_high_as_the_picture() -> None:
    assert shapes.vertical_fov(Camera(640, 480, 240.0, 240.0, 320.0, 240.0)) == pytest.approx(
        np.pi / 2
    )


def test_the_floor_lies_where_the_map_server_says() -> None:
    cells = np.array([[0, 100, -1], [0, 0, 0]], np.int8)
    plan = FloorPlan(cells, 0.5, transform([1.0, 2.0, 0.0], [0.0, 0.0, 1.0, 0.0]))
    T_map_middle, width, height = shapes.floor_middle(plan)
    assert (width, height) == (1.5, 1.0)
    assert np.allclose(T_map_middle[:3, 3], [1.0 - 0.75, 2.0 - 0.5, 0.0])
    picture = shapes.floor_picture(plan)
    # The first row of a picture is its top, the first row of a grid its bottom.
    assert picture[1].tolist() == [list(shapes.FREE), list(shapes.OCCUPIED), list(shapes.UNKNOWN)]


def test_the_viewer_looks_at_what_was_taught() -> None:
    positions = np.array([[0.0, 0.0, 1.0], [10.0, 4.0, 1.0]])
    position, look_at = shapes.overlook(positions)
    assert np.allclose(look_at, [5.0, 2.0, 1.0])
    assert position[2] > 5.0


# --- record -------------------------------------------------------------------------------------


def test_a_truth_is_found_by_its_stamp_whichever_comes_first() -> None:
    record = Record('relocalizer')
    record.truth(100, at(1.0))
    record.pose(100, at(1.3), SMALL, 50_000_100)
    record.pose(200, at(2.0), SMALL, 60_000_200)
    assert record.moment(0.0).newest_error == pytest.approx((0.3, 0.0))
    record.truth(200, at(2.0, 0.4))
    moment = record.moment(0.0)
    assert moment.errors[:, 0] == pytest.approx([0.3, 0.4])
    assert moment.latencies_ms == pytest.approx([50.0, 60.0])
    assert moment.ages_s == pytest.approx([-0.0100001, 0.0])


def test_poses_keep_the_state_in_which_they_came() -> None:
    record = Record('relocalizer')
    record.believe('searching', 'no frame')
    record.pose(1, at(0.0), SMALL, 2)
    record.believe('localized', '7 of the last 7 frames agree')
    record.pose(2, at(0.0), SMALL, 3)
    assert [s.state for s in record.moment(0.0).sightings] == ['searching', 'localized']


def test_time_that_jumps_back_begins_anew() -> None:
    record = Record('relocalizer')
    record.truth(1000, at(0.0))
    record.pose(1000, at(0.0), SMALL, 1001)
    record.pose(10, at(5.0), SMALL, 11)
    moment = record.moment(0.0)
    assert len(moment.sightings) == 1
    assert moment.newest_error is None


def test_silence_is_said() -> None:
    record = Record('relocalizer')
    assert "waiting for 'relocalizer'" in record.moment(0.0).silence
    record.diagnose({'rate': '10.0 Hz'}, 1.0)
    assert record.moment(2.0).silence == ''
    assert 'silent for 9 s' in record.moment(10.0).silence


def test_memory_does_not_grow() -> None:
    record = Record('relocalizer')
    for stamp in range(3000):
        record.truth(stamp, at(0.0))
        record.pose(stamp, at(0.0), SMALL, stamp)
        record.hand_over(at(0.0))
    moment = record.moment(0.0)
    assert len(moment.sightings) == len(moment.handed_over) == 300
    assert len(moment.truths) <= 601


# --- words --------------------------------------------------------------------------------------


def test_what_comes_from_outside_is_text_and_no_page() -> None:
    record = Record('relocalizer')
    record.believe('<b>state', '<script>alert(1)</script>')
    record.diagnose({'last refusal': '<img src=x onerror=alert(1)>', 'rate': '<i>'}, 0.0)
    moment = record.moment(0.0)
    said = words.state(moment) + words.figures(moment) + words.answer('<script>')
    assert not any(tag in said for tag in ('<script', '<img', '<i>', '<b>'))


def test_doubts_and_the_last_refusal_are_listed() -> None:
    record = Record('relocalizer')
    record.diagnose(
        {'doubted: novelty': '3', 'last refusal': 'no transform', 'frames refused': '2'}, 0.0
    )
    said = words.figures(record.moment(0.0))
    assert 'novelty 3' in said
    assert 'no transform' in said
    assert '2 refused' in said


# --- manners ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ('origin', 'host', 'allowed'),
    [
        (None, '127.0.0.1:8080', True),
        ('http://127.0.0.1:8080', '127.0.0.1:8080', True),
        ('http://localhost:8080', 'localhost:8080', True),
        ('http://robot.local:8080', 'robot.local:8080', True),
        ('http://[::1]:8080', '[::1]:8080', True),
        ('http://evil.example', '127.0.0.1:8080', False),
        ('http://127.0.0.1:9000', '127.0.0.1:8080', False),
        ('http://evil.example:8080', 'evil.example:8080', False),
        (None, 'evil.example:8080', False),
        ('null', '127.0.0.1:8080', False),
        (None, None, False),
    ],
)
def test_only_the_page_itself_is_answered(
    origin: str | None, host: str | None, allowed: bool
) -> None:
    assert (refusal(origin, host, NAMES) == '') == allowed


def test_what_is_open_says_so_in_one_line() -> None:
    assert is_loopback('127.0.0.1')
    assert is_loopback('::1')
    assert openness('localhost', 8080) == ''
    warning = openness('0.0.0.0', 8080)
    assert 'opens the page to the network' in warning
    assert '\n' not in warning


@pytest.fixture
def server() -> Iterator[Server]:
    server = serve('127.0.0.1', free_port())
    yield server
    server.stop()


def test_pages_of_others_are_refused_by_the_server(server: Server) -> None:
    port = server.get_port()
    page = http.client.HTTPConnection('127.0.0.1', port, timeout=10.0)
    page.request('GET', '/')
    assert page.getresponse().status == 200
    page.close()
    page.request('GET', '/', headers={'Host': f'evil.example:{port}'})
    assert page.getresponse().status == 403
    page.close()
    with pytest.raises(InvalidStatus, match='403'):
        connect(f'ws://127.0.0.1:{port}', origin='http://evil.example')
    connect(f'ws://127.0.0.1:{port}', origin=f'http://127.0.0.1:{port}').close()


def test_nobody_can_ask_for_a_tunnel(server: Server) -> None:
    assert server.request_share_url() is None


def test_a_port_that_is_taken_ends_in_one_sentence() -> None:
    with closing(socket.socket()) as taken:
        taken.bind(('127.0.0.1', 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(ValueError, match=f'cannot listen on port {port}'):
            serve('127.0.0.1', port)
    with pytest.raises(ValueError, match=r"of '192\.0\.2\.1'"):
        serve('192.0.2.1', 8080)


def test_without_viser_one_sentence_says_what_to_install() -> None:
    hide = "import runpy, sys; sys.modules['viser'] = None; "
    start = "runpy.run_module('posenet_ros.view', run_name='__main__')"
    ended = subprocess.run([sys.executable, '-c', hide + start], capture_output=True, text=True)
    assert ended.returncode == 1
    assert ended.stderr == "view: viser is not installed: pip install 'viser>=1.1,<1.2'\n"
