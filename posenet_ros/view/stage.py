# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The scene of the page, in the map's frame."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from posenet_ros.floor_plan import FloorPlan
from posenet_ros.geometry import Array
from posenet_ros.view import shapes, words
from posenet_ros.view.record import JUMP_M, Moment, Sighting
from posenet_ros.view.server import Server

FRUSTUM_M = 0.6
# Below the feet of whatever stands on it.
FLOOR_Z_M = -0.02
# For what is not there yet: the page takes no empty ones.
NO_POINTS = np.zeros((1, 3), np.float32)
NO_LINES = np.zeros((1, 2, 3), np.float32)


class Stage:
    """Everything that has a place in the map; methods are for one thread."""

    def __init__(self, server: Server) -> None:
        self._server = server
        scene = server.scene
        scene.configure_default_lights(cast_shadow=False)
        self._grid = scene.add_grid('/grid', infinite_grid=True, fade_distance=40.0)
        self._taught = scene.add_point_cloud(
            '/taught/positions', NO_POINTS, words.TAUGHT, point_size=0.035, point_shape='circle'
        )
        self._drives = scene.add_line_segments('/taught/path', NO_LINES, words.TAUGHT)
        self._poses = scene.add_point_cloud(
            '/poses', NO_POINTS, words.UNKNOWN_STATE, point_size=0.05, point_shape='circle'
        )
        self._handed_over = scene.add_point_cloud(
            '/handed_over', NO_POINTS, words.HANDED_OVER, point_size=0.11, point_shape='diamond'
        )
        for cloud in (self._taught, self._poses, self._handed_over):
            cloud.precision = 'float32'
        self._base = scene.add_frame('/base', axes_length=0.35, axes_radius=0.018)
        self._ellipsoid = scene.add_icosphere('/covariance', opacity=0.35, cast_shadow=False)
        self._frustum = scene.add_camera_frustum(
            '/camera', shapes.vertical_fov(None), 1.0, scale=FRUSTUM_M, format='jpeg',
            thickness=0.015, cast_shadow=False,
        )  # fmt: skip
        self._truth = scene.add_frame(
            '/truth/base', axes_length=0.2, axes_radius=0.008, origin_radius=0.05,
            origin_color=words.TRUTH,
        )  # fmt: skip
        self._truths = scene.add_line_segments('/truth/path', NO_LINES, words.TRUTH)
        for node in (
            self._taught, self._drives, self._poses, self._handed_over, self._base,
            self._ellipsoid, self._frustum, self._truth, self._truths,
        ):  # fmt: skip
            node.visible = False

    def coverage(self, positions: Array) -> None:
        """Show where the network was taught [N, 3], and look there."""
        lines = shapes.training_path(positions)
        self._taught.visible, self._drives.visible = bool(len(positions)), bool(len(lines))
        self._taught.points = _drawable(positions, NO_POINTS)
        self._drives.points = _drawable(lines, NO_LINES)
        if len(positions):
            self._look(*shapes.overlook(positions))

    def floor(self, plan: FloorPlan) -> None:
        """Lay the map of the map server on the floor."""
        T_map_middle, width, height = shapes.floor_middle(plan)
        T_map_middle[2, 3] += FLOOR_Z_M
        position, wxyz = shapes.position_wxyz(T_map_middle)
        picture = shapes.floor_picture(plan)
        self._server.scene.add_image(
            '/floor', picture, width, height, format='png', position=position, wxyz=wxyz,
            cast_shadow=False, receive_shadow=False,
        )  # fmt: skip
        self._grid.visible = False

    def picture(self, rgb: NDArray[np.uint8], fov_rad: float) -> None:
        """Show what the network sees [H, W, 3] in the frustum, whose height spans this angle."""
        height, width, _ = rgb.shape
        self._frustum.image = rgb
        self._frustum.fov, self._frustum.aspect = fov_rad, width / height

    def robot(self, newest: Sighting, T_base_camera: Array | None) -> None:
        """Put the robot, its camera and the claimed covariance where the newest pose has them."""
        colour = words.state_colour(newest.state)
        position, wxyz = shapes.position_wxyz(newest.T_map_base)
        self._base.position, self._base.wxyz = position, wxyz
        radii, self._ellipsoid.wxyz = shapes.ellipsoid(newest.covariance)
        self._ellipsoid.position, self._ellipsoid.scale = position, tuple(radii.tolist())
        self._ellipsoid.color = self._frustum.color = colour
        self._base.visible = self._ellipsoid.visible = True
        self._frustum.visible = T_base_camera is not None
        if T_base_camera is not None:
            T_map_camera = newest.T_map_base @ T_base_camera
            self._frustum.position, self._frustum.wxyz = shapes.position_wxyz(T_map_camera)

    def past(self, moment: Moment) -> None:
        """Draw where the robot was, was believed to be, and what was handed over."""
        self._poses.points, self._poses.visible = _drawable(moment.positions, NO_POINTS), True
        colours = [words.state_colour(sighting.state) for sighting in moment.sightings]
        self._poses.colors = np.array(colours, np.uint8)
        self._handed_over.points = _drawable(moment.handed_over, NO_POINTS)
        self._handed_over.visible = bool(len(moment.handed_over))
        if moment.T_map_truth is None:
            return
        self._truth.position, self._truth.wxyz = shapes.position_wxyz(moment.T_map_truth)
        lines = shapes.segments(moment.truths, JUMP_M)
        self._truth.visible, self._truths.visible = True, bool(len(lines))
        self._truths.points = _drawable(lines, NO_LINES)

    def _look(self, position: Array, look_at: Array) -> None:
        self._server.initial_camera.position = position
        self._server.initial_camera.look_at = look_at
        for client in self._server.get_clients().values():
            client.camera.position, client.camera.look_at = position, look_at


def _drawable(points: ArrayLike, nothing: NDArray[np.float32]) -> NDArray[np.float32]:
    found = np.asarray(points, np.float32)
    return found if len(found) else nothing
