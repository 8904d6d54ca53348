# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The parts of the tests that benchmarks use too: small models, robots, processes."""

import importlib
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

ROOT = Path(__file__).parent.parent


def part(name: str) -> Any:
    """A module of the tests."""
    for folder in (ROOT, ROOT / 'test', ROOT / 'training', ROOT / 'training' / 'test'):
        if str(folder) not in sys.path:
            sys.path.append(str(folder))
    return importlib.import_module(name)


@contextmanager
def own_place() -> Iterator[Path]:
    """A folder, and a list of trusted models and a DDS domain that are nobody else's."""
    with TemporaryDirectory() as folder, part('domains').own_domain() as domain:
        profile = str(ROOT / 'config' / 'fastdds.xml')
        os.environ['FASTRTPS_DEFAULT_PROFILES_FILE'] = profile
        os.environ['FASTDDS_DEFAULT_PROFILES_FILE'] = profile
        os.environ['ROS_DOMAIN_ID'] = str(domain)
        os.environ['POSENET_TRUSTED_MODELS'] = f'{folder}/trusted_models'
        os.environ.setdefault('OMP_NUM_THREADS', '1')
        yield Path(folder)
