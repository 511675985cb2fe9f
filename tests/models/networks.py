"""Networks as users write them, for `pyinfer model convert` to convert or to refuse."""

from __future__ import annotations

import torch
from torch import Tensor, nn


class Classifier(nn.Module):
    """Five classes of pictures."""

    def __init__(self, channels: int = 3) -> None:
        super().__init__()
        self.features = nn.Sequential(nn.Conv2d(channels, 8, 3, 2, 1), nn.BatchNorm2d(8), nn.ReLU())
        self.head = nn.Linear(8, 5)

    def forward(self, image: Tensor) -> Tensor:
        return self.head(self.features(image).mean((2, 3)))


def build() -> nn.Module:
    torch.manual_seed(0)
    return Classifier()


def grey() -> nn.Module:
    torch.manual_seed(0)
    return Classifier(1)


def half() -> nn.Module:
    torch.manual_seed(0)
    return nn.Conv2d(3, 4, 3).half()


class Segmenter(nn.Module):
    """Its output is as large as its input: sizes must stay free through all of it."""

    def __init__(self) -> None:
        super().__init__()
        self.down = nn.Conv2d(3, 8, 3, 2, 1)
        self.deeper = nn.Conv2d(8, 8, 3, 2, 1)
        self.up = nn.ConvTranspose2d(8, 8, 2, 2)
        self.head = nn.Conv2d(16, 1, 1)

    def forward(self, image: Tensor) -> Tensor:
        first = self.down(image)
        second = self.up(self.deeper(first))
        scores = self.head(torch.cat([first, second], 1))
        return nn.functional.interpolate(scores, scale_factor=2, mode="bilinear", align_corners=False)


class TwoInputs(nn.Module):
    def forward(self, left: Tensor, right: Tensor) -> dict[str, Tensor]:
        return {"total": left + right, "twice": left * 2}


class Recurrent(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.lstm = nn.LSTM(4, 8, batch_first=True)

    def forward(self, steps: Tensor) -> Tensor:
        return self.lstm(steps)[0]


class Reader(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.embedding = nn.Embedding(50, 32)
        layer = nn.TransformerEncoderLayer(32, 4, 64, batch_first=True)
        self.encoder = nn.TransformerEncoder(layer, 2)
        self.register_buffer("mask", torch.triu(torch.full((64, 64), float("-inf")), 1))

    def forward(self, tokens: Tensor) -> Tensor:
        length = tokens.shape[1]
        return self.encoder(self.embedding(tokens), mask=self.mask[:length, :length], is_causal=True)


class Condition(nn.Module):
    """What one is told to write."""

    def forward(self, x: Tensor) -> Tensor:
        return torch.cond(x.sum() > 0, lambda x: x * 2, lambda x: x - 1, (x,))


class Branches(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        if x.sum() > 0:
            return x * 2
        return x


class Loops(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        while x.sum() < 10:
            x = x + 1
        return x


class Bessel(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        return torch.special.i1e(x)


class Products(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        return torch.cumprod(x, 1)


class Samples(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        return nn.functional.grid_sample(x, torch.zeros(2, 4, 4, 2), align_corners=False)


class Normalises(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(4)

    def forward(self, x: Tensor) -> Tensor:
        return self.norm(x)


class Pairs(nn.Module):
    """Works for two only."""

    def forward(self, x: Tensor) -> Tensor:
        return x + torch.ones(2, 1)


class Noise(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        return x + torch.rand_like(x)


class Nothing(nn.Module):
    def forward(self, x: Tensor) -> tuple[Tensor, None]:
        return x * 2, None


class Loud(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        print("computing")
        return x * 2


def spoiled() -> nn.Module:
    network = build()
    network.get_parameter("head.weight").data[0, 0] = float("nan")
    return network


def number() -> int:
    return 3


def fails() -> nn.Module:
    raise ValueError("no licence\nfor this")
