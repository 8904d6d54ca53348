# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Photometric augmentation of normalised pictures: light, contrast, colour, blur, noise.

Labels stay exact: no pixel moves.
"""

import torch
from torch import Generator, Tensor
from torch.nn.functional import avg_pool2d

BRIGHTNESS = 0.3
CONTRAST = 0.25
COLOUR = 0.08
NOISE = 0.06
BLURRED_SHARE = 0.25


def augment(pictures: Tensor, strength: float, generator: Generator) -> Tensor:
    """Change pictures [B, 3, S, S], in units of the scene's pixel deviation, one by one.

    strength 0 leaves them as they are, 1 changes them as the constants above say.
    """

    def draw(channels: int, spread: float) -> Tensor:
        shape = (len(pictures), channels, 1, 1)
        return (
            strength
            * spread
            * (2.0 * torch.rand(shape, generator=generator) - 1.0).to(pictures.device)
        )

    gain = 1.0 + draw(1, CONTRAST) + draw(3, COLOUR)
    pictures = pictures * gain + draw(1, BRIGHTNESS) + draw(3, COLOUR)
    blurred = torch.rand(len(pictures), generator=generator) < strength * BLURRED_SHARE
    pictures[blurred] = avg_pool2d(pictures[blurred], 3, 1, 1, count_include_pad=False)
    deviation = draw(1, NOISE / 2.0) + strength * NOISE / 2.0
    noise = torch.randn(pictures.shape, generator=generator).to(pictures.device)
    return pictures.addcmul_(deviation, noise).contiguous(memory_format=torch.channels_last)
