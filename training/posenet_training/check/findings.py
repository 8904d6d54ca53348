# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What a check found: one sentence each, and how bad it is."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum


class Level(str, Enum):
    """Fit for training; fit, but read this first; not fit until it is mended."""

    ok = 'ok'
    warning = 'warning'
    refused = 'refused'


@dataclass(frozen=True)
class Finding:
    """One sentence about a scene; `check` names the check that found it."""

    check: str
    level: Level
    sentence: str


def verdict(findings: Iterable[Finding]) -> Level:
    """The worst level among the findings."""
    order = list(Level)
    return max((finding.level for finding in findings), key=order.index, default=Level.ok)
