"""A patient: what chance decides, once, about a body."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .drawing import Drawing
from .frame import Frame
from .lung_vessels import grow
from .scanner import add_noise, crop_circle

LENGTH = 320.0  # mm from the tips of the lungs to below the diaphragm
_NOISE = 14.0  # Hounsfield units
_OUTSIDE = -2000.0  # what scanners write where they did not look


@dataclass(frozen=True)
class Slice:
    """One slice.

    Attributes
    ----------
    hounsfield : numpy.ndarray
        float32, (size, size).
    heart : numpy.ndarray
        bool, (size, size): where the heart is.
    """

    hounsfield: np.ndarray
    heart: np.ndarray


class Patient:
    """A patient. Lengths are in mm, values in Hounsfield units; x grows to the patient's left, y to the
    back, z downwards.

    Parameters
    ----------
    seed : int
        Who it is.
    """

    def __init__(self, seed: int) -> None:
        rng = np.random.default_rng([seed, 1])
        chance = rng.uniform
        self.seed = seed
        # The body's half axes; nearly all else is a share of them.
        self.width = chance(145, 195)
        self.depth = self.width * chance(0.64, 0.80)
        self.squareness = chance(0.1, 0.5)
        self.fat = chance(5, 24)
        self.wall = chance(0.85, 0.92)  # of the body's width is the chest's cavity
        self.cavity_depth = chance(0.60, 0.70)
        self.cavity_y = chance(-0.03, 0.07) * self.depth
        self.gap = chance(0.12, 0.20) * self.width  # half of what parts the lungs
        self.mediastinum = chance(-60, 40)
        self.lung = chance(-900, -780)
        # Waves along either axis, so that no outline is an ellipse: strength, waves per mm of the other
        # axis and of z, phase. The shorter, the weaker.
        across = chance(0.012, 0.06, (2, 3))
        strength = chance(0.02, 0.07, (2, 3)) / across
        self.waves = np.stack([strength, across, chance(0, 0.03, (2, 3)), chance(0, 6.3, (2, 3))], axis=-1)
        # The heart leans to the left and forward on its way down.
        self.heart_x = chance(0.08, 0.20) * self.width
        self.heart_y = chance(-0.29, -0.17) * self.depth
        self.heart_z = chance(180, 205)
        self.heart_axes = np.array([chance(0.36, 0.49) * self.width, chance(0.34, 0.44) * self.depth])
        self.heart_height = chance(52, 68)
        self.heart_lean = np.array([chance(0.02, 0.16) * self.width, chance(-0.14, 0.0) * self.depth])
        self.heart_turn = np.deg2rad(chance(-34, -6))
        self.heart_squareness = chance(0.0, 0.4)
        self.heart_fat = chance(0, 6)
        self.muscle = chance(35, 65)
        self.agent = chance(60, 320) if chance() < 0.4 else 0.0  # contrast agent in the blood
        self.chambers = chance(0.3, 1.0, 4)  # how much of it is in each
        # The diaphragm, and what lies below it.
        self.dome = chance(198, 240)
        self.dome_left = self.dome + chance(-2, 28)
        self.dome_height = chance(60, 110)
        self.liver = chance(0.05, 0.45) * self.width  # how far it reaches to the left
        self.stomach = chance((0.32, -0.30, 0.20, 0.20), (0.52, 0.05, 0.36, 0.42))
        self.stomach_air = chance(0, 0.8)
        # Bones.
        self.bone = chance(0.6, 1.3)
        self.rib_pitch = chance(24, 31)
        self.rib_drop = chance(60, 110)
        self.rib_phase = chance(0, 30)
        self.spine = chance(0.12, 0.15) * self.width
        self.spine_y = chance(0.30, 0.40) * self.depth
        # What disease left in a lung: side, y, z, radius.
        self.opacity = chance((-1, 0.0, 150, 10), (1, 0.5, 280, 45)) if chance() < 0.35 else None
        # The waves of which lumps in lungs and stomach are made: in x, y and z per mm, and phase.
        self.lumps = np.concatenate([rng.normal(0, 0.4, (8, 3)), chance(0, 6.3, (8, 1))], axis=1)
        # Around the patient.
        self.breasts = chance(0.1, 0.42, 2) * self.width if chance() < 0.45 else None
        self.breast_x = chance(-0.16, 0.16) * self.width
        self.arms = chance(38, 52) if chance() < 0.12 else 0.0
        self.table = chance((4, -4e-4, -600, 18), (40, 9e-4, 50, 60))  # distance, curve, value, thickness
        self.tubes = np.concatenate(
            [grow(rng, self.width, (side * (self.gap + 12), 0.05 * self.depth, 155)) for side in (-1, 1)]
        )

    def slice(self, k: int, count: int, size: int) -> Slice:
        """Slice ``k`` of ``count`` that cover the chest from the top, as a scanner gives it.

        The values have its noise, and -2000 outside its round field of view.
        """
        found = self.at((k + 0.5) / count * LENGTH, Frame(size, 2.14 * self.width, y=0.06 * self.depth))
        add_noise(found.hounsfield, _NOISE, np.random.default_rng([self.seed, 2, k, count]))
        crop_circle(found.hounsfield, _OUTSIDE)
        return found

    def at(self, z: float, frame: Frame) -> Slice:
        """The slice ``z`` mm below the tips of the lungs, without noise."""
        return Slice(*Drawing(self, z, frame).draw())
