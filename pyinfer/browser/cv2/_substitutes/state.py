"""Switches and reports of parts that a build may have: IPP, OpenCL, the log, the processor's features.

opencv.js has none of these parts. The answers are those of a native build without them.
"""

from __future__ import annotations

import os
from pathlib import Path

from .._table import VERSION

__all__ = [
    "finish",
    "getCPUFeaturesLine",
    "getCacheDirectoryForDownloads",
    "getHardwareFeatureName",
    "getIppVersion",
    "getLogLevel",
    "haveAmdBlas",
    "haveAmdFft",
    "haveOpenCL",
    "setLogLevel",
    "setUseIPP",
    "setUseIPP_NotExact",
    "setUseOpenCL",
    "useIPP",
    "useIPP_NotExact",
    "useOpenCL",
]

_WARNING = 3

_log_level = _WARNING


def getLogLevel() -> int:
    """Up to which level messages are written; opencv.js writes none."""
    return _log_level


def setLogLevel(logLevel: int) -> int:
    """Set what :func:`getLogLevel` tells; what it told before."""
    global _log_level
    before, _log_level = _log_level, logLevel
    return before


def getIppVersion() -> str:
    """As a build without IPP has it."""
    return "disabled"


def useIPP() -> bool:
    """No."""
    return False


def setUseIPP(flag: bool) -> None:
    """Nothing to switch."""


def useIPP_NotExact() -> bool:
    """No."""
    return False


def setUseIPP_NotExact(flag: bool) -> None:
    """Nothing to switch."""


def haveOpenCL() -> bool:
    """No."""
    return False


def useOpenCL() -> bool:
    """No."""
    return False


def setUseOpenCL(flag: bool) -> None:
    """Nothing to switch, as natively without OpenCL."""


def haveAmdBlas() -> bool:
    """No."""
    return False


def haveAmdFft() -> bool:
    """No."""
    return False


def finish() -> None:
    """Nothing is under way."""


#: CPU_... -> its name, from each of these numbers on.
_FEATURES = {
    1: "MMX SSE SSE2 SSE3 SSSE3 SSE4.1 SSE4.2 POPCNT FP16 AVX AVX2 FMA3 AVX512F AVX512BW AVX512CD AVX512DQ "
    "AVX512ER AVX512IFMA AVX512PF AVX512VBMI AVX512VL AVX512VBMI2 AVX512VNNI AVX512BITALG AVX512VPOPCNTDQ "
    "AVX5124VNNIW AVX5124FMAPS AVX_VNNI",
    100: "NEON NEON_DOTPROD NEON_FP16 NEON_BF16 SVE",
    150: "CPU_MSA",
    170: "RISCVV",
    200: "VSX VSX3",
    210: "RVV RVV_ZVFH",
    230: "LSX LASX",
    256: "AVX512-SKX AVX512-COMMON AVX512-KNL AVX512-KNM AVX512-CNL AVX512-CLX AVX512-ICL",
}
_FEATURE_NAMES = {
    number: name for first, names in _FEATURES.items() for number, name in enumerate(names.split(), first)
}


def getHardwareFeatureName(feature: int) -> str:
    """The name of ``CPU_...``; empty for another number."""
    return _FEATURE_NAMES.get(feature, "")


def getCPUFeaturesLine() -> str:
    """Which processors' features the code uses: none has a name here."""
    return ""


def getCacheDirectoryForDownloads() -> str:
    """The folder for downloads, made if need be: in Python's file system, gone with it."""
    given = os.environ.get("OPENCV_DOWNLOADS_CACHE_DIR", "")
    places = Path(os.environ.get("XDG_CACHE_HOME") or "/nowhere"), Path.home() / ".cache"
    base = next((place for place in places if place.is_dir()), Path("/tmp"))
    folder = Path(given) if given else base / "opencv" / f"{VERSION.partition('.')[0]}.x" / "downloads"
    folder.mkdir(parents=True, exist_ok=True)
    return f"{folder}/"
