# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The doctor: looks at everything that a node needs, and says what mends each fault."""
