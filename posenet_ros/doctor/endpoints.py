# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Whether those who speak to the node, or listen to it, ask for what is offered."""

from collections.abc import Iterator

from rclpy.node import Node
from rclpy.qos import (
    DurabilityPolicy,
    QoSProfile,
    ReliabilityPolicy,
    qos_profile_sensor_data,
)

from posenet_ros.doctor.finding import Finding, fault, good
from posenet_ros.qos import LATCHED

HEARD = {'map': LATCHED, 'amcl_pose': QoSProfile(depth=10)}
SAID = {
    'initialpose': QoSProfile(depth=1),
    'relocalizer/pose': QoSProfile(depth=10),
    'relocalizer/pose_with_covariance': QoSProfile(depth=10),
    'relocalizer/state': LATCHED,
    'relocalizer/coverage': LATCHED,
    'relocalizer/crop': qos_profile_sensor_data,
}


def endpoints(node: Node) -> Iterator[Finding]:
    """Faults of the topics that others share with the node; one good word when there are none."""
    faults = [*_of_publishers(node), *_of_subscribers(node)]
    yield from faults
    if not faults:
        yield good('QoS', 'all who share a topic with the node understand each other')


def _of_publishers(node: Node) -> Iterator[Finding]:
    for topic, ours in HEARD.items():
        for other in node.get_publishers_info_by_topic(node.resolve_topic_name(topic)):
            if why := more_than_offered(other.qos_profile, ours):
                yield fault(
                    'QoS',
                    f"'{topic}' of the node {other.node_name} is not heard: {why}",
                    f'let {other.node_name} publish {topic} reliable and transient local',
                )


def _of_subscribers(node: Node) -> Iterator[Finding]:
    for topic, ours in SAID.items():
        for other in node.get_subscriptions_info_by_topic(node.resolve_topic_name(topic)):
            if why := more_than_offered(ours, other.qos_profile):
                yield fault(
                    'QoS',
                    f"the node {other.node_name} does not hear '{topic}': {why}",
                    f'let {other.node_name} subscribe best effort and volatile',
                )


def more_than_offered(offered: QoSProfile, asked: QoSProfile) -> str:
    """What a subscriber asks for that a publisher does not offer; empty when they connect.

    Deadlines and leases are left out: discovery reports those that nobody set as if they were.
    """
    best_effort = offered.reliability == ReliabilityPolicy.BEST_EFFORT
    if best_effort and asked.reliability == ReliabilityPolicy.RELIABLE:
        return 'reliable is asked for, best effort is offered'
    volatile = offered.durability == DurabilityPolicy.VOLATILE
    if volatile and asked.durability == DurabilityPolicy.TRANSIENT_LOCAL:
        return 'transient local is asked for, volatile is offered'
    return ''
