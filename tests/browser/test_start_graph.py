"""Nothing waits for what it does not use: each engine is waited for where it is first used."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, Route

from pyinfer.host.build import build_app
from pyinfer.host.serve import serving
from tests.browser.page_scripts import ENGINE_USES, HANDLES, LOAD, blank_page

FILES = {"opencv": "**/opencv.*.wasm", "onnxruntime": "**/ort-wasm-simd-threaded.wasm"}


@contextmanager
def held(context: BrowserContext, name: str) -> Iterator[Callable[[], None]]:
    """Requests for an engine get no answer before the function is called that this gives."""
    waiting: list[Route] = []
    is_open = False

    def hold(route: Route) -> None:
        if is_open:
            route.continue_()
        else:
            waiting.append(route)

    def release() -> None:
        nonlocal is_open
        is_open = True
        while waiting:
            waiting.pop().continue_()

    context.route(FILES[name], lambda route: hold(route))
    try:
        yield release
    finally:
        context.unroute(FILES[name])


def run(page: Page, code: str) -> object:
    return page.evaluate("(code) => runtime.runPythonAsync(code)", code)


@pytest.mark.parametrize(("missing", "used"), [("opencv", "onnxruntime"), ("onnxruntime", "opencv")])
def test_an_engine_is_used_while_the_other_is_still_to_come(page: Page, missing: str, used: str) -> None:
    late, expected_late = ENGINE_USES[missing]
    code, expected = ENGINE_USES[used]
    with held(page.context, missing) as release:
        page.evaluate(LOAD, {})
        assert run(page, code) == expected
        page.evaluate("(code) => { globalThis.late = runtime.runPythonAsync(code); }", late)
        assert run(page, code) == expected
        release()
        assert page.evaluate("late") == expected_late
    before = run(page, HANDLES)
    assert [run(page, code), run(page, late)] == [expected, expected_late]
    assert run(page, HANDLES) == before


@pytest.fixture(scope="module")
def eager_app(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An app whose module computes with OpenCV while it is imported, and names ONNX Runtime, too."""
    folder = tmp_path_factory.mktemp("eager")
    (folder / "eager.py").write_text(
        "import cv2, numpy, onnxruntime\nTOTAL = int(cv2.add(numpy.full(4, 3), 1).sum())\n"
    )
    (folder / "pyproject.toml").write_text(
        '[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n'
        '[project]\nname = "eager"\nversion = "1"\n'
        '[tool.hatch.build.targets.wheel]\nonly-include = ["eager.py"]\n'
        '[tool.pyinfer]\nentry = "eager"\n'
    )
    return build_app(folder, folder / "dist", compress=False)


@pytest.mark.parametrize("missing", ["opencv", "onnxruntime"])
def test_an_app_that_computes_while_it_is_imported_waits_for_what_it_uses_only(
    context: BrowserContext, eager_app: Path, missing: str
) -> None:
    with serving(eager_app, extra={"/blank": blank_page}) as url, held(context, missing) as release:
        page = context.new_page()
        page.goto(f"{url}/blank")
        page.evaluate(
            f"""() => {{
              globalThis.state = "loading";
              globalThis.loaded = ({LOAD})({{}}).then(() => {{ state = "loaded"; }});
            }}"""
        )
        if missing == "onnxruntime":
            page.evaluate("loaded")
        else:
            page.wait_for_function("performance.getEntriesByName('pyinfer: Python').length")
            assert page.evaluate("state") == "loading"
            release()
            page.evaluate("loaded")
        assert run(page, "import eager; eager.TOTAL") == 16
        release()
        code, expected = ENGINE_USES["onnxruntime"]
        assert run(page, code) == expected


def test_nobody_finds_the_half_of_a_module_whose_import_waits(page: Page) -> None:
    module = "import cv2, numpy\nTOTAL = int(cv2.add(numpy.full(4, 3), 1).sum())\ndef total(): return TOTAL\n"
    with held(page.context, "opencv") as release:
        page.evaluate(LOAD, {})
        page.evaluate(
            """async (module) => {
              await runtime.files.write("helper.py", module);
              const use = () => runtime.runPythonAsync("import helper; helper.total()");
              globalThis.totals = Promise.allSettled([use(), runtime.call("helper:total"), use()]);
              globalThis.cancelled = new AbortController();
              globalThis.left = runtime.call("helper:total", { signal: cancelled.signal })
                .catch(({ name }) => name);
            }""",
            module,
        )
        page.evaluate("cancelled.abort()")
        assert page.evaluate("left") == "AbortError"
        release()
        answers = page.evaluate("totals")
    assert [answer.get("value") for answer in answers] == [16, 16, 16], answers


def test_the_last_engine_makes_the_start_ready(page: Page) -> None:
    with held(page.context, "onnxruntime") as release:
        page.evaluate(
            """async () => {
              const { loadPyinfer } = await import("/pyinfer.js");
              globalThis.seen = [];
              globalThis.ready = new Promise((resolve) => {
                globalThis.loading = loadPyinfer({ onProgress: (progress) => {
                  seen.push(progress);
                  if (progress.phase === "ready") { resolve(); }
                } });
              });
              globalThis.runtime = await loading;
            }"""
        )
        assert page.evaluate("seen.every(({ phase, share }) => phase !== 'ready' && share < 1)")
        assert run(page, ENGINE_USES["opencv"][0]) == ENGINE_USES["opencv"][1]
        release()
        page.evaluate("ready")
    assert page.evaluate("seen.at(-1).share") == 1


def test_what_is_no_part_of_a_start_is_told_once_while_that_goes_on(page: Page) -> None:
    page.context.route("**/model.bin", lambda route: route.fulfill(body=b"a model"))
    with held(page.context, "onnxruntime"):
        told = page.evaluate(
            """async () => {
              const { loadPyinfer } = await import("/pyinfer.js");
              const seen = [];
              let hear = () => {};
              const runtime = await loadPyinfer({ onProgress(each) { seen.push(each); hear(); } });
              await runtime.models.fetch("/model.bin");
              const before = seen.length;
              await new Promise((resolve) => { hear = () => seen.length > before + 3 && resolve(); });
              await runtime.close();
              return seen.filter(({ phase, ended }) => phase === "model" && ended).length;
            }"""
        )
    assert told == 1


#: Begins to load a pool, whose signal is `controller`'s, and keeps what becomes of it.
LOAD_POOL = """async (stop) => {
  const { loadPyinfer } = await import("/pyinfer.js");
  globalThis.controller = new AbortController();
  globalThis.seen = [];
  const onProgress = ({ phase, name, loaded, total }) => {
    seen.push(`${phase} ${name} ${loaded} of ${total}`);
    if (seen.at(-1) === stop) { controller.abort(); }
  };
  globalThis.loaded = loadPyinfer({ workers: 2, signal: controller.signal, onProgress })
    .then(() => "loaded", ({ name }) => name);
}"""


def test_a_pool_is_aborted_while_an_engine_is_still_to_come(page: Page) -> None:
    with held(page.context, "onnxruntime"):
        page.evaluate(LOAD_POOL, "")
        page.wait_for_function("seen.includes('app Python packages 1 of 1')")
        page.evaluate("controller.abort()")
        assert page.evaluate("loaded") == "AbortError"


def test_a_pool_is_aborted_before_its_other_workers_start(page: Page) -> None:
    page.evaluate(LOAD_POOL, "start workers 1 of 2")
    assert page.evaluate("loaded") == "AbortError"


@pytest.mark.parametrize("how", ["interrupt", "signal"])
def test_stopping_what_waits_for_an_engine_costs_neither_python_nor_the_engine(page: Page, how: str) -> None:
    code, expected = ENGINE_USES["opencv"]
    with held(page.context, "opencv") as release:
        page.evaluate(LOAD, {})
        run(page, "kept = 3\ndef use():\n    import cv2, numpy\n    cv2.add(numpy.ones(3), 1)\n")
        page.evaluate(
            """() => {
              globalThis.stopping = new AbortController();
              globalThis.late = runtime.call("__main__:use", { signal: stopping.signal }).catch((error) =>
                error.type ?? error.name);
            }"""
        )
        assert run(page, "kept") == 3
        if how == "interrupt":
            assert page.evaluate("runtime.interrupt()") == "interrupted"
            assert page.evaluate("late") == "KeyboardInterrupt"
        else:
            page.evaluate("stopping.abort()")
            assert page.evaluate("late") == "AbortError"
        assert page.evaluate("runtime.call('builtins:len', [1, 2])") == 2
        assert run(page, "kept") == 3
        release()
        assert run(page, code) == expected
