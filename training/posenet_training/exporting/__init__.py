# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""From a run to a model file.

export.py          the order of all this
choices.py         what a user chooses: format, precision and where the covariance comes from
members.py         the runs of a file: one, or several as an ensemble
network.py         the form of the network that a robot runs
claims.py          the covariances that it claims
stored_weights.py  weights as the file holds them, and how far that moves poses
torchscript.py fixed_devices.py   the model file that the node loads
onnx_graph.py onnx_file.py        the same contract for other runtimes
parity.py          does a file answer as the network does?
facts.py           what the file says about itself
describe.py        reads that, in either format
"""
