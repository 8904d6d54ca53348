# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The one file that knows Panda3D: a room's meshes in its software rasterizer."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from panda3d import core

from posenet_ros.model_spec import Camera
from simulation.light import Light
from simulation.mesh import Mesh, joined, tessellate
from simulation.room import Room
from simulation.shading import irradiance, vertex_colours
from simulation.texture import TextureSpec, paint

core.load_prc_file_data(
    'simulation',
    'load-display p3tinydisplay\n'
    'audio-library-name null\n'
    'notify-level-display error\n'
    'garbage-collect-states false\n',
)

VERTEX = np.dtype([('position', '3f4'), ('colour', '4u1'), ('uv', '2f4')])
core.CullBinManager.get_global_ptr().add_bin(
    'near_first', core.CullBinManager.BT_front_to_back, 15
)

# The rasterizer snaps vertices to whole pixels, on average this much (measured) left and up.
SNAP = 0.26  # px
EDGE = 0.002  # of a texture, kept off its borders, which repeat
NEAR, FAR = 0.03, 20.0  # m

# Columns: Panda3D's camera axes (x right, y ahead, z up) in the optical frame.
T_OPTICAL_PANDA = np.array(
    [[1.0, 0.0, 0.0, 0.0], [0.0, 0.0, -1.0, 0.0], [0.0, 1.0, 0.0, 0.0], [0.0, 0.0, 0.0, 1.0]]
)


class PandaScene:
    """A room in the engine, drawn into memory through one camera."""

    def __init__(self, room: Room, camera: Camera) -> None:
        self._camera = camera
        self._root = core.NodePath('room')
        meshes = _meshes(room)
        whole = joined(list(meshes.values()))
        self._shares, self._luminous = irradiance(room, whole), whole.luminous
        self._rows = np.zeros(len(whole.uv), VERTEX)
        self._rows['position'], self._rows['uv'] = (
            whole.positions,
            EDGE + (1.0 - 2.0 * EDGE) * whole.uv,
        )
        self._rows['colour'][:, 3] = 255
        # All parts share their vertices, so that new light is one copy into the engine.
        self._vertices = core.GeomVertexData(
            'room', core.GeomVertexFormat.get_v3c4t2(), core.Geom.UH_dynamic
        )
        self._vertices.set_num_rows(len(self._rows))
        self._copy_rows()
        first = 0
        for spec, mesh in meshes.items():
            self._add(spec, mesh, first)
            first += len(mesh.uv)
        self._light: Light | None = None

        pipe = core.GraphicsPipeSelection.get_global_ptr().make_pipe(
            'TinyOffscreenGraphicsPipe', 'p3tinydisplay'
        )
        if pipe is None:
            raise RuntimeError(
                "Panda3D's software rasterizer (libp3tinydisplay.so) does not load: install "
                'libx11-6 (apt install libx11-6), which it needs without a display too, or '
                'reinstall panda3d'
            )
        self._engine = core.GraphicsEngine(pipe)
        pixels = core.FrameBufferProperties()
        pixels.set_rgba_bits(8, 8, 8, 8)
        pixels.set_depth_bits(24)
        self._buffer = self._engine.make_output(
            pipe,
            'camera',
            0,
            pixels,
            core.WindowProperties.size(camera.width, camera.height),
            core.GraphicsPipe.BF_refuse_window,
        )
        if self._buffer is None:
            raise RuntimeError('Panda3D opened no offscreen buffer; reinstall panda3d')
        self._picture = core.Texture()
        self._buffer.add_render_texture(self._picture, core.GraphicsOutput.RTM_copy_ram)
        self._eye = self._root.attach_new_node(core.Camera('eye', _lens(camera)))
        self._buffer.set_clear_color(core.LColor(0.0, 0.0, 0.0, 1.0))
        self._buffer.make_display_region().set_camera(self._eye)

    def draw(self, T_map_camera: NDArray[np.float64], light: Light) -> NDArray[np.uint8]:
        """RGB picture [height, width, 3] from the optical frame's pose [4, 4] in map."""
        if light != self._light:
            self._illuminate(light)
        T_map_panda = T_map_camera @ T_OPTICAL_PANDA
        # Panda3D multiplies row vectors from the left.
        self._eye.set_mat(core.LMatrix4f(*T_map_panda.T.ravel()))
        self._engine.render_frame()
        bgra = np.frombuffer(self._picture.get_ram_image(), np.uint8)
        bgra = bgra.reshape(self._camera.height, self._camera.width, 4)
        rgb = np.empty((self._camera.height, self._camera.width, 3), np.uint8)
        for channel in range(3):  # four times as quick as one strided copy
            rgb[..., channel] = bgra[::-1, :, 2 - channel]
        return rgb

    def close(self) -> None:
        """Release the buffer."""
        self._engine.remove_all_windows()

    def _illuminate(self, light: Light) -> None:
        """Write the colours of all vertices."""
        colours = vertex_colours(self._shares, self._luminous, light)
        self._rows['colour'][:, :3] = 255.0 * colours
        self._copy_rows()
        self._light = light

    def _copy_rows(self) -> None:
        memoryview(self._vertices.modify_array(0)).cast('B')[:] = self._rows.view(np.uint8).data

    def _add(self, spec: TextureSpec, mesh: Mesh, first: int) -> None:
        """Hang up the part whose vertices begin at row `first`."""
        triangles = core.GeomTriangles(core.Geom.UH_static)
        for a, b, c in (mesh.triangles + first).tolist():
            triangles.add_vertices(a, b, c)
        geom = core.Geom(self._vertices)
        geom.add_primitive(triangles)
        # Vertices never move: given bounds spare their search after every change of light.
        low, high = mesh.positions.min(axis=0), mesh.positions.max(axis=0)
        geom.set_bounds(core.BoundingBox(core.LPoint3(*low), core.LPoint3(*high)))
        node = core.GeomNode(spec.pattern)
        node.add_geom(geom)
        path = self._root.attach_new_node(node)
        path.set_texture(_texture(spec))
        path.set_bin('near_first', 0)


def _meshes(room: Room) -> dict[TextureSpec, Mesh]:
    pieces: dict[TextureSpec, list[Mesh]] = {}
    for quad in room.quads:
        pieces.setdefault(quad.texture, []).append(tessellate(quad))
    return {spec: joined(meshes) for spec, meshes in pieces.items()}


def _texture(spec: TextureSpec) -> core.Texture:
    pixels = paint(spec)
    height, width, _ = pixels.shape
    texture = core.Texture(spec.pattern)
    texture.setup_2d_texture(width, height, core.Texture.T_unsigned_byte, core.Texture.F_rgb)
    texture.set_ram_image(np.ascontiguousarray(pixels[::-1, :, ::-1]).tobytes())
    texture.set_minfilter(core.SamplerState.FT_linear_mipmap_nearest)
    # The wrap mode stays at repeat: clamping costs a third of the drawing time.
    texture.set_magfilter(core.SamplerState.FT_linear)
    return texture


def _lens(camera: Camera) -> core.Lens:
    lens = core.PerspectiveLens()
    lens.set_near_far(NEAR, FAR)
    lens.set_focal_length(1.0)
    lens.set_film_size(camera.width / camera.fx, camera.height / camera.fy)
    lens.set_film_offset(
        (0.5 * (camera.width - 1) - camera.cx - SNAP) / camera.fx,
        (camera.cy - 0.5 * (camera.height - 1) + SNAP) / camera.fy,
    )
    return lens
