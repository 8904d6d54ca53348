# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""All scenes of a published data set: trained, judged, and in the paper's table."""
