# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""How much of the errors the parts of a frame's variance explain (posenet_ros/uncertainty.py)."""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize

from posenet_ros.geometry import Array

AXES = 3
# Errors have heavier tails than a Gaussian; with few degrees of freedom no single one decides.
FREEDOM = 5.0
# What is believed before any frame is seen: contradiction and what every frame has make up a
# tenth of the claimed variance each, give or take a factor e^2.  It weighs as much as a few
# frames that have nothing to do with each other: a hundred overrule it.
SHARE, SPREAD = 0.1, 2.0
# Logarithms of variances stay so close to where the search begins.
FURTHEST = 12.0
# m^2 or rad^2, in place of claims and contradictions that are none.
TINY = 1e-12


@dataclass(frozen=True)
class Variances:
    """What multiplies claimed covariances and squared contradictions, and what is added to all."""

    claimed: float
    contradicted: float
    always: float


def fit_variances(
    errors: Array, covariances: Array, contradictions: Array, alike: int
) -> Variances:
    """Fit one axis group: errors [N, 3], claims [N, 3, 3] and contradictions [N, 3].

    alike: how many neighbouring frames err alike and count as one.

    Maximum likelihood of a t distribution with the priors above; the three can only add, so that
    a frame with a larger claim or contradiction is never called easier.
    """
    parts = np.stack(
        [
            covariances,
            contradictions[:, :, None] * contradictions[:, None, :],
            np.tile(np.eye(AXES), (len(errors), 1, 1)),
        ]
    )
    sizes = np.log(np.maximum(np.trace(parts, axis1=2, axis2=3).mean(axis=1) / AXES, TINY))
    typical = np.log(max(float(np.mean(errors**2)), TINY))
    prior = np.log(SHARE)
    # Variances that the parts have over all frames, as logarithms.
    begin = typical + np.array([0.0, prior, prior])

    def cost(logs: Array) -> tuple[float, Array]:
        value, slope = _likelihood(errors, parts, logs - sizes)
        away = (logs[1:] - logs[0] - prior) / SPREAD
        pull = away / SPREAD
        value = value / alike + 0.5 * float(away @ away)
        return value, slope / alike + np.array([-pull.sum(), *pull])

    bounds = [(start - FURTHEST, start + FURTHEST) for start in begin]
    found = minimize(cost, begin, jac=True, method='L-BFGS-B', bounds=bounds)
    claimed, contradicted, always = np.exp(found.x - sizes).tolist()
    return Variances(claimed, contradicted, always)


def _likelihood(errors: Array, parts: Array, logs: Array) -> tuple[float, Array]:
    """Minus the log likelihood, up to a constant, with its slope over the parts' logarithms."""
    weighted = parts * np.exp(logs)[:, None, None, None]
    covariances = weighted.sum(axis=0)
    inverses = np.linalg.inv(covariances)
    whitened = (inverses @ errors[..., None])[..., 0]
    distances = np.sum(errors * whitened, axis=1)
    value = 0.5 * np.sum(
        np.linalg.slogdet(covariances)[1] + (FREEDOM + AXES) * np.log1p(distances / FREEDOM)
    )
    volume = np.einsum('nij,pnij->pn', inverses, weighted)
    reached = np.einsum('ni,pnij,nj->pn', whitened, weighted, whitened)
    slope = 0.5 * np.sum(volume - (FREEDOM + AXES) / (FREEDOM + distances) * reached, axis=1)
    return float(value), slope
