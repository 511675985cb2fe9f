"""The licences of what our own opencv.js is made of besides OpenCV."""

from __future__ import annotations

from pathlib import Path

from pyinfer.errors import SetupError

__all__ = ["third_party_licences"]

#: Libraries and sources that are linked, and their notices below the folder ``opencv``.
_NOTICES = {
    "libjpeg-turbo": "3rdparty/libjpeg-turbo/LICENSE.md",
    "libpng": "3rdparty/libpng/LICENSE",
    "LibTIFF": "3rdparty/libtiff/LICENSE.md",
    "libwebp": "3rdparty/libwebp/COPYING",
    "zlib": "3rdparty/zlib/LICENSE",
    "Protocol Buffers": "3rdparty/protobuf/LICENSE",
    "FlatBuffers": "3rdparty/flatbuffers/LICENSE.txt",
    "SoftFloat": "modules/core/3rdparty/SoftFloat/COPYING.txt",
    "Annoy": "modules/features/3rdparty/annoy/LICENSE",
    "the chi-squared table of MSER": "modules/features/3rdparty/mscr/chi_table_LICENSE.txt",
}

#: Where every package of Debian has its notices: here those of Emscripten, musl, libc++ and compiler-rt.
_EMSCRIPTEN = Path("/usr/share/doc/emscripten/copyright")

_RULE = "-" * 80


def third_party_licences(sources: Path, emscripten: Path = _EMSCRIPTEN) -> str:
    """All notices in one text.

    Parameters
    ----------
    sources : Path
        The folder that has ``opencv``.
    emscripten : Path
        The notices of the compiler's own libraries.

    Raises
    ------
    SetupError
        One is missing.
    """
    found = {name: sources / "opencv" / path for name, path in _NOTICES.items()}
    found["Emscripten with its C and C++ libraries, as Debian packages them"] = emscripten
    parts = ["OpenCV is under LICENSE. It is compiled and linked with:\n"]
    for name, path in found.items():
        if not path.is_file():
            raise SetupError(f"{path} is missing: run `pyinfer opencv build` again")
        parts.append(f"{_RULE}\n{name}\n{_RULE}\n\n{path.read_text('utf-8', errors='replace').strip()}\n")
    return "\n".join(parts)
