# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""No clock decides whether a property holds, and no network takes more cores than it needs."""

import os

import pytest
from hypothesis import HealthCheck, settings

# Read when torch is imported: two threads on a busy machine are ten times slower than one.
os.environ.setdefault('OMP_NUM_THREADS', '1')

settings.register_profile('unhurried', deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile('unhurried')


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Let one worker have all that talks over DDS, and each other file stay together."""
    if not config.pluginmanager.hasplugin('xdist'):
        return
    for item in items:
        file = item.path.relative_to(config.rootpath)
        group = 'robot' if file.parts[0] == 'test' else str(file)
        item.add_marker(pytest.mark.xdist_group(group))
