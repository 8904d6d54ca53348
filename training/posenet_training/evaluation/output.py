# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The files of a report; each is there whole or not at all."""

import json
from pathlib import Path
from typing import Any

from posenet_training.errors import EvaluationError
from posenet_training.evaluation.evaluate import Evaluation
from posenet_training.evaluation.page import as_page
from posenet_training.evaluation.report import picture_values
from posenet_training.whole_file import whole_file


def check_targets(*files: Path | None) -> None:
    """Raise EvaluationError, before minutes of work, when a report cannot be written there."""
    for file in files:
        if file and file.is_dir():
            raise EvaluationError(f"'{file}' is a folder: name a file for the report")
        if file and not file.parent.is_dir():
            raise EvaluationError(
                f"'{file}' cannot be written: there is no folder '{file.parent}'"
            )


def write_reports(
    judged: Evaluation, report: dict[str, Any], json_file: Path | None, html_file: Path | None
) -> None:
    """Write what is asked for; EvaluationError when it cannot be written."""
    if json_file:
        values = {**report, 'pictures': picture_values(judged)}
        _write(json_file, json.dumps(values, indent=1))
    if html_file:
        _write(html_file, as_page(judged, report))


def _write(file: Path, text: str) -> None:
    try:
        with whole_file(file) as partial:
            partial.write_text(text, encoding='utf-8')
    except OSError as error:
        raise EvaluationError(f"'{file}' was not written: {error}") from error
