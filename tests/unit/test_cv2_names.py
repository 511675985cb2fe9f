"""Every public name of native's is there; what a browser can't do says why, and what to take instead."""

from __future__ import annotations

import re
import subprocess
import sys
import types
from collections.abc import Iterator
from fnmatch import fnmatchcase
from functools import reduce
from typing import Any

import cv2 as native
import pytest

from pyinfer.browser import cv2
from pyinfer.browser.cv2 import _drawn_features, _image_io
from pyinfer.browser.cv2._class_table import CLASSES, MEMBERS
from pyinfer.browser.cv2._substitutes import CLASSES as SUBSTITUTED_CLASSES
from pyinfer.browser.cv2._substitutes import MODULES
from pyinfer.browser.cv2._table import FUNCTIONS
from pyinfer.browser.cv2._unsupported_table import REASONS
from pyinfer.errors import UnsupportedInBrowser
from pyinfer.host.generate.native import submodules

#: What native's loader imports or is made of, and a part of OpenCV's own tests.
LEAKED = {
    *("importlib", "load_config_py3", "mat_wrapper", "misc", "numpy", "os", "sys", "utils.cv2"),
    "utils.NativeMethodPatchedResult",
}


def public_names() -> Iterator[tuple[str, Any]]:
    for prefix, module in {"": native, **{f"{name}.": value for name, value in submodules().items()}}.items():
        for name, value in vars(module).items():
            if not name.startswith("_") and prefix + name not in LEAKED:
                yield prefix + name, value


NAMES = dict(public_names())


def find(name: str, root: Any = cv2) -> Any:
    return reduce(getattr, name.split("."), root)


def is_unsupported(value: Any) -> bool:
    return str(value.__doc__).endswith("is not available in a browser.")


def is_up_to_the_engine(name: str) -> bool:
    """opencv.js has it, or may have it in another build: then that is the reason."""
    return name in FUNCTIONS or name.replace("_", ".") in CLASSES or name.partition("_")[0] in CLASSES


def complaint(value: Any) -> UnsupportedInBrowser:
    with pytest.raises(UnsupportedInBrowser) as raised:
        value()
    return raised.value


def is_like(value: Any, expected: Any) -> bool:
    if isinstance(expected, type | types.ModuleType):
        return isinstance(value, types.ModuleType if isinstance(expected, types.ModuleType) else type)
    return callable(value) if callable(expected) else bool(value == expected)


def test_every_name_is_there() -> None:
    assert not [name for name, expected in NAMES.items() if not is_like(find(name), expected)]


def test_each_lack_has_a_reason_of_its_own() -> None:
    vague = []
    for name in NAMES:
        value = find(name)
        if callable(value) and is_unsupported(value) and not is_up_to_the_engine(name):
            error = complaint(value)
            if "the loaded opencv.js" in error.reason:
                vague.append(name)
    assert not vague


def test_each_pattern_is_of_a_name_that_lacks() -> None:
    """Or may lack in another build of opencv.js."""
    known = [*NAMES, *CLASSES, *MEMBERS]
    lacking = [n for n in known if is_up_to_the_engine(n) or is_unsupported(find(n))]
    own = {*MODULES, *SUBSTITUTED_CLASSES}
    patterns = [pattern for _, _, patterns in REASONS for pattern in patterns.split()]
    of = {pattern: {n for n in lacking if fnmatchcase(n, pattern)} for pattern in patterns}
    assert not [pattern for pattern, names in of.items() if names <= own]


def test_each_alternative_works() -> None:
    told = " ".join(alternative for _, alternative, _ in REASONS if alternative)
    names = set(re.findall(r"\bcv2\.([\w.]*\w)", told))
    assert len(names) > 20
    assert not [n for n in names if not is_up_to_the_engine(n) and is_unsupported(find(n))]


def test_members_of_unsupported_classes_are_there() -> None:
    unsupported = [name for name in MEMBERS if is_unsupported(find(name))]
    assert len(unsupported) > 50
    for name in unsupported:
        for member, value in vars(find(name, native)).items():
            if (name, member) == ("VideoWriter", "fourcc"):
                continue
            if not member.startswith("_") and not isinstance(value, type):
                assert complaint(getattr(find(name), member)).function == f"cv2.{name}.{member}"


@pytest.mark.parametrize("module", ["data", "typing", "version"])
def test_a_module_beside_the_extension_has_the_same_names(module: str) -> None:
    imported = {"cv2", "np", "numpy", "os"}  # by native
    public = {name for name in dir(find(module, native)) if not name.startswith("_")} - imported
    assert public <= set(dir(find(module)))


def test_a_class_has_both_names_of_native() -> None:
    assert cv2.detail_Blender is cv2.detail.Blender
    assert cv2.ALIKED_Params is cv2.ALIKED.Params
    assert cv2.cuda_GpuMat.__qualname__ == "GpuMat"
    assert cv2.cuda_GpuMat.__module__ == "cv2.cuda"


def test_an_unsupported_class_can_be_asked_about_and_derived_from() -> None:
    assert not isinstance(1, cv2.VideoCapture)
    assert issubclass(cv2.StereoSGBM, cv2.StereoMatcher)

    class Camera(cv2.VideoCapture):
        pass

    with pytest.raises(UnsupportedInBrowser, match=r"cv2\.VideoCapture is not available.*pyodide\.call"):
        Camera(0)


def test_the_message_names_function_reason_and_alternative() -> None:
    error = complaint(cv2.StereoSGBM.create)
    assert error.function == "cv2.StereoSGBM.create"
    assert error.reason == "opencv.js is built without stereo vision"
    assert "onnxruntime" in str(error.alternative)


def test_what_can_be_answered_is() -> None:
    assert cv2.cuda.getCudaEnabledDeviceCount() == native.cuda.getCudaEnabledDeviceCount() == 0
    assert cv2.VideoWriter.fourcc(*"mp4v") == native.VideoWriter.fourcc(*"mp4v")


def test_unknown_names_are_still_unknown() -> None:
    for module, name in ((cv2, "VideoCaptur"), (cv2.cuda, "GpuMatt"), (cv2.VideoCapture, "reed")):
        with pytest.raises(AttributeError):
            getattr(module, name)


def test_dir_has_the_classes() -> None:
    assert {"VideoCapture", "detail_Blender", "StereoSGBM"} <= set(dir(cv2))
    assert {"Blender", "Timelapser"} <= set(dir(cv2.detail))


def test_names_of_modules_that_are_imported_later_are_theirs() -> None:
    for module in (_image_io, _drawn_features):
        name = module.__name__.rpartition(".")[2]
        assert {key for key, value in cv2._LATER.items() if value == name} == set(module.__all__)


def python(source: str) -> str:
    """What a Python that has imported nothing yet prints."""
    return subprocess.run([sys.executable, "-c", source], capture_output=True, text=True, check=True).stdout


def test_importing_brings_neither_pillow_nor_an_engine() -> None:
    """Both take long to come, and many programs use neither of them at first."""
    source = "import sys; from pyinfer.browser import cv2, onnxruntime, runtime"
    modules = "('PIL', 'difflib', 'pyinfer.browser.bridge.pyodide_bridge')"
    assert python(f"{source}; print([name for name in {modules} if name in sys.modules])") == "[]\n"


def test_a_star_import_brings_what_has_not_been_used_yet() -> None:
    source = (
        "from pyinfer.browser.bridge import set_bridge\n"
        "from tests.unit.fake_bridge import FakeBridge\n"
        "set_bridge(FakeBridge())\n"
        "from pyinfer.browser.cv2 import *\n"
        "print(resize.__name__, imread.__name__, COLOR_BGR2GRAY)"
    )
    assert python(source) == f"resize imread {native.COLOR_BGR2GRAY}\n"
