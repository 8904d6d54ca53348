# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Slow changes over time: the mast of the camera and the light of the room.

A quantity wanders through its whole range as a sum of two sines of unrelated periods.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from simulation import light, rig
from simulation.light import Light
from simulation.rig import Mast

MAST_PERIOD_S = (9.0, 23.0)
LIGHT_PERIOD_S = (15.0, 60.0)


@dataclass(frozen=True)
class Wander:
    """A value between `low` and `high` that changes slowly."""

    low: float
    high: float
    periods_s: tuple[float, float]
    phases: tuple[float, float]

    def at(self, time_s: float, amount: float = 1.0) -> float:
        """Value at a time; `amount` 0 keeps it at the middle of its range."""
        angles = 2 * np.pi * time_s / np.array(self.periods_s) + np.array(self.phases)
        share = 0.6 * np.sin(angles[0]) + 0.4 * np.sin(angles[1])
        return float(0.5 * (self.low + self.high) + 0.5 * amount * (self.high - self.low) * share)


def random_wander(
    limits: tuple[float, float], periods_s: tuple[float, float], rng: np.random.Generator
) -> Wander:
    """A wander through `limits` with periods and phases drawn by lot."""
    periods, phases = rng.uniform(*periods_s, 2), rng.uniform(0.0, 2 * np.pi, 2)
    return Wander(*limits, (float(periods[0]), float(periods[1])), (phases[0], phases[1]))


@dataclass(frozen=True)
class MastSway:
    """The mast of one drive."""

    height: Wander
    tilt: Wander
    roll: Wander

    @classmethod
    def random(cls, rng: np.random.Generator) -> MastSway:
        """A mast that sways through the full ranges of rig.py."""
        limits = (rig.HEIGHT, rig.TILT, rig.ROLL)
        return cls(*(random_wander(limit, MAST_PERIOD_S, rng) for limit in limits))

    def at(self, time_s: float) -> Mast:
        """The mast at a time."""
        return Mast(self.height.at(time_s), self.tilt.at(time_s), self.roll.at(time_s))


@dataclass(frozen=True)
class LightSway:
    """The light of one drive."""

    exposure: Wander
    colour_temperature_k: Wander
    ceiling: Wander
    floor_lamp: Wander
    daylight: Wander
    noise: Wander

    @classmethod
    def random(cls, rng: np.random.Generator) -> LightSway:
        """A light that sways through the full ranges of light.py."""
        limits = (
            light.EXPOSURE,
            light.COLOUR_TEMPERATURE_K,
            light.CEILING,
            light.FLOOR_LAMP,
            light.DAYLIGHT,
            light.NOISE,
        )
        return cls(*(random_wander(limit, LIGHT_PERIOD_S, rng) for limit in limits))

    def at(self, time_s: float, amount: float, noise_seed: int) -> Light:
        """The light at a time; `amount` 0 to 1 scales all its changes."""
        return Light(
            exposure=self.exposure.at(time_s, amount),
            colour_temperature_k=self.colour_temperature_k.at(time_s, amount),
            ceiling=self.ceiling.at(time_s, amount),
            floor_lamp=self.floor_lamp.at(time_s, amount),
            daylight=self.daylight.at(time_s, amount),
            noise=self.noise.at(time_s, amount),
            noise_seed=noise_seed,
        )
