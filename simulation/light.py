# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Light and exposure of one picture."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

# Full ranges, used by training and by drives alike.
EXPOSURE = (0.65, 1.35)
COLOUR_TEMPERATURE_K = (3800.0, 8000.0)
CEILING = (0.3, 1.0)
FLOOR_LAMP = (0.0, 1.0)
DAYLIGHT = (0.2, 1.0)
NOISE = (0.0, 4.0)  # standard deviation in grey levels


@dataclass(frozen=True)
class Light:
    """What changes between two pictures of the same view.

    `exposure` is the camera's gain (1 as meant), `colour_temperature_k` the white balance it sees
    (6500 neutral), then the strengths of the light sources (0 off, 1 full), the sensor noise as a
    standard deviation in grey levels, and the seed that the noise is drawn by.
    """

    exposure: float = 1.0
    colour_temperature_k: float = 6500.0
    ceiling: float = 0.8
    floor_lamp: float = 0.4
    daylight: float = 0.7
    noise: float = 1.5
    noise_seed: int = 0

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if not (np.isfinite(value) and value >= 0.0):
                raise ValueError(f'{field.name} of the light is {value}; it must be 0 or more')


def random_light(rng: np.random.Generator) -> Light:
    """A light drawn uniformly over the full ranges."""
    return Light(
        exposure=float(rng.uniform(*EXPOSURE)),
        colour_temperature_k=float(rng.uniform(*COLOUR_TEMPERATURE_K)),
        ceiling=float(rng.uniform(*CEILING)),
        floor_lamp=float(rng.uniform(*FLOOR_LAMP)),
        daylight=float(rng.uniform(*DAYLIGHT)),
        noise=float(rng.uniform(*NOISE)),
        noise_seed=int(rng.integers(2**31)),
    )


def white_balance(colour_temperature_k: float) -> np.ndarray:
    """RGB gains [3] of a colour temperature; (1, 1, 1) at 6500 K, reddish below, bluish above."""
    # Mireds are even steps to the eye; 0.0022 a mired follows the Planckian locus near 6500 K.
    shift = 0.0022 * (1e6 / max(colour_temperature_k, 1000.0) - 1e6 / 6500.0)
    return np.array([np.exp(0.7 * shift), 1.0, np.exp(-1.3 * shift)])
