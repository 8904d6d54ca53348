# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Declare the table of parameters on a node and read it."""

from collections.abc import Iterable

from rcl_interfaces.msg import (
    FloatingPointRange,
    IntegerRange,
    ParameterDescriptor,
    SetParametersResult,
)
from rclpy.node import Node
from rclpy.parameter import Parameter

from posenet_ros.parameter_table import TABLE, Entry, Parameters

ENTRIES = {entry.name: entry for entry in TABLE}


def declare(node: Node) -> None:
    """Declare every parameter with its meaning and range, and refuse what does not fit."""
    for entry in TABLE:
        node.declare_parameter(entry.name, entry.default, descriptor(entry))
        entry.check(node.get_parameter(entry.name).value)
    node.add_on_set_parameters_callback(_judge)


def read(node: Node) -> Parameters:
    """Read all parameters; raises ValueError for one that is out of its range."""
    return Parameters(**{e.name: e.check(node.get_parameter(e.name).value) for e in TABLE})


def descriptor(entry: Entry) -> ParameterDescriptor:
    """Describe an entry to ROS.

    Floating-point entries are declared without a fixed type so that a user may write 1 for 1.0.
    """
    description = ParameterDescriptor(description=entry.meaning, read_only=entry.fixed)
    if entry.choices:
        description.additional_constraints = 'one of: ' + ', '.join(entry.choices)
    if isinstance(entry.default, float):
        description.dynamic_typing = True
        description.floating_point_range = [
            FloatingPointRange(from_value=entry.minimum, to_value=entry.maximum)
        ]
    elif type(entry.default) is int:
        description.integer_range = [
            IntegerRange(from_value=int(entry.minimum), to_value=int(entry.maximum), step=1)
        ]
    return description


def _judge(changes: Iterable[Parameter]) -> SetParametersResult:
    try:
        for change in changes:
            if change.name in ENTRIES:
                ENTRIES[change.name].check(change.value)
    except ValueError as error:
        return SetParametersResult(successful=False, reason=str(error))
    return SetParametersResult(successful=True)
