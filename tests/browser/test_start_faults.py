"""A start that can't succeed says which file is to blame; one that can, does."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import brotli
import pytest
from playwright.sync_api import BrowserContext, Page, Route

from pyinfer.host.build import runtime_bundle
from pyinfer.host.headers import ResponseHeaders
from pyinfer.host.serve import make_application, serving
from tests.browser.conftest import LOAD
from tests.browser.page_scripts import ENGINE_USES, blank_page

#: Each file that a start reads, by how its address goes on after the bundle's folder.
FILES = {
    "Python's script": "pyodide-*/pyodide.asm.mjs",
    "Python": "pyodide-*/pyodide.asm.wasm",
    "the standard library": "start/standard.*.zip",
    "NumPy's modules": "start/numpy.*.zip",
    "NumPy's library": "start/_multiarray_umath.*.wasm",
    "the shims": "start/pyinfer-web.*.zip",
    "ONNX Runtime": "onnxruntime-*/ort-wasm-simd-threaded.wasm",
    "the lock file": "pyodide-lock.*.json",
}

#: OpenCV's are told by the manifest: our own build comes in variants.
NAMES = [*FILES, "OpenCV", "OpenCV's script"]

#: An engine that comes later than Python is missed where it is used.
USE = "\n".join(code for code, _ in ENGINE_USES.values())

ATTEMPT = f"""(options) => ({LOAD})(options).then(() => runtime.runPythonAsync({json.dumps(USE)}))
  .then(() => "started", (error) => String(error.message))"""


@pytest.fixture(scope="module")
def paths() -> dict[str, str]:
    """The address of each file below the bundle's folder."""
    folder = runtime_bundle()
    opencv = json.loads((folder / "pyinfer.json").read_bytes())["opencv"]
    variants = opencv.get("variants", {})
    taken = variants.get("threads") or variants.get("simd") or opencv  # by an isolated page of Chromium
    return {
        name: next((folder / "pyinfer").glob(pattern)).relative_to(folder).as_posix()
        for name, pattern in FILES.items()
    } | {"OpenCV": taken["wasm"], "OpenCV's script": taken["module"]}


def alter(content: bytes) -> bytes:
    """Other bytes, as many as before: in the middle lie those that a start reads for certain."""
    middle = len(content) // 2
    return content[:middle] + bytes(byte ^ 0x5A for byte in content[middle:])


@contextmanager
def deployment(change: Callable[[Path], object], tmp_path: Path) -> Iterator[str]:
    """Where a bundle is served to which something has happened."""
    folder = tmp_path / "dist"
    shutil.copytree(runtime_bundle(), folder)
    change(folder)
    with serving(folder, extra={"/blank": blank_page}) as url:
        yield url


def attempt(context: BrowserContext, url: str) -> tuple[Page, str]:
    page = context.new_page()
    page.goto(f"{url}/blank")
    return page, page.evaluate(ATTEMPT, {})


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("fault", ["missing", "altered"])
def test_a_file_that_is_missing_or_altered_is_named(
    context: BrowserContext, paths: dict[str, str], tmp_path: Path, name: str, fault: str
) -> None:
    path = paths[name]

    def change(folder: Path) -> None:
        if fault == "missing":
            (folder / path).unlink()
        else:
            (folder / path).write_bytes(alter((folder / path).read_bytes()))

    with deployment(change, tmp_path) as url:
        _, message = attempt(context, url)
    assert f"{url}/{path}" in message
    assert message.splitlines() == [message]


#: A valid WebAssembly module that imports what nobody gives it: the function `y` of `x`.
FOREIGN = b"\0asm\x01\0\0\0" + b"\x01\x04\x01\x60\0\0" + b"\x02\x07\x01\x01x\x01y\0\0"


@pytest.mark.parametrize("name", ["Python", "OpenCV", "ONNX Runtime"])
def test_a_file_that_is_another_program_is_named(
    context: BrowserContext, paths: dict[str, str], tmp_path: Path, name: str
) -> None:
    with deployment(lambda folder: (folder / paths[name]).write_bytes(FOREIGN), tmp_path) as url:
        _, message = attempt(context, url)
    assert f"{url}/{paths[name]} has other bytes than were built" in message


def test_a_start_that_failed_can_be_tried_again(page: Page, paths: dict[str, str]) -> None:
    address = f"**/{paths['OpenCV']}"
    page.context.route(address, lambda route: route.abort())
    assert "opencv" in page.evaluate(ATTEMPT, {})
    page.context.unroute(address)
    assert page.evaluate(ATTEMPT, {}) == "started"


def test_a_proxy_that_strips_brotli_costs_bytes_only(context: BrowserContext, tmp_path: Path) -> None:
    folder = shutil.copytree(runtime_bundle(), tmp_path / "dist")
    for path in [*folder.rglob("*.wasm"), *folder.rglob("*.zip")]:
        path.with_name(f"{path.name}.br").write_bytes(brotli.compress(path.read_bytes(), quality=0))
    application = make_application(folder)

    def proxy(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        return application({**environ, "HTTP_ACCEPT_ENCODING": "identity"}, start_response)

    extra = {"/blank": blank_page, "/proxied": proxy, "/direct": application}
    with serving(runtime_bundle(), extra=extra) as url:
        for bundle, is_compressed in (("/direct", True), ("/proxied", False)):
            page = context.new_page()
            page.goto(f"{url}/blank")
            assert page.evaluate(ATTEMPT, {"bundleURL": f"{url}{bundle}", "thread": "main"}) == "started"
            sizes = page.evaluate(
                """(bundle) => performance.getEntriesByType("resource").filter(({ name }) =>
                  name.includes(bundle) && name.endsWith(".wasm")).map((entry) =>
                  [entry.encodedBodySize, entry.decodedBodySize])""",
                bundle,
            )
            assert len(sizes) > 3
            assert all((encoded < decoded) == is_compressed for encoded, decoded in sizes)
            page.close()


def test_an_engine_whose_threads_can_not_start_is_an_error(context: BrowserContext) -> None:
    application = make_application(runtime_bundle())

    def server(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if not environ["PATH_INFO"].endswith("/ort-wasm-simd-threaded.mjs"):
            return application(environ, start_response)
        if environ.get("HTTP_SEC_FETCH_DEST") == "worker":
            start_response("503 Service Unavailable", [])
            return []

        def uncached(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
            kept = [(name, value) for name, value in headers if name.lower() != "cache-control"]
            return start_response(status, [*kept, ("Cache-Control", "no-store")], *rest)

        return application(environ, uncached)

    with serving(runtime_bundle(), extra={"/blank": blank_page, "/poor": server}) as url:
        page = context.new_page()
        page.goto(f"{url}/blank")
        answer = page.evaluate(ATTEMPT, {"bundleURL": f"{url}/poor", "numThreads": 2})
    assert "ort-wasm-simd-threaded.mjs" in answer
    assert "thread" in answer


def test_a_server_without_isolation_headers_costs_threads_only(context: BrowserContext) -> None:
    with serving(runtime_bundle(), ResponseHeaders(isolated=False), extra={"/blank": blank_page}) as url:
        for _ in range(2):
            page, answer = attempt(context, url)
            assert answer == "started"
            assert "one thread" in " ".join(page.evaluate("notices"))
            page.close()


def test_modules_of_the_rest_that_can_not_be_had_are_an_import_error(page: Page) -> None:
    page.evaluate(LOAD, {})

    def refuse(route: Route) -> None:
        route.abort()

    page.context.route("**/standard_rest.*.zip", refuse)
    code = "try:\n    import tarfile\nexcept ImportError as error:\n    words = str(error)\nwords"
    words = page.evaluate("(code) => runtime.runPythonAsync(code)", code)
    assert "tarfile" in words
    assert "standard_rest" in words
    page.context.unroute("**/standard_rest.*.zip", refuse)
    assert page.evaluate("runtime.runPythonAsync('import tarfile; tarfile.__name__')") == "tarfile"


def test_nothing_is_fetched_that_the_start_does_not_read_nor_anything_twice(page: Page) -> None:
    page.evaluate(LOAD, {})
    asked = page.evaluate(
        "(code) => runtime.runPythonAsync(code)",
        "from js import performance\n[each.name for each in performance.getEntriesByType('resource')]",
    )
    assert any("pyodide.asm.wasm" in name for name in asked)
    assert any("_multiarray_umath" in name for name in asked)
    assert not [name for name in asked if "_rest" in name or name.endswith(".whl")]
    assert len(asked) == len(set(asked))
