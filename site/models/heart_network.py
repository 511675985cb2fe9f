"""The heart locator: an encoder of MobileNetV3's blocks, and a decoder that brings its answer back up.

The blocks are those of Howard et al., "Searching for MobileNetV3", 2019.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

__all__ = ["build"]


def _convolution(inputs: int, outputs: int, kernel: int, stride: int = 1, groups: int = 1) -> nn.Sequential:
    """A convolution, and batch normalisation."""
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, groups=groups, bias=False),
        nn.BatchNorm2d(outputs),
    )


class _SqueezeExcite(nn.Module):
    """Weighs channels by what the whole picture has in them."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        squeezed = max(8, channels // 4)
        self.weigh = nn.Sequential(
            nn.AdaptiveAvgPool2d(1),
            nn.Conv2d(channels, squeezed, 1),
            nn.ReLU(),
            nn.Conv2d(squeezed, channels, 1),
            nn.Hardsigmoid(),
        )

    def forward(self, features: Tensor) -> Tensor:
        return features * self.weigh(features)


class _InvertedResidual(nn.Module):
    """Widens, looks around in each channel by itself, weighs, and narrows."""

    def __init__(self, inputs: int, wide: int, outputs: int, kernel: int = 3, stride: int = 1) -> None:
        super().__init__()
        self.adds = stride == 1 and inputs == outputs
        self.steps = nn.Sequential(
            _convolution(inputs, wide, 1),
            nn.Hardswish(),
            _convolution(wide, wide, kernel, stride, groups=wide),
            _SqueezeExcite(wide),
            nn.Hardswish(),
            _convolution(wide, outputs, 1),
        )

    def forward(self, features: Tensor) -> Tensor:
        return features + self.steps(features) if self.adds else self.steps(features)


class HeartLocator(nn.Module):
    """Grey values 0..255, (batch, 1, 64, 64), to logits of that shape; above 0 is heart.

    Scans come in any window of grey. So each picture is brought to mean 0 and deviation 1, inside.
    """

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Sequential(_convolution(1, 16, 3, 2), nn.Hardswish())
        self.at_half = _InvertedResidual(16, 24, 16)
        self.at_quarter = nn.Sequential(_InvertedResidual(16, 48, 24, 3, 2), _InvertedResidual(24, 64, 24))
        self.at_eighth = nn.Sequential(
            _InvertedResidual(24, 72, 32, 5, 2),
            _InvertedResidual(32, 80, 32, 5),
            _InvertedResidual(32, 80, 32, 5),
        )
        self.up = nn.Upsample(scale_factor=2, mode="bilinear", align_corners=False)
        self.to_quarter = nn.Sequential(
            _convolution(32 + 24, 32, 1), nn.Hardswish(), _InvertedResidual(32, 48, 24)
        )
        self.to_half = nn.Sequential(
            _convolution(24 + 16, 16, 1), nn.Hardswish(), _InvertedResidual(16, 32, 16)
        )
        self.head = nn.Conv2d(16, 1, 3, padding=1)

    def forward(self, grey: Tensor) -> Tensor:
        centred = grey - grey.mean((1, 2, 3), keepdim=True)
        # A picture of one grey has no deviation.
        deviation = torch.sqrt((centred * centred).mean((1, 2, 3), keepdim=True) + 1)
        half = self.at_half(self.stem(centred / deviation))
        quarter = self.at_quarter(half)
        answer = self.to_quarter(torch.cat([self.up(self.at_eighth(quarter)), quarter], 1))
        answer = self.to_half(torch.cat([self.up(answer), half], 1))
        return self.up(self.head(answer))


def build() -> nn.Module:
    """The network with random weights; `pyinfer model convert` calls this."""
    return HeartLocator()
