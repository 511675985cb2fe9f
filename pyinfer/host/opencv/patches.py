"""Our own changes to OpenCV's sources: unified diffs, applied in the order of their names.

What they show of OpenCV's own lines is under its licence, Apache 2.0.

- ``annoy_threads``: an index of nearest neighbours is built by the thread that asks for it.
- ``borders``: ``copyMakeBorder`` writes narrow borders itself.
- ``color_loops``: the loops of the commonest colour conversions have no conditions in them, and red and blue
  are swapped in one step.
- ``component_labels``: ``connectedComponents`` writes the labels of four pixels at a time.
- ``file_system``: OpenCV has files in WebAssembly, too: temporary ones, with which it decodes Radiance images
  in memory, and those of point clouds.
- ``jpeg_errors``: an image that can't be encoded as JPEG is an error. libjpeg's jump out of it destroyed what
  OpenCV destroys once more.
- ``lookup_tables``: ``LUT`` and ``equalizeHist`` look up bytes, and read and write eight at a time; the
  latter counts in four histograms.
- ``rounding``: to round a number is one instruction, not a call of the C library.
- ``simd_intrinsics``: OpenCV's vector operations use WebAssembly's instructions of today. Half of them took
  many others, or an array in memory, or constants loaded anew in each turn of a loop; rounding of negative
  numbers and of halves was wrong, and so was the saturation of ``v_rshr_pack`` from 32 to 16 bits.
- ``stored_halves``: float16 results of vector code are what was computed.
- ``template_scores``: ``matchTemplate`` with ``TM_CCOEFF_NORMED`` scores two places at a time.
"""

from __future__ import annotations

import hashlib
import subprocess
from pathlib import Path

from pyinfer.errors import BuildError

__all__ = ["PATCHES", "apply_patches", "has_patches"]

#: Where the diffs are.
PATCHES = Path(__file__).parent / "patches"

_RECORD = "patches.sha256"


def apply_patches(sources: Path, patches: Path = PATCHES) -> None:
    """Change the sources, and record by which patches. They are no longer of use if this fails.

    Parameters
    ----------
    sources : Path
        The folder that has ``opencv``, unchanged.
    patches : Path
        A folder of ``*.patch``.

    Raises
    ------
    BuildError
        A patch does not fit the sources.
    """
    for path in _files(patches):
        command = ["patch", "--strip=1", "--batch", "--forward", "--fuzz=0", f"--input={path}"]
        done = subprocess.run(command, cwd=sources, capture_output=True, text=True)
        if done.returncode:
            raise BuildError(
                f"{path.name} does not fit OpenCV's sources: {(done.stdout + done.stderr).strip()}"
            )
    (sources / _RECORD).write_text(_digest(patches), "utf-8")


def has_patches(sources: Path, patches: Path = PATCHES) -> bool:
    """Whether the sources are there with just these patches.

    Parameters
    ----------
    sources, patches
        As in `apply_patches`.
    """
    record = sources / _RECORD
    return record.is_file() and record.read_text("utf-8") == _digest(patches)


def _files(patches: Path) -> list[Path]:
    return sorted(patches.glob("*.patch"))


def _digest(patches: Path) -> str:
    digest = hashlib.sha256()
    for path in _files(patches):
        digest.update(path.read_bytes())
    return digest.hexdigest()
