# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Reasons to distrust an evaluation, one sentence each."""

from posenet_ros.model_spec import ModelSpec
from posenet_training.data.frames import Source
from posenet_training.data.pictures import PictureSource
from posenet_training.evaluation.cameras import differing_cameras


def model_warnings(spec: ModelSpec, source: Source) -> list[str]:
    """Does the model belong to this scene, and its camera to these pictures?"""
    found = []
    if spec.scene != source.name:
        found.append(
            f"the model is of the scene '{spec.scene}', these pictures are of '{source.name}': "
            'unless both are one place, its poses mean nothing here'
        )
    if spec.frame_id != source.map_frame:
        found.append(
            f"the model answers poses in the frame '{spec.frame_id}', those of the scene are in "
            f"'{source.map_frame}'"
        )
    if not isinstance(source, PictureSource):
        return found
    if source.scene.scale != 'metric':
        found.append(
            "the scale of this scene is unknown: 'm' in this report means the scene's own unit"
        )
    found += differing_cameras(source.scene, spec.camera)
    return found
