"""How distributions are parted: made-up ones, no Pyodide."""

from __future__ import annotations

import zipfile
from pathlib import Path

from pyinfer.host.start.browser_folders import SHARED_LIBRARIES, SITE_PACKAGES
from pyinfer.host.start.distribution import Distribution, read_wheel
from pyinfer.host.start.left_out import needed_files
from pyinfer.host.start.linking import linking_order, needed_libraries
from pyinfer.host.start.metadata import metadata_files
from pyinfer.host.start.plan import Plan
from pyinfer.host.start.rest import rests
from pyinfer.host.start.split import Split, module_names, split
from pyinfer.host.start.stored_zip import stored_zip

SO = "cpython-314-wasm32-emscripten.so"


def distribution(name: str, *paths: str, folder: str = SITE_PACKAGES, is_whole: bool = False) -> Distribution:
    return Distribution(
        name, "1.0", folder, folder, {path: path.encode() for path in paths}, {}, {}, is_whole
    )


def plan(*paths: str, libraries: tuple[str, ...] = ()) -> Plan:
    return Plan(
        (),
        frozenset(f"{SITE_PACKAGES}/{path}" for path in (*paths, *libraries)),
        tuple(f"{SITE_PACKAGES}/{path}" for path in libraries),
        {},
    )


def test_what_is_read_comes_first_with_the_data_of_its_packages() -> None:
    made = distribution(
        "made",
        "made/__init__.py",
        "made/used.py",
        "made/unused.py",
        "made/fonts/sans.ttf",
        f"made/_fast.{SO}",
        f"made/_slow.{SO}",
        "made/more/__init__.py",
        "made/more/table.csv",
    )
    found = split(made, plan("made/__init__.py", "made/used.py", libraries=(f"made/_fast.{SO}",)))
    assert found.first == ("made/__init__.py", "made/fonts/sans.ttf", "made/used.py")
    assert found.libraries == (f"made/_fast.{SO}",)
    assert found.rest == (
        f"made/_slow.{SO}",
        "made/more/__init__.py",
        "made/more/table.csv",
        "made/unused.py",
    )


def test_libraries_stay_in_the_order_of_linking() -> None:
    made = distribution("made", f"a.{SO}", f"b.{SO}")
    order = (f"b.{SO}", f"a.{SO}")
    assert split(made, plan(libraries=order)).libraries == order


def library(*needed: str) -> bytes:
    """The head of a WebAssembly library that is linked with others."""

    def part(content: bytes) -> bytes:
        return bytes((len(content),)) + content

    names = bytes((len(needed),)) + b"".join(part(name.encode()) for name in needed)
    subsections = b"\1" + part(b"\0\0\0\0") + b"\2" + part(names)
    return b"\0asm\1\0\0\0" + b"\0" + part(part(b"dylink.0") + subsections) + b"\1\0"


def test_a_library_is_linked_after_those_that_it_needs() -> None:
    opened = {
        "/p/fast.so": library("libblas.so", "libc.so"),
        "/p/plain.so": library(),
        "/p.libs/libblas.so": library("libbase.so"),
        "/usr/lib/libbase.so": library(),
    }
    assert linking_order(opened) == [
        "/usr/lib/libbase.so",
        "/p.libs/libblas.so",
        "/p/fast.so",
        "/p/plain.so",
    ]


def test_what_is_no_library_needs_nothing() -> None:
    assert needed_libraries(b"\0asm\1\0\0\0\1\0") == needed_libraries(b"text") == []


def test_of_what_is_not_read_all_is_rest() -> None:
    assert split(distribution("made", "made/__init__.py", "made/a.txt"), plan()).first == ()


def test_a_whole_distribution_comes_first() -> None:
    made = distribution("made", "made/__init__.py", f"made/_fast.{SO}", is_whole=True)
    assert set(split(made, plan()).first) == set(made.files)


def test_modules_are_named_as_they_are_imported() -> None:
    paths = ["a/__init__.py", "a/b.py", f"a/c.{SO}", "a/data.txt", "single.py", "a-b/x.py", "bin/run-me.py"]
    assert module_names(paths) == ["a", "a.b", "a.c", "single"]


def test_a_package_without_a_module_of_its_own_is_named_too() -> None:
    assert module_names(["google/cloud/storage/__init__.py"]) == [
        "google",
        "google.cloud",
        "google.cloud.storage",
    ]
    assert module_names(["google/cloud/x.py"], ["google/__init__.py"]) == ["google.cloud", "google.cloud.x"]


def rest_of(*each: Distribution, depends: dict[str, list[str]] | None = None) -> dict[str, dict[str, bytes]]:
    splits = [(one, Split((), (), tuple(one.files))) for one in each]
    return {rest.name: rest.files for rest in rests(splits, depends or {})}


def test_a_shared_library_comes_with_all_that_are_linked_with_it() -> None:
    libraries = [distribution(name, f"{name}.so", folder=SHARED_LIBRARIES) for name in ("liba", "libb")]
    users = [distribution(name, f"{name}.py") for name in ("one", "two", "none")]
    found = rest_of(*libraries, *users, depends={"one": ["liba", "none"], "two": ["liba"], "liba": ["libb"]})
    outside = ["../../../usr/lib/liba.so", "../../../usr/lib/libb.so"]
    assert {name: sorted(files) for name, files in found.items()} == {
        "one": [*outside, "one.py"],
        "two": [*outside, "two.py"],
        "none": ["none.py"],
    }


def test_a_shared_library_that_is_linked_already_does_not_come_again() -> None:
    library = distribution("liba", "liba.so", folder=SHARED_LIBRARIES)
    user = distribution("one", "one.py")
    splits = [(library, Split((), ("liba.so",), ())), (user, Split((), (), ("one.py",)))]
    (rest,) = rests(splits, {"one": ["liba"]})
    assert set(rest.files) == {"one.py"}


def test_a_package_of_several_distributions_comes_as_one() -> None:
    found = rest_of(
        distribution("a", "space/a.py"),
        distribution("b", "other.py"),
        distribution("c", "space/c/__init__.py"),
    )
    assert {name: sorted(files) for name, files in found.items()} == {
        "b": ["other.py"],
        "a": ["space/a.py", "space/c/__init__.py"],
    }


def test_what_is_for_compilers_type_checkers_and_testers_is_left_out() -> None:
    needed = ["a/__init__.py", "a/testing/__init__.py", "a/table.csv", "tests/__init__.py"]
    others = ["a/__init__.pyi", "a/py.typed", "a/include/a.h", "a/lib/liba.a", "a/tests/test_a.py"]
    others += ["a/__pycache__/x.cpython-314.pyc", "a/lib/pkgconfig/a.pc"]
    assert sorted(needed_files(dict.fromkeys(needed + others, b""))) == sorted(needed)


def test_tests_that_the_package_itself_imports_stay() -> None:
    files = {"a/__init__.py": b"from a.tests import helper", "a/tests/helper.py": b"import a"}
    assert needed_files(files) == files


def test_stubs_that_are_read_when_the_module_is_imported_stay() -> None:
    files = {"a/__init__.py": b"import lazy_loader\nlazy_loader.attach_stub(__name__, __file__)"}
    files["a/__init__.pyi"] = b"from .b import c"
    assert needed_files({**files, "a/b.pyi": b""}) == files


def test_a_wheel_is_read_as_installers_lay_it_out(tmp_path: Path) -> None:
    path = tmp_path / "made-1.0-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as wheel:
        for name in (
            "made.py",
            "made-1.0.data/purelib/other.py",
            "made-1.0.data/data/share/made/table",
            "made-1.0.data/scripts/made",
            "made-1.0.dist-info/METADATA",
            "made-1.0.dist-info/RECORD",
            "made-1.0.dist-info/licenses/LICENSE",
        ):
            wheel.writestr(name, name)
    made = read_wheel(path, "made", "1.0")
    assert set(made.files) == {"made.py", "other.py"}
    assert set(made.data) == {"share/made/table"}
    assert set(made.info) == {"made-1.0.dist-info/METADATA"}

    files = metadata_files(made, ["made.pyc", "other.py"])
    assert set(files) == {f"made-1.0.dist-info/{name}" for name in ("METADATA", "RECORD", "top_level.txt")}
    assert files["made-1.0.dist-info/top_level.txt"] == b"made\nother\n"
    listed = files["made-1.0.dist-info/RECORD"].decode().splitlines()
    assert listed == [f"{name},," for name in sorted(["made.pyc", "other.py", *files])]


def test_the_same_files_give_the_same_archive() -> None:
    assert stored_zip({"b": b"2", "a": b"1"}) == stored_zip({"a": b"1", "b": b"2"})
