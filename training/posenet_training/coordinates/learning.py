# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Teach a finished network where in the map its cells look.

The trunk stays as it is and looks at every view once; the head learns from cells of all views,
mixed (Brachmann et al., CVPR 2023).
"""

from dataclasses import asdict
from hashlib import sha256
from pathlib import Path
from typing import Any

import torch
from rich.progress import track
from torch import Tensor

from posenet_ros.geometry import Array
from posenet_ros.model_file import tensors_sha256
from posenet_ros.model_spec import Camera
from posenet_ros.preprocess import crop_window
from posenet_training.checkpoints import AtomicCheckpoints
from posenet_training.coordinates.cells import cell_rays
from posenet_training.coordinates.head import CellHead, cell_loss
from posenet_training.coordinates.keyframes import KEYFRAMES
from posenet_training.coordinates.looking import CONSOLE, Looked, look, looked_once
from posenet_training.coordinates.network import CoordinatePart
from posenet_training.coordinates.stored import NOTE, stored
from posenet_training.coordinates.views import CellViews
from posenet_training.errors import TrainingError
from posenet_training.module import PoseModule
from posenet_training.recipe import Coordinates
from posenet_training.run_files import LOOKED
from posenet_training.sequences import evenly
from posenet_training.teaching.fingerprint import fingerprint

# Stretches of a drive that members leave out.
STRETCHES = 40
# Pictures: with fewer, a member that leaves stretches out may see none.
FEWEST_SEEN = 12
WEIGHT_DECAY = 0.01
WARM_UP = 0.05


def learn_coordinates(
    checkpoint_file: Path, module: PoseModule, views: CellViews, camera: Camera, workers: int
) -> None:
    """Add the coordinate part to a finished run's checkpoint, where it is not there yet.

    module: of the run; it takes over the checkpoint's network.  A kill leaves the checkpoint
    without.  Raises TrainingError where depth pictures are empty.
    """
    checkpoint = torch.load(checkpoint_file, map_location='cpu', weights_only=True)
    options = views.options
    if checkpoint.get(NOTE, {}).get('options') == asdict(options):
        return
    module.cpu().load_state_dict(checkpoint['state_dict'])
    module.network.side = checkpoint['side']
    CONSOLE.print(
        f'coordinates: the trunk looks at {len(views)} views once, then {options.steps} steps '
        'learn where its cells lie in the map: some minutes, of which a stop loses what is begun'
    )
    kept = checkpoint_file.with_name(LOOKED)
    with torch.random.fork_rng():
        torch.manual_seed(views.seed)
        looked = looked_once(
            kept, _same(checkpoint, views), lambda: look(module.network, views, workers)
        )
        _check_known(looked, views)
        # The same whether the trunk has looked now or before a stop.
        torch.manual_seed(views.seed)
        part = learned_part(looked, views, camera, options)
    checkpoint[NOTE] = stored(part, options)
    AtomicCheckpoints().save_checkpoint(checkpoint, checkpoint_file)
    kept.unlink(missing_ok=True)


def _same(checkpoint: dict[str, Any], views: CellViews) -> dict[str, Any]:
    """What the look depends on."""
    return {
        'weights_sha256': tensors_sha256(checkpoint['state_dict']),
        'side': checkpoint['side'],
        'options': asdict(views.options),
        'seed': views.seed,
        'poses_sha256': sha256(views.T_map_camera.tobytes()).hexdigest(),
        'files': fingerprint(*views.files),
    }


def _check_known(looked: Looked, views: CellViews) -> None:
    """Raise TrainingError where the robot's own looks show too few points to begin with."""
    seen = looked.known[: len(looked.keys)].any(dim=1)
    if int(seen.sum()) < FEWEST_SEEN:
        raise TrainingError(
            f'the depth pictures of {views.name} show the cells of {int(seen.sum())} pictures a '
            f'point, fewer than {FEWEST_SEEN}: look at them with `posenet scene check`, or train '
            'without coordinates'
        )


def learned_part(
    looked: Looked, views: CellViews, camera: Camera, options: Coordinates
) -> CoordinatePart:
    """A coordinate part that has learned from what the trunk said."""
    kept = evenly(range(len(looked.keys)), KEYFRAMES)
    part = CoordinatePart(options, looked.cells.shape[2], views.across**2, len(kept))
    all_known = looked.points[looked.known]
    part.centre.copy_(all_known.mean(dim=0))
    part.scale.copy_((all_known - part.centre).square().mean().sqrt())
    part.depth.copy_(_median_depth(looked, views.T_map_camera) / part.scale)
    unit_rays = cell_rays(camera, crop_window(camera.width, camera.height), views.across)
    part.rays.copy_(torch.from_numpy(unit_rays[:, :2] / unit_rays[:, 2:]))
    poses = torch.from_numpy(views.T_map_camera[kept]).float()
    positions = (poses[:, :3, 3] - part.centre) / part.scale
    part.keyframes.fill(looked.keys[kept], positions, poses[:, :3, :3])
    _teach(part.head, looked, (part.centre, part.scale), options)
    return part.eval()


def _median_depth(looked: Looked, T_map_camera: Array) -> float:
    """Of the points before the pictures that the robot's own look shows, metres."""
    plain = len(looked.keys)
    poses = torch.from_numpy(T_map_camera).float()
    ahead = (looked.points[:plain] - poses[:, None, :3, 3]) @ poses[:, :3, 2:3]
    return float(ahead[..., 0][looked.known[:plain]].median())


def _teach(
    head: CellHead, looked: Looked, unit: tuple[Tensor, Tensor], options: Coordinates
) -> None:
    """Members learn side by side, each from cells of its own."""
    centre, scale = unit
    cells, points = looked.cells.flatten(0, 1), looked.points.flatten(0, 1)
    some = cells[:: max(len(cells) // 50_000, 1)].float()
    head.mean.copy_(some.mean(dim=0))
    head.deviation.copy_(some.std(dim=0).clamp_min(1e-3))
    rows = _rows_of_members(looked, options)
    optimizer = torch.optim.AdamW(head.parameters(), options.rate, weight_decay=WEIGHT_DECAY)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, options.rate, total_steps=options.steps, pct_start=WARM_UP
    )
    head.train()
    steps = range(options.steps)
    for _ in track(steps, 'learning points of the map', console=CONSOLE, transient=True):
        drawn = torch.stack([own[torch.randint(len(own), (options.cells,))] for own in rows])
        truth = (points[drawn] - centre) / scale
        optimizer.zero_grad()
        cell_loss(*head.each(cells[drawn].float()), truth).backward()
        optimizer.step()
        schedule.step()


def _rows_of_members(looked: Looked, options: Coordinates) -> list[Tensor]:
    """For each member, the rows of all cells together that it learns from."""
    plain = len(looked.keys)
    stretch = torch.arange(len(looked.known)) % plain * STRETCHES // plain
    without = torch.stack([torch.randperm(options.members) for _ in range(STRETCHES)])
    left_out = without < options.left_out
    return [
        (looked.known & ~left_out[stretch, member][:, None]).flatten().nonzero()[:, 0]
        for member in range(options.members)
    ]
