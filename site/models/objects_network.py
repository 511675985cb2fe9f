"""The network that tells household objects apart: depthwise separable, small enough for a phone."""

from __future__ import annotations

from torch import Tensor, nn

__all__ = ["build"]

#: Channels, and by how much each block makes the picture smaller.
BLOCKS = ((24, 2), (24, 1), (40, 2), (40, 1), (64, 2), (64, 1), (96, 2), (96, 1))
CLASSES = 8


class ObjectsNetwork(nn.Module):
    """Float32 pictures, (batch, 3, 224, 224), normalised, to scores of the classes, (batch, 8)."""

    def __init__(self) -> None:
        super().__init__()
        layers: list[nn.Module] = [*_convolution(3, 16, 3, 2)]
        channels = 16
        for wanted, stride in BLOCKS:
            layers += _convolution(channels, channels, 3, stride, groups=channels)
            layers += _convolution(channels, wanted, 1)
            channels = wanted
        self.features = nn.Sequential(*layers)
        self.scores = nn.Sequential(
            nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Dropout(0.1), nn.Linear(channels, CLASSES)
        )

    def forward(self, image: Tensor) -> Tensor:
        """Scores before the softmax."""
        scores: Tensor = self.scores(self.features(image))
        return scores


def _convolution(
    channels: int, wanted: int, kernel: int, stride: int = 1, groups: int = 1
) -> list[nn.Module]:
    convolution = nn.Conv2d(channels, wanted, kernel, stride, kernel // 2, groups=groups, bias=False)
    return [convolution, nn.BatchNorm2d(wanted), nn.ReLU(inplace=True)]


def build() -> nn.Module:
    """The network with random weights; `pyinfer model convert` calls this."""
    return ObjectsNetwork()
