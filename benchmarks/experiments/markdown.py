# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Rows of words as a Markdown table."""

from collections.abc import Sequence


def markdown(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table whose first column stands left and the others right."""
    rule = ['---', *('---:' for _ in columns[1:])]
    return '\n'.join(f'| {" | ".join(cells)} |' for cells in (columns, rule, *rows))
