# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Whether a picture is one of this place, by a small network that saw pictures of none.

Distances to the training frames say how unlike a feature is, not whether what is unlike matters.
A network that is shown strangers as well learns that (outlier exposure, Hendrycks et al. 2019):
pictures of other places, and pictures of this one that were mirrored or put together anew.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

# Units of a feature's own spread: strangers lie far outside, and should count as that, no more.
FARTHEST = 6.0
# Beyond it odds are certainty, and no number is infinite.
MOST_LOG_ODDS = 50.0


@dataclass(frozen=True)
class Familiarity:
    """One hidden layer over a standardised feature of F numbers.

    middle, spread     [F] of the features of this place
    inner, inner_bias  [H, F] and [H]
    outer, outer_bias  [H] and [1]

    Raises ValueError with one sentence for arrays that do not fit together.
    """

    middle: Floats
    spread: Floats
    inner: Floats
    inner_bias: Floats
    outer: Floats
    outer_bias: Floats

    def __post_init__(self) -> None:
        shapes = {name: array.shape for name, array in self._arrays().items()}
        width, hidden = (*self.middle.shape, 0)[0], (*self.outer.shape, 0)[0]
        expected = ((width,), (width,), (hidden, width), (hidden,), (hidden,), (1,))
        if tuple(shapes.values()) != expected or 0 in (width, hidden):
            raise ValueError(f'its shapes {shapes} do not fit together')
        if not all(np.all(np.isfinite(array)) for array in self._arrays().values()):
            raise ValueError('it holds values that are not finite')
        if not np.all(self.spread > 0.0):
            raise ValueError('it holds a spread that is not above 0')

    def strangeness(self, feature: NDArray[np.floating]) -> float:
        """Odds that a feature [F] is of another place."""
        return float(np.exp(self.log_odds(feature[None])[0]))

    def log_odds(self, features: NDArray[np.floating]) -> NDArray[np.float64]:
        """Logarithms [N] of the odds that features [N, F] are of another place."""
        inside = (features.astype(np.float32) - self.middle) * self._per_spread
        hidden = np.clip(inside, -FARTHEST, FARTHEST) @ self.inner.T + self.inner_bias
        answers = np.maximum(hidden, 0.0) @ self.outer + self.outer_bias
        return np.clip(answers.astype(np.float64), -MOST_LOG_ODDS, MOST_LOG_ODDS)

    @cached_property
    def _per_spread(self) -> Floats:
        return np.asarray(1.0 / self.spread, np.float32)

    def as_arrays(self, prefix: str) -> dict[str, NDArray[np.floating]]:
        """To be stored, by prefixed names; the large one in half precision."""
        arrays: dict[str, NDArray[np.floating]] = {**self._arrays()}
        arrays['inner'] = self.inner.astype(np.float16)
        return {f'{prefix}{name}': array for name, array in arrays.items()}

    def _arrays(self) -> dict[str, Floats]:
        return {field.name: getattr(self, field.name) for field in fields(self)}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[np.floating]], prefix: str) -> 'Familiarity':
        """What `as_arrays` gave; raises KeyError and ValueError for anything else."""
        names = [field.name for field in fields(cls)]
        return cls(*(np.ascontiguousarray(arrays[prefix + n], np.float32) for n in names))
