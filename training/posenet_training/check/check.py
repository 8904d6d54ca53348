# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Checks a scene from top to bottom."""

from dataclasses import dataclass, replace

from posenet_ros.scene import Scene
from posenet_training.check.camera_check import Budget, CameraCheck, Track, check_camera
from posenet_training.check.coverage import Coverage, coverage_findings, look_from_above
from posenet_training.check.depth import Depth, depth_findings, look_at_depth
from posenet_training.check.findings import Finding, Level, verdict
from posenet_training.check.leaks import Leaks, leak_findings, look_for_leaks
from posenet_training.check.motion import Motion, look_at_motion, motion_findings
from posenet_training.check.occupancy import PathOnMap, put_on_map
from posenet_training.check.quality import Quality, measure, quality_findings
from posenet_training.check.view import View


@dataclass(frozen=True)
class Check:
    """All that was found; `depth` and `path_on_map` are None where the scene has none."""

    view: View
    findings: tuple[Finding, ...]
    coverage: Coverage
    motion: Motion
    quality: Quality
    leaks: Leaks
    cameras: tuple[CameraCheck, ...]
    depth: Depth | None
    path_on_map: PathOnMap | None

    @property
    def verdict(self) -> Level:
        """The worst level of all findings."""
        return verdict(self.findings)


def check_scene(scene: Scene, track: Track) -> Check:
    """Check a scene; `track` shows progress over a sequence under a title.

    Raises SceneError when a picture can no longer be read.
    """
    view = View(scene)
    coverage, motion, leaks = look_from_above(view), look_at_motion(view), look_for_leaks(view)
    findings = [*motion_findings(view, motion), *coverage_findings(view, coverage)]
    quality = measure(view, lambda numbers: track(list(numbers), 'looking at pictures'))
    findings += quality_findings(view, quality)
    budget = Budget().shared(len(view.cameras))
    cameras = tuple(
        check_camera(name, view.of_camera(name), budget, track) for name in view.cameras
    )
    findings += [finding for camera in cameras for finding in _named(camera, len(cameras))]
    depth = look_at_depth(view, cameras) if view.has_depth else None
    findings += depth_findings(view, depth) if depth else []
    findings += leak_findings(view, leaks)
    path_on_map, more = put_on_map(view, scene.map) if scene.map else (None, [])
    findings += more
    return Check(
        view, tuple(findings), coverage, motion, quality, leaks, cameras, depth, path_on_map
    )


def _named(camera: CameraCheck, cameras: int) -> list[Finding]:
    """Findings that say of which camera they are, where there are several."""
    if cameras == 1:
        return list(camera.findings)
    return [replace(f, sentence=f'{camera.name}: {f.sentence}') for f in camera.findings]
