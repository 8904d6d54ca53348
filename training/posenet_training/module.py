# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""PoseNet with its loss, optimizer and validation, for Lightning; and how it is loaded again."""

import math
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pytorch_lightning as pl
import torch
from torch import Tensor

from posenet_training.coordinates.stored import with_coordinates
from posenet_training.data.samples import Sample
from posenet_training.distribution import of_all_processes
from posenet_training.losses import Labels, PoseLoss
from posenet_training.metrics import error_summary, errors_of
from posenet_training.network import Pose, PoseNet, RawPose, SceneStatistics
from posenet_training.recipe import Recipe
from posenet_training.trunks import Trunk

# Judged by the geometric mean of both medians: a tenth less of either counts the same.
SCORE = 'val_score'


class PoseModule(pl.LightningModule):
    """A network that learns by a recipe."""

    def __init__(
        self, recipe: Recipe, seed: int, statistics: SceneStatistics, trunk: Trunk | None = None
    ) -> None:
        super().__init__()
        self.recipe = recipe
        self.seed = seed
        network = PoseNet(recipe.network, statistics, trunk)
        self.network = network.to(memory_format=torch.channels_last)
        self.loss = PoseLoss(recipe.loss, network.head)
        # Share of the run that is done; the schedule's callback says it before each step.
        self.progress = 0.0
        self._errors: list[np.ndarray] = []

    def answers(self, batch: Sample) -> list[RawPose]:
        """What the network says of a training batch."""
        return self.network.regress(batch.image)

    def pose(self, batch: Sample) -> Pose:
        """What the network says of a batch at test time."""
        pose: Pose = self.network(batch.image)
        return pose

    def watched(self, samples: Sequence[Sample]) -> list[Sample]:
        """Prepare the samples that are watched while it trains."""
        return list(samples)

    def training_step(self, batch: Sample, _: int) -> Tensor:
        # Seeded by step and process, so that a resumed run drops out what the whole one would.
        torch.manual_seed((self.seed * 1_000_003 + self.global_step) * 1009 + self.global_rank)
        labels = Labels(batch.position, batch.q_xyzw, batch.points)
        loss: Tensor = self.loss(self.answers(batch), labels, self.progress)
        self.log('train_loss', loss, sync_dist=True)
        return loss

    def validation_step(self, batch: Sample, _: int) -> None:
        pose = self.pose(batch)
        self._errors.append(errors_of(pose.position, pose.q_xyzw, batch.position, batch.q_xyzw))

    def on_validation_epoch_end(self) -> None:
        summary = error_summary(np.concatenate(of_all_processes(self._errors)))
        self._errors = []
        self.log_dict({f'val_{name}': value for name, value in summary.items()})
        score = math.sqrt(summary['median_position_m'] * summary['median_angle_deg'])
        self.log(SCORE, score)

    def configure_optimizers(self) -> torch.optim.Optimizer:
        options = self.recipe.optimizer
        # The deviations learn later, by themselves.
        learning = [
            weight
            for name, weight in self.named_parameters()
            if not name.startswith('network.deviations.')
        ]
        weights = [weight for weight in learning if weight.ndim >= 2]
        others = [weight for weight in learning if weight.ndim < 2]
        groups = [
            {'params': weights, 'weight_decay': options.weight_decay},
            {'params': others, 'weight_decay': 0.0},
        ]
        if options.kind == 'sgd':
            return torch.optim.SGD(groups, lr=options.rate, momentum=options.momentum)
        # One pass over the weights, half of the time on a CPU; on a GPU, where it also scales
        # half precision back, Lightning does not clip beside it.
        fused = True if self.device.type == 'cpu' else None
        if options.kind == 'adagrad':
            return torch.optim.Adagrad(groups, lr=options.rate, fused=fused)
        return torch.optim.AdamW(groups, lr=options.rate, fused=fused)

    def on_save_checkpoint(self, checkpoint: dict[str, Any]) -> None:
        checkpoint['recipe'] = asdict(self.recipe)
        checkpoint['seed'] = self.seed
        checkpoint['pretrained'] = self.network.trunk.pretrained
        checkpoint['side'] = self.network.side


def load_network(checkpoint_file: Path) -> tuple[PoseNet, Recipe, dict[str, Any]]:
    """Load the averaged weights of a run: (network in eval mode, recipe, whole checkpoint).

    Raises FileNotFoundError when there is none.
    """
    if not checkpoint_file.is_file():
        raise FileNotFoundError(f"there is no checkpoint '{checkpoint_file}': train first")
    checkpoint = torch.load(checkpoint_file, map_location='cpu', weights_only=True)
    recipe = Recipe.from_dict(checkpoint['recipe'])
    prefix = 'network.'
    state = {
        name.removeprefix(prefix): value
        for name, value in checkpoint['state_dict'].items()
        if name.startswith(prefix)
    }
    statistics = SceneStatistics(
        state['mean_image'], float(state['pixel_scale']), state['centre'], float(state['scale'])
    )
    network = PoseNet(recipe.network, statistics)
    network.load_state_dict(state)
    network.side = checkpoint['side']
    network.trunk.pretrained = checkpoint['pretrained']
    network = with_coordinates(network, checkpoint)
    return network.to(memory_format=torch.channels_last).eval(), recipe, checkpoint
