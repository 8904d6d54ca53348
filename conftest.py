# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""No clock decides whether a property holds, and no network takes more cores than it needs."""

import os

from hypothesis import HealthCheck, settings

# Read when torch is imported: two threads on a busy machine are ten times slower than one.
os.environ.setdefault('OMP_NUM_THREADS', '1')

settings.register_profile('unhurried', deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile('unhurried')
