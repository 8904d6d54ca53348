# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""No clock decides whether a property holds: machines are busy."""

from hypothesis import HealthCheck, settings

settings.register_profile('unhurried', deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile('unhurried')
