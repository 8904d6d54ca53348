# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""An explanation in a few lines."""

from rich.console import Console
from rich.table import Table

from posenet_training.explanation.explain import Explanation
from posenet_training.explanation.report_tables import (
    hidden_sentence,
    neighbour_rows,
    neighbour_title,
    pictures_sentence,
)


def print_explanation(explanation: Explanation, console: Console) -> None:
    """Print the figures."""
    console.print(f'{explanation.scene}: {pictures_sentence(explanation)}', highlight=False)
    table = Table('neighbours in', title=neighbour_title(), title_justify='left')
    for column in ('distance', 'angle'):
        table.add_column(column, justify='right')
    for row in neighbour_rows(explanation):
        table.add_row(*row)
    console.print(table)
    console.print(hidden_sentence(explanation), highlight=False)
