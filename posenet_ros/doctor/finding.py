# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What the doctor found, and how it is told. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum


class Level(Enum):
    """How bad it is: nothing, a thing to know, or a thing that keeps the node from working."""

    GOOD = 'good'
    NOTE = 'note'
    FAULT = 'FAULT'


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at; `mend` is the line that mends it, '' where all is well."""

    level: Level
    subject: str
    what: str
    mend: str = ''


def good(subject: str, what: str) -> Finding:
    """All is well."""
    return Finding(Level.GOOD, subject, what)


def note(subject: str, what: str, mend: str) -> Finding:
    """It works, but not as it could."""
    return Finding(Level.NOTE, subject, what, mend)


def fault(subject: str, what: str, mend: str) -> Finding:
    """It does not work."""
    return Finding(Level.FAULT, subject, what, mend)


def told(finding: Finding) -> str:
    """One line, and below it the one that mends it."""
    line = f'{finding.level.value:5}  {finding.subject:12}  {finding.what}'
    return f'{line}\n{"":7}{"mend:":12}  {finding.mend}' if finding.mend else line


def summary(findings: Iterable[Finding]) -> str:
    """The last line."""
    levels = [finding.level for finding in findings]
    faults, notes = levels.count(Level.FAULT), levels.count(Level.NOTE)
    return f'{len(levels)} looked at: {faults} faults, {notes} notes'
