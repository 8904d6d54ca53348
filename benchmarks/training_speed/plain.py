# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""A loop as torchvision's tutorials have it: files, transforms, a network with a new last layer.

It regresses seven numbers a picture by their squares, with two workers and Adam.
"""

import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import torch
from PIL import Image
from torch import Tensor, nn
from torch.utils.data import DataLoader, Dataset
from torchvision import models, transforms

from posenet_ros.geometry import position_and_quaternion
from posenet_ros.scene import Scene
from posenet_training.trunks import make_trunk

NUMBERS = 7


class Pictures(Dataset[tuple[Tensor, Tensor]]):
    """Files with seven numbers each, read anew whenever they are shown."""

    def __init__(self, files: Sequence[Path], numbers: Tensor) -> None:
        self.files = files
        self.numbers = numbers
        self.transform = transforms.Compose(
            [
                transforms.Resize(256),
                transforms.RandomCrop(224),
                transforms.ColorJitter(0.3, 0.3, 0.3),
                transforms.ToTensor(),
                transforms.Normalize((0.485, 0.456, 0.406), (0.229, 0.224, 0.225)),
            ]
        )

    def __len__(self) -> int:
        return len(self.files)

    def __getitem__(self, number: int) -> tuple[Tensor, Tensor]:
        picture = Image.open(self.files[number]).convert('RGB')
        return self.transform(picture), self.numbers[number]


def pictures_of(scene: Scene) -> Pictures:
    """The training pictures of a scene."""
    rows = scene.split('train')
    poses = [torch.cat([torch.from_numpy(part) for part in _numbers(row)]) for row in rows]
    return Pictures([scene.path(row) for row in rows], torch.stack(poses).float())


def _numbers(row: Any) -> tuple[Any, Any]:
    return position_and_quaternion(row.T_map_camera)


def network(name: str) -> nn.Module:
    """Torchvision's network of that name with seven outputs, or EfficientNet-Lite0 with them."""
    if name == 'googlenet':
        net: Any = models.googlenet(weights=None, aux_logits=True, init_weights=True)
        net.fc = nn.Linear(1024, NUMBERS)
        net.aux1.fc2 = net.aux2.fc2 = nn.Linear(1024, NUMBERS)
    elif name == 'mobilenet_v3_small':
        net = models.mobilenet_v3_small(weights=None)
        net.classifier[-1] = nn.Linear(1024, NUMBERS)
    else:
        trunk = make_trunk(name)
        net = nn.Sequential(trunk, _Pooled(), nn.Linear(trunk.channels, NUMBERS))
    return nn.Module.train(net)


class _Pooled(nn.Module):
    def forward(self, said: tuple[Tensor, list[Tensor]]) -> Tensor:
        return said[0].mean(dim=(2, 3))


def plain_steps(name: str, data: Pictures, batch: int, workers: int) -> Iterator[float]:
    """Train without end; gives the clock after each step."""
    net = network(name)
    optimizer = torch.optim.Adam(net.parameters(), 1e-4)
    loader = DataLoader(data, batch, shuffle=True, num_workers=workers, drop_last=True)
    while True:
        for images, wanted in loader:
            optimizer.zero_grad()
            said = net(images)
            answers = list(said) if isinstance(said, tuple) else [said]
            loss = sum((nn.functional.mse_loss(answer, wanted) for answer in answers), Tensor([0]))
            loss.backward()
            optimizer.step()
            yield time.perf_counter()
