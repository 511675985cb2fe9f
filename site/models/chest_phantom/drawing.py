"""One slice of a patient, drawn from the outside in: each part paints over those before it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from . import lung_vessels
from .frame import Frame

if TYPE_CHECKING:
    from .patient import Patient

_AIR, _FAT, _MUSCLE, _LIVER, _SPONGE, _CORTEX = -1000, -100, 50, 60, 220, 800
_CARINA = 125.0  # mm below the tips of the lungs: where the windpipe forks
_ARCH = 95.0  # and the aorta turns down


class Drawing:
    """A slice in the making.

    Parameters
    ----------
    patient : Patient
        Whose.
    z : float
        Its height in mm.
    frame : Frame
        What of it is looked at.
    """

    def __init__(self, patient: Patient, z: float, frame: Frame) -> None:
        self.patient, self.z, self.frame = patient, z, frame
        self.straight = x, y = frame.grid()
        self.x, self.y = x + self._wave(0, y), y + self._wave(1, x)
        self.picture = np.full(x.shape, _AIR, np.float32)
        # The chest is narrow at its top, and tapers a little below the lungs.
        fullness = _smooth(z / 120) - 0.06 * _smooth((z - 240) / 120)
        self.width = patient.width * (0.80 + 0.20 * fullness)
        self.depth = patient.depth * (0.80 + 0.20 * fullness)

    def draw(self) -> tuple[np.ndarray, np.ndarray]:
        """The values, float32, and where the heart is, bool; both (size, size)."""
        self._draw_surroundings()
        self._draw_wall()
        self._draw_lungs()
        self._draw_abdomen()
        self._draw_vessels()
        self._draw_spine()
        heart = self._draw_heart()
        return self.picture, heart > 0.5

    def _draw_surroundings(self) -> None:
        patient = self.patient
        distance, curve, value, thickness = patient.table.tolist()
        x, y = self.straight
        depth = y - self.patient.depth - distance - np.float32(curve) * x**2
        self._paint(self._within(np.abs(depth) - 1.5), value)
        self._paint(self._within(np.abs(depth - thickness) - 1.5), value)
        self._paint(self._within(np.abs(depth - thickness / 2) - thickness / 2 + 1), -930)
        if patient.arms:
            for side in (-1, 1):
                place = side * (self.width + patient.arms + 4), 0.1 * self.depth
                self._ellipse(place, (patient.arms, patient.arms * 1.1), _FAT)
                self._ellipse(place, (patient.arms * 0.8, patient.arms * 0.9), _MUSCLE)
                self._ellipse(place, (11, 11), _CORTEX * patient.bone)
        if patient.breasts is not None:
            height = math.exp(-(((self.z - 165) / 55) ** 2))
            for side, size in zip((-1, 1), patient.breasts, strict=True):
                x = patient.breast_x + side * 0.5 * self.width
                axes = 0.42 * self.width * height + 1, size * height + 1
                self._ellipse((x, -0.82 * self.depth), axes, _FAT, side * 0.25)
                self._ellipse((x, -0.86 * self.depth), (axes[0] * 0.5, axes[1] * 0.5), 0)

    def _draw_wall(self) -> None:
        patient = self.patient
        body = self._radius((0, 0), (self.width, self.depth), squareness=patient.squareness)
        self._paint(self._within((body - 1) * self.depth), _FAT)
        inner = self.width - patient.fat, self.depth - 0.8 * patient.fat
        muscle = self._radius((0, 0.02 * self.depth), inner, squareness=patient.squareness)
        self._paint(self._within((muscle - 1) * inner[1]), _MUSCLE)
        # The cavity closes towards the tips of the lungs.
        self.dome = math.sqrt(max(0.02, 1 - (1 - min(1.0, self.z / 100)) ** 2))
        self.axes = (
            patient.wall * self.width * self.dome,
            patient.cavity_depth * self.depth * self.dome**0.5,
        )
        self.cavity = self._radius((0, patient.cavity_y), self.axes, squareness=0.25)
        self.shell = (self.cavity - 1) * self.axes[1]
        self._draw_ribs()
        self._draw_shoulders()
        self.inside = self._within(self.shell)
        self._paint(self.inside, patient.mediastinum)

    def _draw_ribs(self) -> None:
        patient = self.patient
        forward = (patient.cavity_y - self.y) / self.axes[1]  # -1 at the back, 1 in front
        phase = (self.z - patient.rib_phase - patient.rib_drop * (forward + 1) / 2) / patient.rib_pitch
        middle = np.abs(phase - np.floor(phase) - 0.5) * patient.rib_pitch  # along the body
        across = np.abs(self.shell - 6)
        outside = np.maximum(middle - 5.5, across - 3.6)
        outside = np.maximum(outside, 0.16 * self.width - np.abs(self.x))
        rib = self._within(outside) * (self.z > 25)
        bone = (_SPONGE + (_CORTEX - _SPONGE) * np.clip(across - 1.2, 0, 1)) * patient.bone
        self._paint(rib, np.where(forward > 0.6, 110, bone))  # in front it is cartilage
        if 45 < self.z < 215:
            front = patient.cavity_y - self.axes[1] - 7
            self._ellipse((0, front), (0.14 * self.width, 7.5), _CORTEX * 0.8 * patient.bone, squareness=0.6)
            self._ellipse((0, front), (0.14 * self.width - 2.5, 5), _SPONGE * patient.bone, squareness=0.6)

    def _draw_shoulders(self) -> None:
        """The blades: thin, slanting, nearer to each other further down."""
        patient = self.patient
        if self.z > 150:
            return
        for side in (-1, 1):
            x = side * (0.80 - 0.1 * self.z / 150) * self.axes[0]
            y = patient.cavity_y + 0.78 * self.axes[1]
            length = 0.26 * self.width * (1 - 0.4 * self.z / 150)
            outer = (x, y + 9)
            self._ellipse(outer, (length, 5), _CORTEX * patient.bone, side * -0.75)
            self._ellipse(outer, (length - 3, 2.2), _SPONGE * patient.bone, side * -0.75)

    def _draw_lungs(self) -> None:
        patient = self.patient
        inside = self._within(self.shell + 1.5)
        # What lies between them is widest where vessels enter, and narrow in front.
        back = (self.y - 0.12 * self.depth) / (0.35 * self.depth)
        hilum = np.exp(-(back**2)) * math.exp(-(((self.z - 150) / 45) ** 2))
        front = np.clip(-(self.y - patient.cavity_y) / self.axes[1] - 0.55, 0, 1)
        gap = patient.gap * (1 + 0.35 * hilum - 1.3 * front)
        lungs = inside * self._within(gap - np.abs(self.x - 0.02 * self.width))
        lungs *= self._within(self._notch() * -1)
        value = patient.lung + 60 * (self.y / self.depth)
        filled = lung_vessels.draw(patient.tubes, self.z, self.frame).astype(np.float32) / 255
        if patient.opacity is not None:
            side, y, z, radius = patient.opacity.tolist()
            blob = ((self.x - side * 0.55 * self.width) / 1.6) ** 2 + (self.y - y * self.depth) ** 2
            blob = np.exp(-(blob + (self.z - z) ** 2) / (2 * radius**2)) * (self._speckle() * 0.9 + 0.6)
            value = value + 750 * np.clip(blob, 0, 1)
        self._paint(lungs, value + (40 - value) * filled)

    def _notch(self) -> np.ndarray:
        """Distance from the muscles that lie beside the spine; negative within."""
        axes = 0.26 * self.width, 0.34 * self.depth
        place = 0, self.patient.spine_y + 0.30 * self.depth
        return (self._radius(place, axes, squareness=0.0) - 1) * min(axes)

    def _draw_abdomen(self) -> None:
        """What the domes of the diaphragm leave of the cavity, seen from above."""
        patient = self.patient
        if self.z < patient.dome - 5:
            return
        right, left = (
            top
            + patient.dome_height
            * (
                ((self.x - side * 0.40 * self.width) / (0.66 * self.width)) ** 2
                + ((self.y + 0.34 * self.depth) / (0.90 * self.depth)) ** 2
            )
            for side, top in ((-1, patient.dome), (1, patient.dome_left))
        )
        below = np.clip(0.5 + (self.z - np.minimum(right, left)) / 5, 0, 1) * self._within(self.shell + 2)
        organs = np.full_like(self.picture, _FAT)
        contents, self.picture = self.picture, organs
        self._ellipse((0.60 * self.width, 0.28 * self.depth), (0.2 * self.width, 0.3 * self.depth), 52, 0.4)
        x, y, across, along = patient.stomach.tolist()
        place, axes = (x * self.width, y * self.depth), (across * self.width, along * self.depth)
        self._ellipse(place, axes, 45, -0.3)
        self._ellipse(
            place, (axes[0] - 5, axes[1] - 5), 20 - 150 * np.clip(self._speckle() - 0.7, 0, 1), -0.3
        )
        bubble = place[0], place[1] - 0.55 * axes[1]
        self._ellipse(
            bubble, (patient.stomach_air * 0.6 * axes[0], 0.4 * patient.stomach_air * axes[1]), -950
        )
        edge = self.x - patient.liver - 0.5 * (-0.1 * self.depth - self.y)
        self._paint(self._within(edge), _LIVER + 0.3 * patient.agent)
        self._paint(self._within(self._notch()), _MUSCLE)
        self.picture = contents
        self._paint(below, organs)

    def _draw_vessels(self) -> None:
        patient, w, d = self.patient, self.width, self.depth
        blood = 42 + patient.agent
        below_arch = _smooth((self.z - _ARCH) / 15)
        size = 0.085 * w
        if self.z > _ARCH + 8:
            self._ellipse((0.12 * w, 0.20 * d), (0.8 * size, 0.8 * size), blood)
        if abs(self.z - _ARCH) <= 12:
            self._ellipse((0.03 * w, 0.02 * d), (0.17 * w, 0.85 * size), blood, 0.9)
        if _ARCH < self.z < patient.heart_z:
            self._ellipse((-0.08 * w, -0.22 * d * below_arch), (size, size), blood)
            self._ellipse((-0.20 * w, -0.12 * d), (0.6 * size, 0.7 * size), blood)
        if _CARINA < self.z < patient.heart_z - 10:
            self._ellipse((0.07 * w, -0.26 * d), (size, size), blood)
            self._ellipse((0.0, -0.08 * d), (0.22 * w, 0.7 * size), blood, -0.2)
        if self.z <= _ARCH - 8:
            for x, y in ((-0.14, -0.18), (-0.03, -0.12), (0.08, -0.05), (-0.2, -0.08), (0.16, -0.14)):
                self._ellipse((x * w, y * d), (0.05 * w, 0.05 * w), blood)
        self._ellipse((0.04 * w, 0.17 * d), (0.045 * w, 0.04 * w), 35)
        for side in (-1, 1):
            apart = max(0.0, self.z - _CARINA) * 0.75
            if apart < 0.22 * w:
                place = side * apart, 0.04 * d + 0.25 * apart
                axes = (0.055 + 0.0006 * apart) * w, 0.05 * w
                self._ellipse(place, (axes[0] + 2, axes[1] + 2), 40)
                self._ellipse(place, axes, -980)

    def _draw_spine(self) -> None:
        patient, size = self.patient, self.patient.spine
        phase = self.z / 28 % 1
        is_disc = phase > 0.82
        cortex, sponge = _CORTEX * patient.bone, _SPONGE * patient.bone
        y = patient.spine_y
        self._paint(self._within(self._notch()) * self.inside, _MUSCLE)
        behind = y + 1.35 * size
        if not is_disc:
            for side in (-1, 1):
                self._ellipse((side * 0.85 * size, behind), (0.85 * size, 0.20 * size), cortex, side * 0.45)
                self._ellipse((side * 0.85 * size, behind), (0.7 * size, 0.10 * size), sponge, side * 0.45)
        self._ellipse((0, behind + 0.75 * size), (0.14 * size, (0.85 - 0.4 * phase) * size), cortex)
        self._ellipse((0, behind - 0.1 * size), (0.72 * size, 0.62 * size), cortex)
        self._ellipse((0, behind - 0.15 * size), (0.5 * size, 0.44 * size), 20)
        self._ellipse((0, y), (size, 0.78 * size), 90 if is_disc else cortex * 0.7, squareness=0.3)
        if not is_disc:
            self._ellipse((0, y), (size - 2.5, 0.78 * size - 2.5), sponge, squareness=0.3)

    def _draw_heart(self) -> np.ndarray:
        """Draw it, and give how much of each pixel it fills."""
        patient = self.patient
        rise = (self.z - patient.heart_z) / patient.heart_height
        if abs(rise) >= 1:
            return np.zeros_like(self.picture)
        scale = math.sqrt(1 - abs(rise) ** (2.0 if rise < 0 else 3.2))
        place = np.array([patient.heart_x, patient.heart_y]) + patient.heart_lean * rise
        axes = (patient.heart_axes * scale).tolist()
        radius = self._radius(place, axes, patient.heart_turn, patient.heart_squareness)
        heart = self._within((radius - 1) * min(axes)) * self._within(self.shell + 2)
        if patient.heart_fat:
            coat = self._within((radius - 1) * min(axes) - patient.heart_fat) * self._within(self.shell + 2)
            self._paint(coat, _FAT)
        self._paint(heart, patient.muscle + 0.25 * patient.agent)
        cosine, sine = np.cos(patient.heart_turn), np.sin(patient.heart_turn)
        for (u, v, a, b), share in zip(
            # left ventricle, right ventricle, right atrium, left atrium: shares of the heart's axes
            (
                (0.38, 0.22, 0.42, 0.42),
                (-0.02, -0.42, 0.62, 0.36),
                (-0.62, 0.05, 0.28, 0.55),
                (-0.1, 0.62, 0.5, 0.28),
            ),
            patient.chambers,
            strict=True,
        ):
            x, y = u * axes[0], v * axes[1]
            middle = place[0] + cosine * x - sine * y, place[1] + sine * x + cosine * y
            value = 45 + share * patient.agent
            self._ellipse(middle, (a * axes[0], b * axes[1]), value, patient.heart_turn, within=heart)
        return heart

    def _speckle(self) -> np.ndarray:
        """Lumps of about a centimetre, 0..1, that go on in the slices around."""
        lumps = sum(
            np.sin(np.float32(x) * self.x + np.float32(y) * self.y + np.float32(z * self.z + phase))
            for x, y, z, phase in self.patient.lumps
        )
        return np.clip(0.5 + 0.16 * lumps, 0, 1)

    def _wave(self, axis: int, along: np.ndarray) -> np.ndarray:
        return sum(
            np.float32(strength) * np.sin(np.float32(across) * along + np.float32(up * self.z + phase))
            for strength, across, up, phase in self.patient.waves[axis]
        )

    def _radius(
        self,
        place: tuple[float, float],
        axes: tuple[float, float],
        turn: float = 0.0,
        squareness: float = 0.0,
        part: tuple[slice, slice] = (slice(None), slice(None)),
    ) -> np.ndarray:
        """How far out pixels are, 1 on the ellipse; ``squareness`` up to 0.6 fills its corners."""
        x, y = self.x[part] - np.float32(place[0]), self.y[part] - np.float32(place[1])
        if turn:
            cosine, sine = np.float32(np.cos(turn)), np.float32(np.sin(turn))
            x, y = cosine * x + sine * y, cosine * y - sine * x
        u, v = (x * np.float32(1 / axes[0])) ** 2, (y * np.float32(1 / axes[1])) ** 2
        if squareness:
            return np.sqrt(u + v - np.float32(squareness) * np.minimum(u, 1.5) * np.minimum(v, 1.5))
        return np.sqrt(u + v)

    def _within(self, distance: np.ndarray) -> np.ndarray:
        """How much of each pixel is inside, by its distance from the edge in mm; negative is inside."""
        return np.clip(0.5 - distance * np.float32(1 / self.frame.pixel), 0, 1)

    def _paint(self, cover: np.ndarray, value: float | np.ndarray) -> None:
        self.picture += cover * (np.asarray(value, np.float32) - self.picture)

    def _ellipse(
        self,
        place: tuple[float, float],
        axes: tuple[float, float],
        value: float | np.ndarray,
        turn: float = 0.0,
        squareness: float = 0.0,
        within: np.ndarray | None = None,
    ) -> None:
        """Paint an ellipse, looking only at the pixels around it."""
        if min(axes) <= 0:
            return
        reach = max(axes) + 2 * self.frame.pixel + 30  # the waves bend it away by less than that
        low, high = (
            self.frame.to_pixels(np.array([place]))[0] + side * reach / self.frame.pixel for side in (-1, 1)
        )
        (left, top), (right, bottom) = np.maximum(low, 0).astype(int), np.maximum(high + 2, 0).astype(int)
        part = slice(top, bottom), slice(left, right)
        if not self.picture[part].size:
            return
        cover = self._within((self._radius(place, axes, turn, squareness, part) - 1) * min(axes))
        if within is not None:
            cover = cover * within[part]
        value = value[part] if isinstance(value, np.ndarray) else np.float32(value)
        self.picture[part] += cover * (value - self.picture[part])


def _smooth(share: float) -> float:
    """From 0 to 1 while ``share`` does, without corners."""
    share = min(1.0, max(0.0, share))
    return share * share * (3 - 2 * share)
