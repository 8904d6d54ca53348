# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""How many pictures a second a training shows its network.

__main__.py    the order of this
scenes.py      the scene that all learn from, and one of very many pictures
ours.py        our loop as users run it, and what it does to a batch, without all the rest
plain.py       a loop as tutorials have it, beside which ours is measured
shared.py      our loop by two processes under torchrun
memory.py      what loaders hold on a scene of very many pictures
figures.py     what came out, against its bars
"""
