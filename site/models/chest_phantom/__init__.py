"""The slices of a chest CT that nobody was ever scanned for: a phantom, in Hounsfield units.

A seed is a patient. The parts are solids, so the slices of a patient fit together at any distance
and come at any size: ``Patient(7).slice(12, 200, 512)`` is the 13th of 200 slices of 512 x 512
pixels, from the top. Needs NumPy and OpenCV only.

The phantom is made to train and to show the demonstration's heart locator. It is no model of anatomy.
"""

from __future__ import annotations

from .frame import Frame
from .patient import LENGTH, Patient, Slice
from .scanner import add_noise, crop_circle, to_grey

__all__ = ["LENGTH", "Frame", "Patient", "Slice", "add_noise", "crop_circle", "to_grey"]
