# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""How well a network localizes, beside what looking pictures up would have reached.

judged_pictures.py  the pictures that judge and those to look up, read when they are looked at
cameras.py          what is shown of them where their camera is not the model's
predictors.py       a network or a model file as a function of crops
retrieval.py        poses of the training pictures that look alike
dense.py            many crops of one picture, averaged
evaluate.py         the order of all this
strata.py intervals.py published.py cost.py warnings.py   what else is said
report.py           plain values; terminal.py, drawings.py, page.py show them
"""
