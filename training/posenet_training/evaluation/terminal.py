# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""A report in the terminal."""

from typing import Any

from rich.console import Console
from rich.table import Table

from posenet_training.evaluation.tables import Words, tables
from posenet_training.evaluation.verdict import verdict


def print_report(report: dict[str, Any], console: Console) -> None:
    """Print the verdict, warnings, all tables and what an answer costs."""
    print_verdict(report, console)
    for words in tables(report):
        console.print(table_of(words))
    if 'cost' in report:
        console.print(cost_sentence(report['cost']), highlight=False)


def print_verdict(report: dict[str, Any], console: Console) -> None:
    """Print what it comes to, and warnings."""
    console.print(verdict(report), style='bold', highlight=False, markup=False, soft_wrap=True)
    for warning in report.get('warnings', ()):
        console.print(f'warning: {warning}', style='yellow', highlight=False)


def cost_sentence(cost: dict[str, Any]) -> str:
    """What an answer took, in words."""
    latency = cost['latency_ms']
    return (
        f'the network alone: p50 {latency["p50"]:.1f} ms, p95 {latency["p95"]:.1f} ms, '
        f'p99 {latency["p99"]:.1f} ms of {cost["answers"]} answers on {cost["device"]} with '
        f'{cost["threads"]} threads; this evaluation held at most {cost["peak_memory_mb"]:.0f} MB'
    )


def table_of(words: Words) -> Table:
    """A table as the terminal shows it."""
    table = Table(title=words.title, title_justify='left')
    for number, column in enumerate(words.columns):
        left = number == 0 or column == 'source'
        table.add_column(column, justify='left' if left else 'right')
    for row in words.rows:
        table.add_row(*row)
    return table
