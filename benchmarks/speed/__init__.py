# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""How quick is the node, over real DDS, and the engines under it?

networks.py       the networks: random GoogLeNet, and what a model file holds, as files and bare
turns.py          callables timed in turns
engines.py        the same network in every form and engine
processes.py      camera and node as processes; camera.py watched_node.py receiver.py are theirs
node.py           from frame to published pose, beside the bare engine; overload; memory
start.py          from the start of the process to the first pose
transport.py      settings of DDS compared
roofline.py       multiply-adds against what a matrix product reaches
gpu.py            the same network on a GPU
figures.py        speed.json and its bars; tables.py; drawing.py, the picture
"""

from posenet_ros.waiting_threads import let_waiting_threads_sleep

# As the node has it, and before any module of this package imports numpy or torch.
let_waiting_threads_sleep()
