"""How OpenCV is compiled to WebAssembly: options, flags, and what differs between the variants.

Emscripten is Debian's 3.1.6. Its own compiler is LLVM 14: it is told to call a newer one, and to link with
one in between, since the newest linker lays memory out otherwise than this Emscripten expects.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = [
    "APT_PACKAGES",
    "CLANG",
    "CMAKE_OPTIONS",
    "LLVM",
    "MODULES",
    "NPM_PACKAGES",
    "VARIANTS",
    "Variant",
]

#: The compiler's version, and that of the linker and its companions.
CLANG, LLVM = "22", "19"

APT_PACKAGES = (
    "emscripten",
    "cmake",
    "ninja-build",
    "ccache",
    "patch",
    f"clang-{CLANG}",
    f"lld-{LLVM}",
    f"llvm-{LLVM}",
)

#: Emscripten's optimiser of JavaScript wants it.
NPM_PACKAGES = ("acorn@8.16.0",)

#: OpenCV's modules that a browser can have, each after those that it needs.
MODULES = (
    *("core", "flann", "geometry", "imgproc", "dnn", "features", "imgcodecs", "ptcloud", "photo", "stereo"),
    *("video", "objdetect", "calib", "stitching"),
)

_OFF = (
    # What a browser has no use for: devices, accelerators, windows, other languages, tests.
    *(
        "WITH_1394",
        "WITH_ADE",
        "WITH_EIGEN",
        "WITH_FFMPEG",
        "WITH_GPHOTO2",
        "WITH_GSTREAMER",
    ),
    *("WITH_GTK", "WITH_IPP", "WITH_ITT", "WITH_LAPACK", "WITH_NDSRVP", "WITH_OPENCL", "WITH_OPENCLAMDBLAS"),
    *("WITH_OPENCLAMDFFT", "WITH_OPENGL", "WITH_OPENNI", "WITH_TBB", "WITH_UNIFONT", "WITH_V4L", "WITH_VTK"),
    *("WITH_CAROTENE", "WITH_KLEIDICV", "WITH_HAL_RVV"),
    *("BUILD_opencv_apps", "BUILD_opencv_highgui", "BUILD_opencv_java", "BUILD_opencv_python3"),
    *("BUILD_opencv_ts", "BUILD_opencv_videoio", "BUILD_opencv_world"),
    *(
        "BUILD_DOCS",
        "BUILD_EXAMPLES",
        "BUILD_PACKAGE",
        "BUILD_PERF_TESTS",
        "BUILD_SHARED_LIBS",
        "BUILD_TESTS",
    ),
    # Codecs that Python's wheel of OpenCV lacks, or that are larger than all others together.
    *("WITH_AVIF", "WITH_JASPER", "WITH_OPENEXR", "WITH_OPENJPEG"),
    *("CV_TRACE", "ENABLE_PIC", "PNG_HARDWARE_OPTIMIZATIONS"),
)
_ON = (
    *("BUILD_JPEG", "BUILD_PNG", "BUILD_PROTOBUF", "BUILD_TIFF", "BUILD_WEBP", "BUILD_ZLIB"),
    *(
        "OPENCV_DNN_TFLITE",
        "WITH_FLATBUFFERS",
        "WITH_GIF",
        "WITH_JPEG",
        "WITH_PNG",
        "WITH_PROTOBUF",
        "WITH_TIFF",
        "WITH_WEBP",
    ),
    "BUILD_opencv_js",  # for its bindings' source alone
)

#: CMake's own test of sizes reads them out of a program, which Emscripten's has in another file.
_SIZES = {
    **dict.fromkeys(("SIGNED_SHORT", "UNSIGNED_SHORT"), 2),
    **dict.fromkeys(("SIGNED_INT", "UNSIGNED_INT", "SIGNED_LONG", "UNSIGNED_LONG"), 4),
    **dict.fromkeys(("SIZE_T", "PTRDIFF_T", "UNSIGNED_CHAR_P"), 4),
    **dict.fromkeys(("SIGNED_LONG_LONG", "UNSIGNED_LONG_LONG"), 8),
}

CMAKE_OPTIONS: dict[str, str] = {
    "CMAKE_BUILD_TYPE": "Release",
    "CPU_BASELINE": "",
    "CPU_DISPATCH": "",
    **dict.fromkeys(_OFF, "OFF"),
    **dict.fromkeys(_ON, "ON"),
    **{f"SIZEOF_{name}": str(size) for name, size in _SIZES.items()},
    **{f"HAVE_SIZEOF_{name}": "1" for name in _SIZES},
    "SIZE_T": "4",
    "HAVE_SIZE_T": "1",
}


@dataclass(frozen=True)
class Variant:
    """One way to compile all of it.

    Attributes
    ----------
    name : str
    simd, threads : bool
        What of WebAssembly it needs beyond what every engine has.
    """

    name: str
    simd: bool
    threads: bool

    def flags(self) -> tuple[str, ...]:
        """The compiler's and the linker's."""
        return (
            # A C++ exception unwinds, which destroys what was made: nothing is left behind.
            *("-fwasm-exceptions", "-s", "SUPPORT_LONGJMP=wasm"),
            *(("-msimd128",) if self.simd else ()),
            *(("-pthread",) if self.threads else ()),
        )

    def cmake_options(self) -> dict[str, str]:
        """What is added to `CMAKE_OPTIONS`."""
        return {
            "CV_ENABLE_INTRINSICS": "ON" if self.simd else "OFF",
            "WITH_PTHREADS_PF": "ON" if self.threads else "OFF",
        }


#: By name; the first is what pages get where nothing speaks for another.
VARIANTS = {
    variant.name: variant
    for variant in (
        Variant("simd", simd=True, threads=False),
        Variant("threads", simd=True, threads=True),
        Variant("baseline", simd=False, threads=False),
    )
}
