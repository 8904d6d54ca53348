# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""No clock decides whether a property holds, no network takes more cores than it needs.

And no test lists its models as trusted by the user.
"""

import os
from contextlib import ExitStack
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, settings

# Read when torch is imported: two threads on a busy machine are ten times slower than one.
os.environ.setdefault('OMP_NUM_THREADS', '1')

# The models of tests are listed where no user's are; workers inherit the place.
_session = ExitStack()
if 'PYTEST_XDIST_WORKER' not in os.environ:
    _folder = _session.enter_context(TemporaryDirectory(prefix='trusted'))
    os.environ['POSENET_TRUSTED_MODELS'] = f'{_folder}/trusted_models'

settings.register_profile('unhurried', deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile('unhurried')


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files with slow tests come first: a core that is left with one would work alone."""
    slow = {item.path for item in items if item.get_closest_marker('slow')}
    items.sort(key=lambda item: item.path not in slow)
