# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""A check in a few lines: the verdict first."""

from rich.console import Console
from rich.table import Table
from rich.text import Text

from posenet_training.check.check import Check
from posenet_training.check.findings import Level

COLOURS = {Level.ok: 'green', Level.warning: 'yellow', Level.refused: 'red'}
VERDICTS = {
    Level.ok: 'fit for training',
    Level.warning: 'fit for training, but read the warnings',
    Level.refused: 'not fit for training',
}


def verdict_sentence(check: Check) -> str:
    """One line on the whole scene."""
    return f'{check.view.scene.root}: {VERDICTS[check.verdict]}'


def print_check(check: Check, console: Console) -> None:
    """Print the verdict and the findings, the worst first."""
    console.print(Text(verdict_sentence(check), style=f'bold {COLOURS[check.verdict]}'))
    table = Table.grid(padding=(0, 2))
    for level in reversed(Level):
        for finding in check.findings:
            if finding.level is level:
                label = Text(level.value, style=COLOURS[level])
                table.add_row(label, Text(finding.check), Text(finding.sentence))
    console.print(table)
