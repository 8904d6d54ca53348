# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Learn what tells the features of a place from those of strangers."""

import math
import warnings
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier

from posenet_ros.familiarity import FARTHEST, Familiarity
from posenet_ros.geometry import Array
from posenet_training.sequences import evenly

# Networks, of which each learns from all held-out frames but its own share.
FOLDS = 5
HIDDEN = 32
# Chosen on strangers of rooms that are not among those of benchmarks/trust: ten times the weight
# decay tells them apart worse, as half of the steps do.
WEIGHT_DECAY = 1.0
BATCH = 256
STEPS = 700
# Training frames that are learned from: more tell nothing new.
MOST_FRAMES = 2000
# A unit of a feature that hardly ever fires must not decide.
LEAST_SPREAD = 1e-3

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Learned:
    """The mean of FOLDS networks, and the strangeness [N] of the held-out frames.

    Each frame is judged by the network that did not learn from it.
    """

    familiarity: Familiarity
    strangeness: Array


def learn_familiarity(training: Floats, held_out: Floats, strangers: Floats) -> Learned:
    """Learn from features [T, F] and [N, F] of the place, and [S, F] of strangers.

    Held-out frames that follow each other are left out together: they are alike.
    """
    training = training[evenly(range(len(training)), MOST_FRAMES)]
    middle = training.mean(axis=0)
    spread = training.std(axis=0) + LEAST_SPREAD
    networks, strangeness = [], np.zeros(len(held_out))
    for fold, rows in enumerate(np.array_split(np.arange(len(held_out)), FOLDS)):
        own = np.concatenate([training, np.delete(held_out, rows, axis=0)])
        network = _learn(own, strangers, middle, spread, fold)
        networks.append(network)
        strangeness[rows] = np.exp(network.log_odds(held_out[rows]))
    return Learned(_mean(networks), strangeness)


def _learn(
    own: Floats, strangers: Floats, middle: Floats, spread: Floats, seed: int
) -> Familiarity:
    count = len(own) + len(strangers)
    features = np.clip((np.concatenate([own, strangers]) - middle) / spread, -FARTHEST, FARTHEST)
    classifier = MLPClassifier(
        (HIDDEN,),
        alpha=WEIGHT_DECAY,
        batch_size=min(BATCH, count),
        max_iter=math.ceil(STEPS * BATCH / count),
        random_state=seed,
    )
    with warnings.catch_warnings():
        warnings.simplefilter('ignore', ConvergenceWarning)  # The steps are counted.
        classifier.fit(features, np.repeat([0, 1], [len(own), len(strangers)]))
    (inner, outer), (inner_bias, outer_bias) = classifier.coefs_, classifier.intercepts_
    # As if there were as many of both.
    balance = np.log(len(own) / len(strangers))
    parts = (middle, spread, inner.T, inner_bias, outer[:, 0], outer_bias + balance)
    return _network(*parts)


def _mean(networks: list[Familiarity]) -> Familiarity:
    """One network whose log-odds are the mean of theirs."""
    return _network(
        networks[0].middle,
        networks[0].spread,
        np.concatenate([network.inner for network in networks]),
        np.concatenate([network.inner_bias for network in networks]),
        np.concatenate([network.outer for network in networks]) / len(networks),
        np.mean([network.outer_bias for network in networks], axis=0),
    )


def _network(*parts: NDArray[np.floating]) -> Familiarity:
    return Familiarity(*(np.ascontiguousarray(part, np.float32) for part in parts))
