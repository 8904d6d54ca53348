# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Errors over the distance to the nearest training picture."""

from collections.abc import Mapping

import numpy as np
from matplotlib.figure import Figure

from posenet_ros.geometry import Array
from posenet_training.evaluation.drawings import cloud
from posenet_training.metrics import distances_and_angles

# Method: its name for people and its colour.
SHOWN = {
    'ours': ('points of the map', 'tab:blue'),
    'plain': ('regression', 'tab:green'),
    'retrieval_frozen_nn': ('nearest picture', 'tab:orange'),
    'sift_pnp': ('SIFT and PnP', 'tab:gray'),
}
LABELS = ('position error [m]', 'angle error [degrees]')


def draw(scenes: Mapping[str, tuple[Array, Mapping[str, Array]]]) -> Figure:
    """A row a scene: distances [N] (m) and, by method, errors [N, 6]; no answer is no point."""
    figure = Figure(figsize=(9.0, 3.2 * len(scenes)), layout='constrained')
    rows = figure.subplots(len(scenes), 2, squeeze=False)
    for (scene, (metres, errors)), axes in zip(scenes.items(), rows, strict=True):
        for part, (axis, label) in enumerate(zip(axes, LABELS, strict=True)):
            for method, (name, colour) in SHOWN.items():
                values = distances_and_angles(errors[method])[part]
                found = np.isfinite(values)
                cloud(axis, metres[found], values[found], colour, name)
            axis.set(title=scene, yscale='log', ylabel=label)
            axis.set_xlabel('to the nearest training picture [m]')
            axis.set_xlim(left=0.0)
            axis.spines[['top', 'right']].set_visible(False)
    handles = rows[0, 0].get_legend_handles_labels()
    figure.legend(*handles, frameon=False, loc='outside lower center', ncols=2)
    return figure
