# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""From what the pictures say of the poses to what to do about it."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from posenet_training.check.convention_evidence import Answer, ConventionResult
from posenet_training.check.conventions import T_AXES_OPTICAL, Reading
from posenet_training.check.findings import Finding, Level

MATRIX_AXES = {'optical': 'opencv', 'opengl': 'opengl', 'body': 'body'}
OTHER_WAY = {'c2w': 'w2c', 'w2c': 'c2w'}


def convention_findings(result: ConventionResult, source: Mapping[str, Any]) -> list[Finding]:
    """The answer as a sentence, with the import option to change where it refuses."""
    reason = f'{result.reason[0].upper()}{result.reason[1:]}'
    if result.answer is Answer.confirmed:
        sentence = f'The poses are what they should be: {result.reason}.'
        return [Finding('convention', Level.ok, sentence)]
    if result.answer is Answer.undecidable:
        sentence = (
            f'The convention of the poses is undecidable: {result.reason}. Check it by a drive '
            'with curves through a furnished place.'
        )
        return [Finding('convention', Level.warning, sentence)]
    if result.answer is Answer.none_fits or result.winner is None:
        sentence = (
            f'{reason}: the poses may belong to other pictures or to another frame than the '
            "camera's, or the intrinsics are wrong."
        )
        return [Finding('convention', Level.refused, sentence)]
    sentence = f'The poses are misread: {result.reason}. {advice(result.winner, source)}'
    return [Finding('convention', Level.refused, sentence)]


def advice(truth: Reading, source: Mapping[str, Any]) -> str:
    """What to do when the stored poses are really `truth`."""
    if source.get('format') == 'matrix' and (options := _matrix_options(truth, source)):
        return f'Import again with `{options}`.'
    steps = []
    if truth.order != 'xyzw':
        steps.append("put the quaternions' numbers in the other order")
    if truth.inverted:
        steps.append('invert the poses: they map the world to the camera')
    if truth.axes == 'opengl':
        steps.append("turn the camera axes: y and z of the camera's frame point the other way")
    if truth.axes == 'body':
        steps.append(
            "use the camera's optical frame (z forward) instead of its body frame (x forward), "
            'in a bag by --camera-frame'
        )
    return f'Import again after this change to the source: {"; ".join(steps)}.'


def _matrix_options(truth: Reading, source: Mapping[str, Any]) -> str:
    """The options that follow from those of the import that misread the matrices; '' without any.

    With the matrices M, an import as c2w stores M A for the axes A that it was told, one as w2c
    stores M^-1 A.  If those are inverse, the truth is A^-1 M^-1 B or A^-1 M B with B the axes of
    `truth`: A stands on the map's side, where it is invisible, and B alone is left.  Else it is
    what was stored times B: the axes are those of A B, where that has a name.
    """
    convention, axes = str(source.get('convention', 'c2w')), str(source.get('axes', 'opencv'))
    if truth.order != 'xyzw':
        return ''
    if truth.inverted:
        return f'--convention {OTHER_WAY[convention]} --axes {MATRIX_AXES[truth.axes]}'
    told = {option: T_AXES_OPTICAL[name] for name, option in MATRIX_AXES.items()}
    wanted = told[axes] @ T_AXES_OPTICAL[truth.axes]
    named = next((option for option, T in told.items() if np.array_equal(T, wanted)), None)
    return f'--convention {convention} --axes {named}' if named else ''
