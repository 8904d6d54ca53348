# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What the trunk says of every view, kept on disk until the head has learned from it."""

import pickle
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from rich.console import Console
from rich.progress import track
from torch import Tensor
from torch.utils.data import DataLoader

from posenet_training.coordinates.keyframes import key_of
from posenet_training.coordinates.network import as_rows
from posenet_training.coordinates.views import CellViews
from posenet_training.data.loading import in_processes
from posenet_training.network import PoseNet
from posenet_training.whole_file import whole_file

BATCH = 16
# Cells that are kept to learn from, a kilobyte each.
MOST_CELLS = 1_000_000
CONSOLE = Console(stderr=True)


class Looked(NamedTuple):
    """What the trunk said of V views: cells [V, n, C] of n cells each, in half precision; the
    points [V, n, 3] m that they show; which of these are known [V, n]; keys [P, D] of the P
    views that are as the robot sees them, which come first.
    """

    cells: Tensor
    points: Tensor
    known: Tensor
    keys: Tensor


def looked_once(file: Path, of: dict[str, Any], look_at_all: Callable[[], Looked]) -> Looked:
    """What lies in the file, when it is of the same; else what the trunk says now, kept there.

    of: plain values that tell one look from another.  Where there is no room it is not kept.
    """
    try:
        kept = torch.load(file, weights_only=True)
        if kept['of'] == of:
            CONSOLE.print('coordinates: the trunk has looked already')
            return Looked(*kept['looked'])
    except (OSError, RuntimeError, EOFError, KeyError, TypeError, pickle.UnpicklingError):
        pass
    looked = look_at_all()
    try:
        with whole_file(file) as partial:
            torch.save({'of': of, 'looked': tuple(looked)}, partial)
    # RuntimeError is how torch says that the disk is full.
    except (OSError, RuntimeError) as error:
        CONSOLE.print(f'coordinates: not kept for the case of a stop ({error})', markup=False)
    return looked


def look(network: PoseNet, views: CellViews, workers: int) -> Looked:
    """Let the trunk look at all views, each once."""
    network.eval()
    kept = min(views.across**2, max(MOST_CELLS // len(views), 1))
    cells, points, known, keys = [], [], [], []
    loader: DataLoader[Any] = DataLoader(
        views,  # type: ignore[arg-type]
        BATCH,
        collate_fn=_stacked,
        **in_processes(workers),
    )
    batches = track(loader, 'looking at views', len(loader), console=CONSOLE, transient=True)
    # Not in inference mode: what was made there cannot be learned from.
    with torch.no_grad():
        for images, batch_points, batch_known in batches:
            said = network.trunk.cells(network.normalise(images))[1]
            keys.append(key_of(said))
            chosen = torch.rand(batch_known.shape).argsort(dim=1)[:, :kept, None]
            rows = as_rows(said)
            cells.append(rows.gather(1, chosen.expand(-1, -1, rows.shape[2])).half())
            points.append(batch_points.gather(1, chosen.expand(-1, -1, 3)))
            known.append(batch_known.gather(1, chosen[..., 0]))
    plain = len(views.T_map_camera)
    return Looked(torch.cat(cells), torch.cat(points), torch.cat(known), torch.cat(keys)[:plain])


def _stacked(batch: Sequence[Any]) -> tuple[Tensor, Tensor, Tensor]:
    images, points, known = zip(*batch, strict=True)
    return (
        torch.from_numpy(np.stack(images)),
        torch.from_numpy(np.stack(points)).float(),
        torch.from_numpy(np.stack(known)),
    )
