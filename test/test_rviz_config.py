# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The RViz configuration names displays that RViz has and topics that exist in the demo."""

from pathlib import Path

import yaml

from simulation.recorder_node import SAID_ONCE_TOPICS
from simulation.recorder_node import TOPICS as RECORDED

CONFIG = Path(__file__).parent.parent / 'config' / 'relocalize.rviz'
# Displays and tools of rviz_default_plugins in Jazzy (its plugins_description.xml).
DISPLAYS = {'Grid', 'Map', 'TF', 'PointCloud2', 'Path', 'PoseWithCovariance', 'Pose', 'Image'}
TOOLS = {'MoveCamera', 'Select', 'FocusCamera', 'Measure', 'SetInitialPose'}
TOPICS = {
    'Map': {'/map'},
    'PointCloud2': {'/relocalizer/coverage'},
    'Path': {'/relocalizer/path'},
    'PoseWithCovariance': {'/relocalizer/pose_with_covariance'},
    'Pose': {'/ground_truth'},
    'Image': {'/relocalizer/crop'},
}
# What the publishers offer: a display that asks for more shows nothing, without a word.
SAID_ONCE = {'/map', '/relocalizer/coverage'}
BEST_EFFORT = {'/relocalizer/crop'}


def test_displays_tools_and_topics() -> None:
    manager = yaml.safe_load(CONFIG.read_text())['Visualization Manager']
    kinds = [display['Class'].split('/')[1] for display in manager['Displays']]
    assert set(kinds) == DISPLAYS
    everything = [*manager['Displays'], *manager['Tools']]
    assert all(item['Class'].startswith('rviz_default_plugins/') for item in everything)
    for display, kind in zip(manager['Displays'], kinds, strict=True):
        if 'Topic' in display:
            assert display['Topic']['Value'] in TOPICS[kind]
    tools = {tool['Class'].split('/')[1] for tool in manager['Tools']}
    assert tools == TOOLS
    assert manager['Global Options']['Fixed Frame'] == 'map'


def test_displays_ask_for_what_is_offered() -> None:
    manager = yaml.safe_load(CONFIG.read_text())['Visualization Manager']
    topics = [display['Topic'] for display in manager['Displays'] if 'Topic' in display]
    for topic in topics:
        said_once = topic['Durability Policy'] == 'Transient Local'
        assert said_once == (topic['Value'] in SAID_ONCE), topic
        assert topic['Value'] not in BEST_EFFORT or topic['Reliability Policy'] == 'Best Effort'
    shown = {topic['Value'] for topic in topics}
    assert shown == set().union(*TOPICS.values())
    # The path is in the poses, and would be the better part of a recording.
    assert shown - {'/relocalizer/path'} <= {*SAID_ONCE_TOPICS, *RECORDED}
