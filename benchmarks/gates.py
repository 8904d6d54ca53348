# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Which frames the gates of a model refuse: other places, broken pictures, and good ones.

    python -m benchmarks.gates MODEL SCENE [--foreign SCENE...]

Good frames are those of the scene's split 'test'; other scenes show theirs too.  Prints Markdown
tables.
"""

import argparse
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import roc_auc_score

from benchmarks.experiments.markdown import markdown
from posenet_ros.gates import Gates, readings, strain
from posenet_ros.geometry import Array, distance, transform
from posenet_ros.image_checks import measured
from posenet_ros.model_file import Regressor, load_model
from posenet_training.commands.training import open_source
from posenet_training.data.frames import Frame
from posenet_training.robustness.corruptions import darkness, noise
from posenet_training.sequences import evenly

FOREIGN_FRAMES = 200
SPOILED_FRAMES = 100
# A pose so far off would do harm.
WRONG_M, WRONG_RAD = 0.5, float(np.radians(10.0))

Crop = NDArray[np.uint8]
Spoil = Callable[[Crop, np.random.Generator], Crop]


@dataclass(frozen=True)
class Read:
    """What the gates read of a frame, whether the network's pose is wrong, by how many metres."""

    values: Mapping[str, float]
    wrong: bool
    metres: float


def look(regressor: Regressor, crop: Crop, T_map_camera: Array | None) -> Read:
    """Read a crop [224, 224, 3]; its pose is None for one of another place."""
    answer = regressor.predict(crop)
    looked = regressor.reference.look_up(answer.feature)
    values = readings(answer, looked, measured(crop), regressor.spec.extent)
    if T_map_camera is None:
        return Read(values, True, np.nan)
    metres, angle = distance(transform(answer.position, answer.q_xyzw), T_map_camera)
    return Read(values, metres > WRONG_M or angle > WRONG_RAD, metres)


def darker(stops: float) -> Spoil:
    """2 ** -stops of the light."""
    return lambda crop, rng: darkness(crop, stops, rng)


def noisier(levels: float) -> Spoil:
    """Noise of so many grey levels."""
    return lambda crop, rng: noise(crop, levels, rng)


def covered(colour: tuple[float, float, float]) -> Spoil:
    """A lens behind something of one colour, with the sensor's own noise."""
    return lambda crop, rng: _levels(colour + rng.normal(0.0, 2.0, crop.shape))


def white_noise(crop: Crop, rng: np.random.Generator) -> Crop:
    """Nothing but noise."""
    return rng.integers(0, 256, crop.shape, dtype=np.uint8)


def upside_down(crop: Crop, rng: np.random.Generator) -> Crop:
    """A camera that was mounted the other way round."""
    return np.ascontiguousarray(crop[::-1, ::-1])


def half_missing(crop: Crop, rng: np.random.Generator) -> Crop:
    """A JPEG that ends in the middle."""
    return np.where(np.arange(len(crop))[:, None, None] < len(crop) // 2, crop, np.uint8(128))


# By what people call them; strengths are those of the crop.
SPOILED: dict[str, Spoil] = {
    **{f'darkness, {stops} stops': darker(stops) for stops in (2, 4, 5, 6, 7)},
    'lens cap': covered((0.0, 0.0, 0.0)),
    'finger': covered((90.0, 25.0, 15.0)),
    'paper': covered((180.0, 170.0, 150.0)),
    **{f'noise, {levels} levels': noisier(levels) for levels in (10, 20, 40, 80)},
    'white noise': white_noise,
    'upside down': upside_down,
    'half missing': half_missing,
}


def _levels(values: Array) -> Crop:
    return np.clip(np.round(values), 0, 255).astype(np.uint8)


def strains(reads: Iterable[Read], gates: Gates) -> Array:
    """Strain of each frame: that of the gate that doubts it most."""
    limits = asdict(gates)
    return np.array(
        [max(strain(name, v, limits[name]) for name, v in read.values.items()) for read in reads]
    )


def row(kind: str, reads: list[Read], good: list[Read], gates: Gates) -> tuple[str, ...]:
    """A row of the table."""
    mine, theirs = strains(reads, gates), strains(good, gates)
    novelty = [[read.values['novelty'] for read in of] for of in (good, reads)]
    wrong = np.array([read.wrong for read in reads])
    metres = np.median([read.metres for read in reads])
    return (
        kind,
        str(len(reads)),
        f'{auroc(*novelty):.4f}',
        f'{auroc(theirs, mine):.4f}',
        f'{100.0 * np.mean(mine > 1.0):.1f} %',
        '' if np.isnan(metres) else f'{metres:.2f} m',
        f'{100.0 * np.mean(wrong & (mine <= 1.0)):.1f} %',
    )


def auroc(good: Iterable[float], bad: Iterable[float]) -> float:
    """Probability that a bad frame reads more than a good one."""
    good, bad = list(good), list(bad)
    return float(roc_auc_score([0] * len(good) + [1] * len(bad), good + bad))


def spoiled(frames: list[Frame], spoil: Spoil) -> Iterable[Frame]:
    """The same frames, each spoiled in its own way."""
    for number, (crop, pose) in enumerate(frames):
        yield spoil(crop, np.random.default_rng([number, 1])), pose


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else '')
    parser.add_argument('model', type=Path, help='model file')
    parser.add_argument('scene', help='room:SEED or the folder of its scene')
    parser.add_argument('--foreign', nargs='*', default=[], help='other scenes')
    options = parser.parse_args()
    regressor = load_model(options.model)
    gates = regressor.spec.gates
    test = list(open_source(options.scene).each('test'))
    good = [look(regressor, *frame) for frame in test]
    rows = [row('good, unseen', good, good, gates)]
    for scene in options.foreign:
        foreign = open_source(scene).each('test', FOREIGN_FRAMES)
        reads = [look(regressor, crop, None) for crop, _ in foreign]
        rows.append(row(scene, reads, good, gates))
    chosen = evenly(test, SPOILED_FRAMES)
    for kind, spoil in SPOILED.items():
        reads = [look(regressor, *frame) for frame in spoiled(chosen, spoil)]
        rows.append(row(kind, reads, good, gates))
    columns = ('frames', 'number', 'AUROC of novelty', 'AUROC of all gates', 'refused')
    print(markdown((*columns, 'median error', 'wrong and not refused'), rows))
    limits = [(name, f'{limit:.4g}') for name, limit in asdict(gates).items()]
    print(f'\n{markdown(("gate", "limit"), limits)}')


if __name__ == '__main__':
    main()
