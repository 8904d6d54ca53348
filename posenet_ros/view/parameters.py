# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Parameters of the view."""

from posenet_ros.parameter_table import Entry

TABLE = (
    Entry('host', '127.0.0.1', 'Address to listen on; 0.0.0.0 opens the page to the network.'),
    Entry('port', 8080, 'Port of the page.', 1, 65535),
    Entry('node', 'relocalizer', 'Name of the node whose topics are shown.'),
    Entry('base_frame', 'base_link', "base_frame of that node; '' for the camera's own pose."),
)
