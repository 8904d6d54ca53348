# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The table of parameters: its YAML twin, and what it lets through."""

from pathlib import Path

import pytest
import yaml

from posenet_ros.parameter_table import TABLE, Entry

CONFIG = Path(__file__).parent.parent / 'config' / 'relocalize.yaml'
YAML_BOOLEANS = ('true', 'false')
ENTRIES = {entry.name: entry for entry in TABLE}


def test_yaml_defaults_equal_the_codes() -> None:
    written = yaml.safe_load(CONFIG.read_text())['/**']['ros__parameters']
    assert written == {entry.name: entry.default for entry in TABLE}
    for entry in TABLE:
        assert type(written[entry.name]) is type(entry.default)


def test_yaml_says_what_each_parameter_means() -> None:
    text = ' '.join(line.strip().lstrip('#').strip() for line in CONFIG.read_text().splitlines())
    for entry in TABLE:
        assert entry.meaning in text


def test_readme_lists_them_all() -> None:
    readme = (CONFIG.parents[1] / 'README.md').read_text()
    for entry in TABLE:
        default = str(entry.default).lower() if isinstance(entry.default, bool) else entry.default
        shown = (
            f"'{default}'"
            if isinstance(default, str) and default not in YAML_BOOLEANS
            else default
        )
        row = next(line for line in readme.splitlines() if line.startswith(f'| `{entry.name}` |'))
        assert f'| `{shown}` |' in row
        assert entry.meaning in row


def test_defaults_pass_their_own_check() -> None:
    for entry in TABLE:
        assert entry.check(entry.default) == entry.default


def test_whole_numbers_serve_as_floats() -> None:
    value = ENTRIES['max_age'].check(2)
    assert value == 2.0
    assert isinstance(value, float)


@pytest.mark.parametrize(
    ('name', 'value', 'words'),
    [
        ('max_age', -1.0, 'max_age.* is -1.0, it must be from 0.05 to 60'),
        ('max_age', float('nan'), 'max_age'),
        ('max_age', 'long', "'long', it must be of type float"),
        ('tf_mode', 'both', "'both', it must be one of 'none', 'estimate', 'map_to_odom'"),
        ('path_length', 0, 'from 1 to 10000'),
        ('path_length', 3.5, 'of type int'),
        ('path_length', True, 'of type int'),
        ('autostart', 1, 'of type bool'),
    ],
)
def test_wrong_values_are_refused_in_one_sentence(name: str, value: object, words: str) -> None:
    entry: Entry = ENTRIES[name]
    with pytest.raises(ValueError, match=words):
        entry.check(value)
