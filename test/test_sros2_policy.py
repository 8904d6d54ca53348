# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The SROS2 policy grants what the running node has, and nothing else."""

from pathlib import Path
from xml.etree import ElementTree

from forks import ROOT
from harness import Camera, bench, wait_until
from lifecycle_msgs.msg import Transition
from model_files import ColourNet, write_model
from rcl_interfaces.msg import Parameter, ParameterType, ParameterValue
from rcl_interfaces.srv import SetParameters

POLICY = ROOT / 'config' / 'sros2_policy.xml'
NODE = 'relocalizer'
Graph = dict[str, set[str]]


def granted() -> Graph:
    profile = ElementTree.parse(POLICY).find('enclaves/enclave/profiles/profile')
    assert profile is not None
    assert (profile.get('ns'), profile.get('node')) == ('/', NODE)
    found: Graph = {'publish': set(), 'subscribe': set(), 'reply': set(), 'request': set()}
    for group in profile:
        for name in found.keys() & group.keys():
            assert group.get(name) == 'ALLOW'
            names = {str(entry.text) for entry in group}
            assert len(names) == len(group)
            found[name] |= {name.replace('~', f'/{NODE}') if '~' in name else f'/{name}'
                            for name in names}  # fmt: skip
    return found


def running(robot: Camera) -> Graph:
    asked = {
        'publish': robot.node.get_publisher_names_and_types_by_node,
        'subscribe': robot.node.get_subscriber_names_and_types_by_node,
        'reply': robot.node.get_service_names_and_types_by_node,
        'request': robot.node.get_client_names_and_types_by_node,
    }
    return {how: {name for name, _ in ask(NODE, '/')} for how, ask in asked.items()}


def test_policy_and_node_have_the_same_names(tmp_path: Path) -> None:
    model = write_model(tmp_path / 'colour.pt', ColourNet())
    with bench(model_path=model, tf_mode='map_to_odom', use_sim_time=True) as (_, robot):
        robot.wait_until_connected()
        raw = running(robot)
        robot.change_state(Transition.TRANSITION_DEACTIVATE)
        value = ParameterValue(type=ParameterType.PARAMETER_STRING, string_value='compressed')
        request = SetParameters.Request(
            parameters=[Parameter(name='image_transport', value=value)]
        )
        robot.call(SetParameters, f'{NODE}/set_parameters', request)
        robot.change_state(Transition.TRANSITION_ACTIVATE)
        wait_until(robot.compressed.get_subscription_count, 20.0, 'the other subscription')
        compressed = running(robot)
    found, policy = {how: raw[how] | compressed[how] for how in raw}, granted()
    for how in policy:
        assert found[how] - policy[how] == set(), f'not granted: {how}'
        assert policy[how] - found[how] == set(), f'granted for nothing: {how}'
