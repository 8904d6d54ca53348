# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Whatever a launch file names is installed; read by `ast`, so that no `launch` is needed."""

import ast
import os
import runpy
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest
import setuptools
import yaml
from catkin_pkg.package import parse_package

ROOT = Path(__file__).parent.parent
PACKAGE = 'posenet_ros'
LAUNCH_FILES = sorted((ROOT / 'launch').glob('*.launch.py'))
# What users are told that they may set.
PROMISED_ARGUMENTS = {
    'relocalize.launch.py': {
        'autostart', 'device', 'engine', 'image_topic', 'log_level', 'mode', 'model_path',
        'namespace', 'params_file', 'precision', 'rviz', 'use_sim_time',
    },
    'demo.launch.py': {'rviz'},
}  # fmt: skip


@dataclass(frozen=True)
class Installed:
    """What setup.py installs: files below share/posenet_ros, commands, where each leads."""

    files: frozenset[str]
    commands: dict[str, str]


@pytest.fixture(scope='module')
def installed() -> Installed:
    given: dict[str, Any] = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(setuptools, 'setup', given.update)
        patch.chdir(ROOT)
        runpy.run_path('setup.py')
    share = f'share/{PACKAGE}'
    files = {
        os.path.relpath(f'{folder}/{Path(name).name}', share)
        for folder, names in given['data_files']
        for name in names
        if folder.startswith(share)
    }
    scripts = given['entry_points']['console_scripts']
    commands = dict(script.replace(' ', '').split('=') for script in scripts)
    return Installed(frozenset(files), commands)


class LaunchFile:
    """The names in the source text of a launch file."""

    def __init__(self, source: str) -> None:
        self._tree = ast.parse(source)

    def _calls(self, name: str) -> list[ast.Call]:
        return [
            node
            for node in ast.walk(self._tree)
            if isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id == name
        ]

    @cached_property
    def arguments(self) -> dict[str, ast.Call]:
        """Declared arguments."""
        return {
            ast.literal_eval(call.args[0]): call for call in self._calls('DeclareLaunchArgument')
        }

    @cached_property
    def configurations(self) -> set[str]:
        """Arguments that are read, by their name or through a constant tuple of names."""
        named = {
            call.args[0].value
            for call in self._calls('LaunchConfiguration')
            if isinstance(call.args[0], ast.Constant)
        }
        return named | set(self.overruling)

    @cached_property
    def overruling(self) -> tuple[str, ...]:
        """Parameters of the node that arguments of the same name overrule."""
        for node in ast.walk(self._tree):
            if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == 'OVERRULING':
                return tuple(ast.literal_eval(node.value))
        return ()

    @cached_property
    def nodes(self) -> list[tuple[str, str]]:
        """(package, executable) of every node."""
        found = []
        for kind in ('Node', 'LifecycleNode'):
            for call in self._calls(kind):
                given = {word.arg: word.value for word in call.keywords}
                found.append(
                    (ast.literal_eval(given['package']), ast.literal_eval(given['executable']))
                )
        return found

    @cached_property
    def shared_files(self) -> set[str]:
        """Files as SHARE / 'folder' / 'name' names them."""
        return {
            '/'.join(ast.literal_eval(part) for part in parts)
            for node in ast.walk(self._tree)
            if (parts := _parts_below_share(node)) is not None and parts
        } - self._folders

    @cached_property
    def _folders(self) -> set[str]:
        # The walk also meets SHARE / 'folder' within SHARE / 'folder' / 'name'.
        return {
            '/'.join(ast.literal_eval(part) for part in parts)
            for node in ast.walk(self._tree)
            if isinstance(node, ast.BinOp)
            and (parts := _parts_below_share(node.left)) is not None
            and parts
        }

    @cached_property
    def passed_on(self) -> set[str]:
        """Arguments that are given to an included launch file."""
        return {
            ast.literal_eval(key)
            for call in self._calls('IncludeLaunchDescription')
            for word in call.keywords
            if word.arg == 'launch_arguments'
            for node in ast.walk(word.value)
            if isinstance(node, ast.Dict)
            for key in node.keys
            if key is not None
        }

    @cached_property
    def imports(self) -> set[str]:
        """ROS packages that it imports."""
        modules = {
            node.module.partition('.')[0]
            for node in ast.walk(self._tree)
            if isinstance(node, ast.ImportFrom) and node.module
        }
        return {module for module in modules if module.startswith(('launch', 'ament'))}


def _parts_below_share(node: ast.AST) -> list[ast.expr] | None:
    if isinstance(node, ast.Name) and node.id == 'SHARE':
        return []
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
        above = _parts_below_share(node.left)
        return None if above is None else [*above, node.right]
    return None


def faults(source: str, installed: Installed) -> list[str]:
    """Every name in the launch file that leads nowhere."""
    file = LaunchFile(source)
    package = parse_package(ROOT / 'package.xml')
    needed = {dependency.name for dependency in package.exec_depends}
    parameters = yaml.safe_load((ROOT / 'config' / 'relocalize.yaml').read_text())
    known_parameters = parameters['/**']['ros__parameters']
    included = [name for name in file.shared_files if name.endswith('.launch.py')]
    accepted = {
        argument
        for name in included
        if (ROOT / name).exists()
        for argument in LaunchFile((ROOT / name).read_text()).arguments
    }
    found = [
        f'argument {name} is not declared' for name in file.configurations - {*file.arguments}
    ]
    found += [f'argument {name} is never read' for name in {*file.arguments} - file.configurations]
    found += [
        f'argument {name} has no description'
        for name, call in file.arguments.items()
        if not any(word.arg == 'description' for word in call.keywords)
    ]
    found += [f'no included file takes {name}' for name in file.passed_on - accepted]
    found += [f'{name} is not installed' for name in file.shared_files - installed.files]
    found += [f'{name} is no parameter' for name in {*file.overruling} - {*known_parameters}]
    found += [f'package.xml does not name {name}' for name in file.imports - needed]
    for name, executable in file.nodes:
        if name != PACKAGE and name not in needed:
            found.append(f'package.xml does not name {name}')
        if name == PACKAGE and executable not in installed.commands:
            found.append(f'executable {executable} is not installed')
    return found


def test_there_are_launch_files() -> None:
    assert {file.name for file in LAUNCH_FILES} >= set(PROMISED_ARGUMENTS)


@pytest.mark.parametrize('path', LAUNCH_FILES, ids=lambda path: path.name)
def test_all_that_a_launch_file_names_exists(path: Path, installed: Installed) -> None:
    assert faults(path.read_text(), installed) == []
    assert LaunchFile(path.read_text()).nodes


@pytest.mark.parametrize('name', PROMISED_ARGUMENTS)
def test_the_promised_arguments_are_there(name: str) -> None:
    arguments = LaunchFile((ROOT / 'launch' / name).read_text()).arguments
    assert PROMISED_ARGUMENTS[name] <= {*arguments}


def test_rviz_shows_the_topics_of_the_nodes_namespace() -> None:
    launched = ast.parse((ROOT / 'launch' / 'relocalize.launch.py').read_text())
    [shown] = [
        ast.literal_eval(node.value)
        for node in launched.body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == 'SHOWN'
    ]
    rviz = yaml.safe_load((ROOT / 'config' / 'relocalize.rviz').read_text())
    manager = rviz['Visualization Manager']
    topics = {
        item['Topic']['Value']
        for item in (*manager['Displays'], *manager['Tools'])
        if 'Topic' in item
    }
    assert topics == {f'/{name}' for name in shown}


def test_every_command_leads_to_a_function(installed: Installed) -> None:
    commands = {'relocalizer', 'describe_model', 'simulator', 'localizer', 'player'}
    commands |= {'view', 'doctor', 'trust'}
    assert {*installed.commands} == commands
    for target in installed.commands.values():
        module, function = target.split(':')
        source = (ROOT / module.replace('.', '/')).with_suffix('.py').read_text()
        defined = {node.name for node in ast.parse(source).body if hasattr(node, 'name')}
        assert function in defined, target


@pytest.mark.parametrize(
    ('right', 'wrong'),
    [
        ("executable='relocalizer'", "executable='relocaliser'"),
        ("'relocalize.yaml'", "'relocalise.yaml'"),
        ("'relocalize.rviz'", "'relocalise.rviz'"),
        ("LaunchConfiguration('log_level')", "LaunchConfiguration('loglevel')"),
        ("                'namespace',", "                'name_space',"),
        ("'precision', 'autostart'", "'precison', 'autostart'"),
        ("package='rviz2'", "package='rviz3'"),
    ],
)  # fmt: skip
def test_a_wrong_name_is_found(right: str, wrong: str, installed: Installed) -> None:
    source = (ROOT / 'launch' / 'relocalize.launch.py').read_text()
    assert right in source
    assert len(faults(source.replace(right, wrong), installed)) > len(faults(source, installed))


def test_a_wrong_name_for_an_included_file_is_found(installed: Installed) -> None:
    source = (ROOT / 'launch' / 'demo.launch.py').read_text()
    for right in ("'relocalize.launch.py'", "'device': Launch"):
        assert right in source
        wrong = source.replace(right, right.replace('e', '3', 1))
        assert len(faults(wrong, installed)) > len(faults(source, installed))
