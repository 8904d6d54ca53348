# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Releases: `release.py set 1.2.3` writes the version, `release.py check` judges the tree.

package.xml is where the version is from; everything else repeats it.
"""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SEMANTIC = re.compile(r'(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)')
PLACES = {
    'package.xml': r'(<version>)([^<]+)(</version>)',
    'training/posenet_training/__init__.py': r"(__version__ = ')([^']+)(')",
    'pip_ros/setup.py': r"(version=')([^']+)(')",
    'pip_ros/interfaces/package.xml': r'(<version>)([^<]+)(</version>)',
}
CHANGES = 'CHANGELOG.rst'
UNPINNED = {'numpy<2'}


def versions(root: Path) -> dict[str, str]:
    """The version that each place has."""
    return {place: _found(root / place, pattern)[2] for place, pattern in PLACES.items()}


def set_version(root: Path, version: str) -> None:
    """Write a version to all places; the heading of the changelog is for people to write."""
    for place, pattern in PLACES.items():
        path = root / place
        path.write_text(re.sub(pattern, rf'\g<1>{version}\g<3>', path.read_text(), count=1))


def faults(root: Path) -> Iterator[str]:
    """What keeps this tree from being released, one sentence each."""
    found = versions(root)
    version = found['package.xml']
    if not SEMANTIC.fullmatch(version):
        yield f"package.xml has version '{version}': it must be MAJOR.MINOR.PATCH"
    for place, other in found.items():
        if other != version:
            yield f"{place} has version '{other}', package.xml '{version}': set it by release.py"
    top = re.search(r'^(.+)\n-+$', (root / CHANGES).read_text(), re.MULTILINE)
    heading = top[1] if top else 'nothing'
    if not re.fullmatch(rf'{re.escape(version)} \(\d{{4}}-\d\d-\d\d\)', heading):
        yield f"{CHANGES} begins with '{heading}': it must be '{version} (YEAR-MONTH-DAY)'"
    for file in sorted(root.glob('requirements*.txt')):
        for line in file.read_text().splitlines():
            wanted = line.split('#')[0].strip()
            if wanted and not (wanted.startswith('-r') or '==' in wanted or wanted in UNPINNED):
                yield f"{file.name} does not pin '{wanted}'"
    yield from _of_git(root, version)


def _of_git(root: Path, version: str) -> Iterator[str]:
    def git(*arguments: str) -> str:
        return subprocess.run(
            ['git', *arguments], cwd=root, capture_output=True, text=True, check=True
        ).stdout.strip()

    if git('status', '--porcelain'):
        yield 'there are changes that are not committed'
    if git('tag', '--list', version):
        yield f'there is a tag {version} already'


def _found(path: Path, pattern: str) -> re.Match[str]:
    found = re.search(pattern, path.read_text())
    if found is None:
        raise SystemExit(f'release: {path} has no version')
    return found


def main(arguments: list[str]) -> int:
    """Set or check."""
    if len(arguments) == 2 and arguments[0] == 'set' and SEMANTIC.fullmatch(arguments[1]):
        set_version(ROOT, arguments[1])
        return 0
    if arguments != ['check']:
        print('usage: release.py check | release.py set MAJOR.MINOR.PATCH', file=sys.stderr)
        return 2
    found = list(faults(ROOT))
    for fault in found:
        print(f'not to be released: {fault}', file=sys.stderr)
    return 1 if found else 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
