"""The house rules that no type checker knows: who may import whom, and what no file may contain."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
BRIDGE, DOOR = "pyinfer.browser.bridge", "pyinfer.browser.bridge.pyodide_bridge"
SIDE_DOOR = "pyinfer.browser.pyodide_attachment"  # by which pyinfer.start brings the bridge in
JAVASCRIPT = {"js", "pyodide", "pyodide_js", "pyinfer_js"}

# Module (with what lies below it) -> what it may import besides the standard library and itself.
# The longest name that fits decides. "!" takes a name out again.
RULES: dict[str, set[str]] = {
    "pyinfer": {"pyinfer.browser.attachment", "pyinfer.browser.engines", "pyinfer.browser.store"},
    "pyinfer.errors": set(),
    "pyinfer.manifest": {"pyinfer.errors"},
    BRIDGE: {"pyinfer.errors", "numpy"},
    SIDE_DOOR: {"pyinfer.errors", *JAVASCRIPT},
    DOOR: {BRIDGE, "pyinfer.errors", "numpy", *JAVASCRIPT},
    "pyinfer.browser.cv2": {BRIDGE, f"!{DOOR}", "pyinfer.errors", "numpy", "PIL"},
    "pyinfer.browser.onnxruntime": {BRIDGE, f"!{DOOR}", "pyinfer.errors", "numpy"},
    # Of what runs in the browser it knows the names; the shims themselves it asks where they are.
    "pyinfer.check": {"pyinfer.errors"},
    "pyinfer.browser.attachment": {SIDE_DOOR, "pyinfer.browser.store", "pyinfer.manifest", "pyinfer.errors"},
    # The store, the runtime and what they are made of.
    "pyinfer.browser": {
        "!pyinfer.browser.cv2",
        "!pyinfer.browser.onnxruntime",
        f"!{DOOR}",
        f"!{SIDE_DOOR}",
        "pyinfer.manifest",
        "pyinfer.errors",
        "numpy",
        "micropip",
    },
}
# The host may use any library, and of what runs in the browser anything but the door to JavaScript.
HOST_FORBIDDEN = {DOOR, SIDE_DOOR, *JAVASCRIPT}


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {module_name(path): path for path in sorted((ROOT / "pyinfer").rglob("*.py"))}


def imports_of(path: Path, package: str) -> Iterator[str]:
    """Every module that a file imports anywhere, lazily too, as an absolute name."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
            origin = ".".join([*base, *(node.module or "").split(".")]).strip(".")
            for alias in node.names:
                submodule = f"{origin}.{alias.name}"
                yield submodule if submodule in MODULES else origin


def below(name: str, names: set[str]) -> str:
    """The longest of `names` that is `name` or a package around it; an empty string if there is none."""
    return max((other for other in names if f"{name}.".startswith(f"{other}.")), key=len, default="")


def allowed(module: str, imported: str) -> bool:
    if imported.partition(".")[0] in sys.stdlib_module_names:
        return True
    if module.startswith("pyinfer.host"):
        return not below(imported, HOST_FORBIDDEN)
    owner = below(module, set(RULES))
    named = RULES[owner]
    verdict = {name.removeprefix("!"): not name.startswith("!") for name in named}
    if owner != "pyinfer":
        verdict.setdefault(owner, True)
    return verdict.get(below(imported, set(verdict)), False)


@pytest.mark.parametrize("module", MODULES)
def test_a_module_imports_only_what_it_may(module: str) -> None:
    path = MODULES[module]
    package = module if path.name == "__init__.py" else module.rpartition(".")[0]
    wrong = sorted({name for name in imports_of(path, package) if not allowed(module, name)})
    assert not wrong, f"{module} must not import {', '.join(wrong)}"


@pytest.mark.parametrize(
    ("module", "imported", "expected"),
    [
        ("pyinfer.manifest", "numpy", False),
        ("pyinfer.browser.bridge.codec", "js", False),
        (DOOR, "pyodide_js", True),
        ("pyinfer.browser.cv2._mat", "pyinfer.browser.bridge.codec", True),
        ("pyinfer.browser.cv2._mat", DOOR, False),
        ("pyinfer.browser.cv2._mat", "pyinfer.browser.onnxruntime", False),
        ("pyinfer.browser.cv2._mat", "pyinfer.browser.store", False),
        ("pyinfer.browser.onnxruntime._session", "cv2", False),
        ("pyinfer.browser.store", "pyinfer.host.places", False),
        ("pyinfer.browser.store", "pyinfer.browser.cv2", False),
        ("pyinfer.browser.runtime", "pyinfer.browser.store", True),
        ("pyinfer.host.generate", DOOR, False),
    ],
)
def test_the_rules_mean_what_the_design_says(module: str, imported: str, expected: bool) -> None:
    assert allowed(module, imported) is expected


def test_relative_imports_are_understood(tmp_path: Path) -> None:
    source = tmp_path / "module.py"
    source.write_text(
        "def f():\n    from ..onnxruntime import _session\n    from . import capi\nfrom .. import store\n"
    )
    assert list(imports_of(source, "pyinfer.browser.cv2")) == [
        "pyinfer.browser.store",
        "pyinfer.browser.onnxruntime._session",
        "pyinfer.browser.cv2",
    ]


def tracked(*folders: str) -> list[Path]:
    listing = subprocess.run(
        ["git", "ls-files", "-z", "--", *folders], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return [ROOT / name for name in listing.stdout.split("\0") if name and (ROOT / name).is_file()]


def test_pages_use_the_public_api_only() -> None:
    """A page that reaches past pyinfer.js would break with the next build, as a visitor's page would."""
    api = (ROOT / "js_bridge" / "pyinfer.js").read_text("utf-8")
    exported = set(re.findall(r"^export (?:async )?(?:function|class|const|let) (\w+)", api, re.M))
    for group in re.findall(r"^export \{([^}]*)\}", api, re.M):
        exported |= {name.split()[-1] for name in group.split(",") if name.strip()}
    packages = json.loads((ROOT / "js_bridge" / "package.json").read_text("utf-8"))
    bare = set(packages["devDependencies"])
    engines = {"pyodide", "onnxruntime-web", "@techstark/opencv-js", "comlink"}
    for path in tracked("site"):
        if path.suffix not in (".js", ".mjs", ".html", ".ts"):
            continue
        text = path.read_text("utf-8")
        pattern = r"""(?:import\s*(?:([^"'();]*?)\s*from\s*)?|import\(\s*)["']([^"']+)["']"""
        for names, specifier in re.findall(pattern, text):
            if specifier.rpartition("/")[2] in ("pyinfer.js", "pyinfer"):
                used = {name.split()[0] for name in names.strip("{} \n").split(",") if name.strip()}
                assert used <= exported, (
                    f"{path.name} imports {used - exported}, which pyinfer.js does not export"
                )
            elif specifier.startswith("."):
                assert (
                    (path.parent / specifier).resolve().is_relative_to(ROOT / path.relative_to(ROOT).parts[0])
                ), f"{path}: {specifier}"
            else:
                package = "/".join(specifier.split("/")[: 2 if specifier.startswith("@") else 1])
                # The speed page compares with what people write for the engines by hand.
                allowed = bare if path.is_relative_to(ROOT / "site" / "speed") else bare - engines
                assert package in allowed, f"{path.name} imports {specifier}"


def test_python_of_the_site_is_a_visitors_python() -> None:
    """The demo shows what unedited scripts do, so it may know nothing of pyinfer."""
    folders = (ROOT / "site", ROOT / "site" / "models")
    own = {path.name for folder in folders for path in folder.iterdir()}
    own |= {path.stem for path in (ROOT / "site").rglob("*.py")}
    packages = {"numpy", "PIL", "cv2", "onnxruntime", "pydicom"}
    for path in tracked("site"):
        if path.suffix == ".py" and not path.is_relative_to(ROOT / "site" / "models"):
            tops = {name.partition(".")[0] for name in imports_of(path, "") if name}
            beyond = tops - set(sys.stdlib_module_names) - own - packages
            assert not beyond, f"{path.name} imports {beyond}"


# Written apart, so that this file does not contain them.
HOSTS = ["registry.npmjs" + ".org", "py" + "pi.org", "files.python" + "hosted.org", "deb.debian" + ".org"]
MACHINE_PATHS = re.compile(r"(?<![\w.~-])/(?:work|root|tmp/lab|home/\w+)/[\w.]")


def test_no_file_names_a_registry_host_or_a_machines_path() -> None:
    """Where packages come from, and where the project lies, is each user's own affair."""
    found = []
    for path in tracked():
        content = path.read_bytes()
        if b"\0" in content:
            continue
        text = content.decode("utf-8")
        found += [f"{path.relative_to(ROOT)}: {host}" for host in HOSTS if host in text]
        found += [f"{path.relative_to(ROOT)}: {match[0]}…" for match in MACHINE_PATHS.finditer(text)]
    assert not found, "\n".join(found)
