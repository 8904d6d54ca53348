# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What a release needs: one version, headers everywhere, a changelog, pins that agree."""

import importlib.util
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parent.parent
HEADER = '# Copyright 2026 The posenet_ros authors\n# SPDX-License-Identifier: Apache-2.0\n'
SCRIPTS = ('.ci/run', 'Makefile', 'Dockerfile', '.pre-commit-config.yaml')

_spec = importlib.util.spec_from_file_location('release', ROOT / '.ci' / 'release.py')
assert _spec
assert _spec.loader
release = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(release)


def git(folder: Path, *arguments: str) -> str:
    return subprocess.run(
        ['git', *arguments], cwd=folder, capture_output=True, text=True, check=True
    ).stdout


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A copy of what a release is judged by, committed."""
    for name in (*release.PLACES, release.CHANGES, *(f.name for f in ROOT.glob('req*.txt'))):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    git(tmp_path, 'init', '--quiet')
    commit(tmp_path)
    return tmp_path


def commit(tree: Path) -> None:
    git(tree, 'add', '--all')
    who = ('-c', 'user.name=a', '-c', 'user.email=a@example.org')
    git(tree, *who, 'commit', '--quiet', '--message', 'all', '--allow-empty')


def name_changes(tree: Path, heading: str) -> None:
    changes = tree / release.CHANGES
    top = re.compile(r'^Forthcoming\n-+$', re.MULTILINE)
    line = '-' * len(heading)
    changes.write_text(top.sub(f'{heading}\n{line}', changes.read_text(), count=1))


def test_the_version_is_one() -> None:
    assert len(set(release.versions(ROOT).values())) == 1
    told = subprocess.run(
        [sys.executable, 'setup.py', '--version'], cwd=ROOT, capture_output=True, text=True
    )
    assert told.stdout.split()[-1] == release.versions(ROOT)['package.xml']


def test_a_version_is_set_everywhere_and_can_be_released(tree: Path) -> None:
    release.set_version(tree, '1.2.3')
    assert set(release.versions(tree).values()) == {'1.2.3'}
    name_changes(tree, '1.2.3 (2026-12-24)')
    commit(tree)
    assert list(release.faults(tree)) == []


def test_what_keeps_from_a_release_is_said(tree: Path) -> None:
    release.set_version(tree, '1.2.3')
    (tree / 'pip_ros' / 'setup.py').write_text("version='1.2.2'")
    (tree / 'requirements.txt').write_text('torch>=2\n')
    git(tree, 'tag', '1.2.3')
    said = '\n'.join(release.faults(tree))
    assert "pip_ros/setup.py has version '1.2.2', package.xml '1.2.3'" in said
    assert "begins with 'Forthcoming': it must be '1.2.3 (YEAR-MONTH-DAY)'" in said
    assert "requirements.txt does not pin 'torch>=2'" in said
    assert 'not committed' in said
    assert 'there is a tag 1.2.3 already' in said
    release.set_version(tree, '1.2')
    assert any('MAJOR.MINOR.PATCH' in fault for fault in release.faults(tree))


def test_every_source_file_has_its_header() -> None:
    if not (ROOT / '.git').exists():
        pytest.skip('the list of committed files comes from git, and this is no checkout')
    listed = git(ROOT, 'ls-files', '*.py', '.github/*.yml', *SCRIPTS).splitlines()
    assert len(listed) > 300
    bare = [
        name
        for name in listed
        if (text := (ROOT / name).read_text()).strip() and HEADER not in text[:200]
    ]
    assert not bare, bare


def test_pre_commit_has_the_versions_of_the_requirements() -> None:
    hooks = yaml.safe_load((ROOT / '.pre-commit-config.yaml').read_text())['repos'][0]['hooks']
    pinned = (ROOT / 'requirements-dev.txt').read_text().splitlines()
    for hook in hooks:
        assert set(hook['additional_dependencies']) <= set(pinned), hook
