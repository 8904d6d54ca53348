# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The one number to tune gates by; here, so that `posenet calibrate --help` needs no scipy."""

# Share of good pictures that gates may refuse: why it is this much stands in docs/trust.md.
FALSE_REFUSAL_RATE = 0.01
