# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What silently ruins training, caught before it: `posenet scene check`."""
