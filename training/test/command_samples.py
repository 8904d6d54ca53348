# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""`posenet` as people type it, run in the process of the test."""

import pytest

from posenet_training import cli


def posenet(monkeypatch: pytest.MonkeyPatch, *arguments: object) -> str | int | None:
    """Run the command; how it exits: its code, or its sentence."""
    monkeypatch.setattr('sys.argv', ['posenet', *map(str, arguments)])
    with pytest.raises(SystemExit) as stop:
        cli.main()
    return stop.value.code


def refused(monkeypatch: pytest.MonkeyPatch, *arguments: object) -> str:
    """The one sentence with which the command ends."""
    sentence = posenet(monkeypatch, *arguments)
    assert isinstance(sentence, str), f'it ended with code {sentence}'
    assert sentence.startswith('posenet: ')
    assert '\n' not in sentence
    return sentence
