# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The docs site builds without a warning, and every command in the docs is one that there is.

Commands of this project are held against its own code: targets, executables, options, parameters,
launch arguments, recipes.  Commands that only a robot can run are named here, by their programs.
"""

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path

import click
import pytest
import typer

from posenet_ros.doctor.__main__ import parse as parse_doctor
from posenet_ros.parameter_table import TABLE
from posenet_ros.player import PARAMETERS as PLAYER
from posenet_training.cli import app
from simulation.demo.__main__ import parse as parse_demo

ROOT = Path(__file__).parent.parent
PAGES = sorted([ROOT / 'README.md', ROOT / 'CONTRIBUTING.md', *(ROOT / 'docs').glob('*.md')])
BLOCK = re.compile(r'^```sh\n(.*?)^```', re.MULTILINE | re.DOTALL)
INLINE = re.compile(r'`((?:ros2 (?:run|launch) posenet_ros|make|posenet|python -m) [^`]+)`')
# What comes with ROS, with the system, or from others: needs a robot, or changes the machine.
ROBOTS = {
    *('ros2 service', 'ros2 topic', 'ros2 bag', 'ros2 param', 'ros2 lifecycle', 'ros2 pkg'),
    *('ros2 run tf2_ros', 'rosdep install', 'python3 -m', 'python -m colcon', 'touch', 'export'),
    *('source', '.', 'sudo apt', 'pip install', 'teach/bin/pip install', 'torchrun', 'evo_traj'),
    *('ssh', 'rtabmap-export', 'chronyc'),
}
VIEW = {'host', 'port', 'node', 'base_frame'}


def commands() -> Iterator[tuple[str, str]]:
    """Every command of the docs, with the page that it stands on."""
    for page in PAGES:
        text = page.read_text()
        for block in BLOCK.findall(text):
            for line in block.replace('\\\n', ' ').splitlines():
                yield from ((page.name, part) for part in line.split('#')[0].split('&&'))
        for inline in INLINE.findall(text):
            yield page.name, ' '.join(inline.split())


COMMANDS = sorted({(page, command.strip()) for page, command in commands() if command.strip()})


@pytest.mark.parametrize(('page', 'command'), COMMANDS)
def test_a_command_is_one_that_there_is(page: str, command: str) -> None:
    words = shlex.split(command)
    while '=' in words[0]:
        words = words[1:]
    start = ' '.join(words)
    if words[0] == 'make':
        check_make(words[1:])
    elif words[0].endswith('posenet'):
        check_posenet(words[1:])
    elif start.startswith('ros2 run posenet_ros'):
        check_run(words[3], words[4:])
    elif start.startswith('ros2 launch posenet_ros'):
        check_launch(words[3], words[4:])
    elif start.startswith('python -m') and words[2] != 'colcon':
        check_module(words[2], words[3:])
    else:
        assert any(start == known or start.startswith(f'{known} ') for known in ROBOTS), command


def check_make(words: list[str]) -> None:
    makefile = (ROOT / 'Makefile').read_text()
    target, *rest = words
    assert target == 'X' or re.search(f'^{target}:', makefile, re.MULTILINE), target
    options = [word.removeprefix('ARGS=') for word in rest if word.startswith('ARGS=')]
    if target == 'demo' and options:
        parse_demo(shlex.split(options[0]))


def check_run(executable: str, words: list[str]) -> None:
    setup = (ROOT / 'setup.py').read_text()
    assert f"'{executable} = " in setup, executable
    if executable == 'doctor':
        parse_doctor(words)
    known = {
        'relocalizer': {entry.name for entry in TABLE} | {'use_sim_time'},
        'player': set(PLAYER),
        'view': VIEW,
    }.get(executable, set())
    for flag, value in pairwise(words):
        if flag == '-p':
            assert value.split(':=')[0] in known, value


def check_launch(file: str, words: list[str]) -> None:
    text = (ROOT / 'launch' / file).read_text()
    for word in words:
        if ':=' in word:
            assert re.search(rf"DeclareLaunchArgument\(\s*'{word.split(':=')[0]}'", text), word
        else:
            assert word in ('--show-args',), word


def check_module(module: str, words: list[str]) -> None:
    spec = find_spec(module)
    assert spec is not None, module
    source = Path(str(spec.origin))
    if source.name == '__init__.py':
        source = source.with_name('__main__.py')
    for word in words:
        if word.startswith('--'):
            assert f"'{word}'" in source.read_text(), word


def check_posenet(words: list[str]) -> None:
    """Follow groups and commands of the real command line, then hold the options against it."""
    command: click.Command = typer.main.get_command(app)
    rest = list(words)
    while hasattr(command, 'commands') and rest and not rest[0].startswith('-'):
        if rest[0].isupper():
            return  # Any of them is meant.
        assert rest[0] in command.commands, rest[0]
        command = command.commands[rest.pop(0)]
    known = {name for parameter in command.params for name in parameter.opts}
    known |= {name for parameter in command.params for name in parameter.secondary_opts}
    for word in rest:
        if word.startswith('--') and word != '--help':
            assert word.split('=')[0] in known, (word, sorted(known))
    if '--recipe' in rest:
        recipe = rest[rest.index('--recipe') + 1]
        recipes = ROOT / 'training' / 'posenet_training' / 'recipes'
        assert recipe == 'NAME' or list(recipes.glob(f'**/{recipe}.yaml')), recipe


def test_the_check_finds_what_is_wrong() -> None:
    for wrong in (
        'make demolition',
        "make demo ARGS='--nothing'",
        'posenet teach drive kitchen.pt --nothing',
        'posenet forget kitchen',
        'ros2 run posenet_ros nobody',
        'ros2 run posenet_ros view --ros-args -p nothing:=1',
        'ros2 launch posenet_ros relocalize.launch.py nothing:=1',
        'python -m benchmarks.nothing',
        'rm -rf /',
    ):
        with pytest.raises((AssertionError, SystemExit, ModuleNotFoundError)):
            test_a_command_is_one_that_there_is('', wrong)


def test_the_site_builds_without_a_warning(tmp_path: Path) -> None:
    built = subprocess.run(
        [sys.executable, '-m', 'mkdocs', 'build', '--strict', '--quiet', '-d', str(tmp_path)],
        cwd=ROOT,
        env={**os.environ, 'NO_MKDOCS_2_WARNING': '1'},
        capture_output=True,
        text=True,
    )
    assert built.returncode == 0, built.stderr
    parameters = (tmp_path / 'parameters' / 'index.html').read_text()
    assert all(f'<code>{entry.name}</code>' in parameters for entry in TABLE)
    assert 'transport_covariance' in (tmp_path / 'api' / 'index.html').read_text()
    assert 'One model knows one place' in (tmp_path / 'index.html').read_text()
    pages = list((ROOT / 'docs').glob('*.md'))
    assert len(list(tmp_path.glob('*/index.html'))) == len(pages) - 1


def test_every_complaint_is_answered() -> None:
    text = (ROOT / 'docs' / 'troubleshooting.md').read_text()
    assert re.findall(r'^(\d+)\. \*\*', text, re.MULTILINE) == [str(n) for n in range(1, 23)]
