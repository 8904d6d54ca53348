# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""How far off may a finished network be?  A layer of its own learns that after the pose.

The network looks at samples that it has not learned from, and six log deviations, linear in its
localization feature, are fitted to its errors by Gaussian negative log-likelihood (Nix and
Weigend, ICNN 1994).  Learned together with the pose, they would trade its accuracy for their own.
"""

import math
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import roma
import torch
from numpy.typing import NDArray
from rich.console import Console
from rich.progress import track
from torch import Tensor, nn

from posenet_training.checkpoints import AtomicCheckpoints
from posenet_training.data.loading import train_loader
from posenet_training.data.samples import Samples
from posenet_training.distribution import Processes
from posenet_training.metrics import errors_of
from posenet_training.module import PoseModule
from posenet_training.network import DEVIATIONS, Pose
from posenet_training.recipe import Recipe

# Of a checkpoint: how many samples its uncertainty was learned from; absent where it was not.
NOTE = 'uncertainty_views'
RATE = 1e-3
WEIGHT_DECAY = 1e-3
BATCH = 128
# How often each sample is looked at: more of it learns few samples by heart.
PASSES = 32
# Of errors that are none: 1 um, 1 urad.
SMALLEST_DEVIATION = 1e-6


def has_learned_uncertainty(checkpoint: dict[str, Any]) -> bool:
    """Whether a checkpoint's network knows how far off it may be."""
    return bool(checkpoint.get(NOTE))


def learn_uncertainty(
    checkpoint_file: Path, module: PoseModule, samples: Samples, workers: int
) -> None:
    """Fit the deviations of a finished run's averaged network, in its checkpoint.

    Everything else in it stays as it is.  module: of the run; it takes over the checkpoint's
    network.  samples: of the run's recipe and seed.  A kill leaves the checkpoint without.
    """
    checkpoint = torch.load(checkpoint_file, map_location='cpu', weights_only=True)
    views = _views(module.recipe, samples)
    if views in (0, checkpoint.get(NOTE)):
        return
    module.cpu().load_state_dict(checkpoint['state_dict'])
    module.network.side = checkpoint['side']
    features, errors = _errors(module, samples, checkpoint['global_step'], views, workers)
    layer = fit_deviations(features, errors, module.seed)
    for name, value in layer.state_dict().items():
        checkpoint['state_dict'][f'network.deviations.{name}'] = value
    checkpoint[NOTE] = views
    AtomicCheckpoints().save_checkpoint(checkpoint, checkpoint_file)


def fit_deviations(features: Tensor, errors: Tensor, seed: int) -> nn.Linear:
    """A layer from features [N, F] to the log deviations [N, 6] of errors [N, 6]."""
    layer = nn.Linear(features.shape[1], DEVIATIONS)
    nn.init.zeros_(layer.weight)
    typical = errors.square().mean(dim=0).sqrt().clamp_min(SMALLEST_DEVIATION)
    layer.bias.data = typical.log()
    optimizer = torch.optim.AdamW(layer.parameters(), RATE, weight_decay=WEIGHT_DECAY)
    steps = math.ceil(PASSES * len(features) / BATCH)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, steps)
    generator = torch.Generator().manual_seed(seed)
    for _ in range(steps):
        rows = torch.randint(len(features), (BATCH,), generator=generator)
        optimizer.zero_grad()
        negative_log_likelihood(layer(features[rows]), errors[rows]).backward()
        optimizer.step()
        schedule.step()
    return layer


def negative_log_likelihood(log_deviations: Tensor, errors: Tensor) -> Tensor:
    """Mean over errors [N, 6] that are normal with these deviations, without its constant."""
    standard = errors * torch.exp(-log_deviations)
    return (0.5 * standard.square() + log_deviations).sum(dim=1).mean()


def _views(recipe: Recipe, samples: Samples) -> int:
    views = recipe.views_for_uncertainty(samples.epoch)
    # What lies in memory would only be seen again.
    return min(views, samples.epoch) if samples.at_hand and samples.epoch else views


def _errors(
    module: PoseModule, samples: Samples, steps_done: int, views: int, workers: int
) -> tuple[Tensor, Tensor]:
    """Features [views, 2048] and errors [views, 6], along the camera's axes, of unused samples."""
    batch = module.recipe.batch
    loader = train_loader(samples, batch, steps_done, Processes(0, 1, 1), workers)
    batches = math.ceil(views / batch)
    features, errors = [], []
    module.eval()
    with torch.inference_mode():
        for seen in track(
            islice(loader, batches),
            'uncertainty',
            batches,
            console=Console(stderr=True),
            transient=True,
        ):
            pose = module.pose(seen)
            in_map = errors_of(pose.position, pose.q_xyzw, seen.position, seen.q_xyzw)
            features.append(pose.feature)
            errors.append(torch.from_numpy(_along_camera(in_map, pose)).float())
    # Cloned, because what was made without gradients cannot be learned from.
    return torch.cat(features)[:views].clone(), torch.cat(errors)[:views].clone()


def _along_camera(errors: NDArray[np.float64], pose: Pose) -> NDArray[np.float64]:
    """Turn both halves of errors [B, 6] from the map's axes to those of the answered cameras."""
    R_map_camera = roma.unitquat_to_rotmat(pose.q_xyzw).double().numpy()
    halves = errors.reshape(-1, 2, 3)
    turned: NDArray[np.float64] = np.einsum('nji,nhj->nhi', R_map_camera, halves)
    return turned.reshape(-1, DEVIATIONS)
