# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The Foxglove layout shows what there is: topics of the demo, panels that it configures."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from simulation.recorder_node import PICTURES, SAID_ONCE_TOPICS, TOPICS

LAYOUT = Path(__file__).parent.parent / 'config' / 'relocalize.foxglove.json'
# Panels of Foxglove, of those that the layout may use.
PANELS = {'3D', 'Image', 'StateTransitions', 'Plot', 'DiagnosticSummary', 'CallService'}
RECORDED = {PICTURES, *SAID_ONCE_TOPICS, *TOPICS}


def leaves(layout: Any) -> Iterator[str]:
    if isinstance(layout, str):
        yield layout
        return
    assert layout['direction'] in ('row', 'column')
    assert 0 < layout['splitPercentage'] < 100
    yield from leaves(layout['first'])
    yield from leaves(layout['second'])


def topics(config: Any) -> Iterator[str]:
    if isinstance(config, dict):
        yield from (key for key in config if key.startswith('/'))
        for value in config.values():
            yield from topics(value)
    elif isinstance(config, list):
        for item in config:
            yield from topics(item)
    elif isinstance(config, str) and config.startswith('/'):
        yield config


def test_every_panel_is_configured_and_shown_once() -> None:
    layout = json.loads(LAYOUT.read_text())
    shown = list(leaves(layout['layout']))
    assert sorted(shown) == sorted(layout['configById'])
    assert {panel.split('!')[0] for panel in shown} == PANELS


def test_every_topic_is_one_that_the_demo_records() -> None:
    configs = json.loads(LAYOUT.read_text())['configById']
    assert configs.pop('CallService!relocalize')['serviceName'] == '/relocalizer/relocalize'
    named = {name.split('.')[0] for name in topics(configs)}
    assert {'/map', '/relocalizer/pose_with_covariance', '/relocalizer/state'} <= named
    assert named <= RECORDED
