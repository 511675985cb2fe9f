"""The page's API with everything real: worker, values, errors, output, engines."""

from __future__ import annotations

import re

import pytest

from tests.browser.conftest import PyinferPage


def test_the_page_is_isolated_and_python_has_its_own_names(python: PyinferPage) -> None:
    assert python.page.evaluate("crossOriginIsolated")
    assert python.run("import cv2, onnxruntime, PIL; [cv2.__name__, onnxruntime.__name__]") == [
        "cv2",
        "onnxruntime",
    ]


def test_values_cross_both_ways_with_dtype_and_shape(python: PyinferPage) -> None:
    python.run(
        "import numpy as np\n"
        "def describe(*values):\n"
        "    return [[type(v).__name__, getattr(getattr(v, 'dtype', None), 'name', None),"
        " list(getattr(v, 'shape', []))] for v in values]\n"
        "def double(a):\n    return {'twice': a * 2, 'empty': a[:0]}\n"
    )
    assert python.page.evaluate(
        """() => runtime.call("__main__:describe", 1, "ä", null, [1, {a: true}], new Float32Array(3),
             new ImageData(4, 2), {data: new BigInt64Array(6), shape: [2, 3]}, new Blob(["hi"]),
             {data: new Uint8Array([1, 0]), shape: [2], dtype: "bool"})"""
    ) == [
        ["int", None, []],
        ["str", None, []],
        ["NoneType", None, []],
        ["list", None, []],
        ["ndarray", "float32", [3]],
        ["ndarray", "uint8", [2, 4, 4]],
        ["ndarray", "int64", [2, 3]],
        ["bytes", None, []],
        ["ndarray", "bool", [2]],
    ]
    assert python.page.evaluate(
        """async () => {
          const big = 2n ** 60n;
          const { twice, empty } = await runtime.call("__main__:double", new BigInt64Array([1n, big]));
          return [twice.data.constructor.name, String(twice.data[1]), twice.shape, twice.dtype, empty.shape];
        }"""
    ) == ["BigInt64Array", str(2**61), [2], "int64", [0]]


def test_arguments_are_cloned_unless_transferred(python: PyinferPage) -> None:
    python.run("def length(a): return len(a)")
    assert python.page.evaluate(
        """async () => {
          const image = new Uint8Array(1000), moved = new Uint8Array(1000);
          const lengths = [await runtime.call("__main__:length", image),
                           await runtime.call("__main__:length", moved, { transfer: true })];
          return [...lengths, image.length, moved.length];
        }"""
    ) == [1000, 1000, 1000, 0]


def test_a_call_takes_its_arguments_as_they_are_when_it_is_made(python: PyinferPage) -> None:
    python.run("def first(a): return int(a[0])")
    assert (
        python.page.evaluate(
            """async () => {
          const frame = new Uint8Array([7, 7]);
          const answer = runtime.call("__main__:first", frame);
          frame.fill(0);
          return answer;
        }"""
        )
        == 7
    )


def test_what_cannot_cross_rejects_and_says_so(python: PyinferPage) -> None:
    message = python.page.evaluate("runtime.call('builtins:len', () => 1).catch((error) => error.message)")
    assert "function" in message
    error = python.page.evaluate(
        "runtime.runPythonAsync('object()').catch(({type, message}) => ({type, message}))"
    )
    assert error["type"] == "pyinfer.errors.ConversionError"


def test_a_python_exception_arrives_whole(python: PyinferPage) -> None:
    error = python.page.evaluate(
        """() => runtime.runPythonAsync("def f():\\n    return {}['boxes']\\nf()").catch((error) => ({
          isError: error instanceof Error, name: error.name, type: error.type,
          message: error.message, traceback: error.traceback }))"""
    )
    assert error["isError"]
    assert (error["name"], error["type"], error["message"]) == ("PythonError", "KeyError", "'boxes'")
    assert re.match(r'Traceback \(most recent call last\):\n  File "<page-\d+>", line 3', error["traceback"])
    assert "return {}['boxes']" in error["traceback"]


def test_top_level_await_and_state_between_calls(python: PyinferPage) -> None:
    assert python.run("import asyncio\nawait asyncio.sleep(0)\ncount = 1\ncount") == 1
    assert python.run("count += 1\ncount") == 2


def test_output_arrives_in_order_whole_and_in_few_pieces(python: PyinferPage) -> None:
    result = python.page.evaluate(
        """async () => {
          let text = "", events = 0;
          const listen = (event) => { text += event.text; events += 1; };
          runtime.addEventListener("stdout", listen);
          runtime.addEventListener("stderr", listen);
          await runtime.runPythonAsync(`
import sys
print("unfinished", end="", flush=True)
print("ü", file=sys.stderr, flush=True)
for number in range(60000):
    print(number)
print("to the last character", end="")
`);
          runtime.removeEventListener("stdout", listen);
          runtime.removeEventListener("stderr", listen);
          return { text, events };
        }"""
    )
    assert result["text"] == "unfinishedü\n" + "".join(f"{number}\n" for number in range(60000)) + (
        "to the last character"
    )
    assert result["events"] < 1000


def test_python_waits_for_a_listener_that_asks_it_to(python: PyinferPage) -> None:
    written = 64 * 65536
    result = python.page.evaluate(
        """async () => {
          let received = 0, resume;
          const pause = new Promise((resolve) => { resume = resolve; });
          const listen = (event) => { received += event.bytes.length; event.waitUntil(pause); };
          runtime.addEventListener("stdout", listen);
          const run = runtime.runPythonAsync(`
import sys
for _ in range(64):
    sys.stdout.write("x" * 65536)
`);
          const patience = new Promise((resolve) => { setTimeout(resolve, 500, "waits"); });
          const first = await Promise.race([run.then(() => "ended"), patience]);
          const early = received;
          resume();
          await run;
          runtime.removeEventListener("stdout", listen);
          return { first, early, received };
        }"""
    )
    assert result["first"] == "waits"
    assert 0 < result["early"] < result["received"] == written


def test_python_that_waits_for_a_listener_can_be_interrupted(python: PyinferPage) -> None:
    result = python.page.evaluate(
        """async () => {
          let begun, resume;
          const first = new Promise((resolve) => { begun = resolve; });
          const pause = new Promise((resolve) => { resume = resolve; });
          const listen = (event) => { event.waitUntil(pause); begun(); };
          runtime.addEventListener("stdout", listen);
          const run = runtime.runPythonAsync("while True: print('x' * 1000)").catch((error) => error.type);
          await first;
          const how = await runtime.interrupt();
          runtime.removeEventListener("stdout", listen);
          resume();
          return [how, await run];
        }"""
    )
    assert result == ["interrupted", "KeyboardInterrupt"]


def test_files_are_shared_with_python(python: PyinferPage) -> None:
    assert python.page.evaluate(
        """async () => {
          await runtime.files.write("/data/in/a.txt", "hello");
          await runtime.runPythonAsync("open('/data/b.bin', 'wb').write(bytes([1, 2])); 0");
          return [await runtime.files.list("/data"), [...await runtime.files.read("/data/b.bin")],
                  await runtime.runPythonAsync("open('/data/in/a.txt').read()"),
                  await runtime.files.read("/nowhere").catch((error) => error.message)];
        }"""
    ) == [["in", "b.bin"], [1, 2], "hello", "no such file: /nowhere"]


def test_every_kind_of_content_is_written_whole(python: PyinferPage) -> None:
    assert python.page.evaluate(
        """async () => {
          await runtime.files.write("/data/blob", new File(["abc"], "a.txt"));
          await runtime.files.write("/data/view", new Uint16Array([1, 2]).subarray(1));
          const read = "[open(f'/data/{name}', 'rb').read().hex() for name in ('blob', 'view')]";
          return [await runtime.runPythonAsync(read),
                  await runtime.files.write("/data/number", 3).catch((error) => error.name),
                  await runtime.files.write("/data", "x").catch((error) => error.message)];
        }"""
    ) == [["616263", "0200"], "TypeError", "cannot write /data (errno 31)"]


def test_code_that_awaits_is_stopped_and_its_variables_stay(python: PyinferPage) -> None:
    assert python.page.evaluate(
        """async () => {
          await runtime.runPythonAsync("import asyncio\\nkept = 5");
          const waiting = runtime.runPythonAsync("while True: await asyncio.sleep(0.01)")
            .catch((error) => error.type);
          const hows = await Promise.all([runtime.interrupt(), runtime.interrupt()]);
          return [hows, await waiting, await runtime.runPythonAsync("kept")];
        }"""
    ) == [["interrupted", "interrupted"], "KeyboardInterrupt", 5]


def test_ten_thousand_opencv_errors_leave_the_engine_right(python: PyinferPage) -> None:
    assert python.run(
        """
import cv2
import numpy as np

image = np.arange(48, dtype=np.uint8).reshape(4, 4, 3)
raised = 0
for _ in range(10_000):
    try:
        cv2.cvtColor(image[:, :, 0].copy(), cv2.COLOR_BGR2GRAY)
    except cv2.error:
        raised += 1
grey = cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)
[raised, grey.tolist()]
"""
    ) == [10_000, [[1, 4, 7, 10], [13, 16, 19, 22], [25, 28, 31, 34], [37, 40, 43, 46]]]


@pytest.mark.parametrize("url", ["runtime_url", "bare_url"])
def test_stopping_an_endless_loop(context: object, url: str, request: pytest.FixtureRequest) -> None:
    page = context.new_page()  # type: ignore[attr-defined]
    page.goto(request.getfixturevalue(url) + "/blank")
    outcome = page.evaluate(
        """async () => {
          const { loadPyinfer } = await import("/pyinfer.js");
          const notices = [];
          const runtime = await loadPyinfer({
            onProgress: ({ phase, name }) => { if (phase === "notice") notices.push(name); } });
          await runtime.runPythonAsync("kept = 1");
          let started;
          const running = new Promise((resolve) => { started = resolve; });
          runtime.addEventListener("stdout", started, { once: true });
          const loop = runtime.runPythonAsync("print('running', flush=True)\\nwhile True: pass")
            .catch((error) => error.type);
          await running;
          const how = await runtime.interrupt();
          const kept = await runtime.runPythonAsync("globals().get('kept')");
          return { how, loop: await loop, kept, isolated: crossOriginIsolated, notices: notices.length };
        }"""
    )
    if url == "runtime_url":
        expected = {
            "how": "interrupted",
            "loop": "KeyboardInterrupt",
            "kept": 1,
            "isolated": True,
            "notices": 0,
        }
    else:
        expected = {
            "how": "restarted",
            "loop": "WorkerEndedError",
            "kept": None,
            "isolated": False,
            "notices": 2,
        }
    assert outcome == expected


def test_javascript_offers_what_the_contract_promises(python: PyinferPage) -> None:
    assert (
        python.run(
            """
import js, pyinfer, pyinfer_js
from pyinfer.browser.bridge import contract

await pyinfer.load_engines()
parts = {
    "opencv": contract.OpenCVEngine,
    "onnxruntime": contract.OnnxRuntimeEngine,
    "jpeg": contract.JpegCodec,
    "storage": contract.Storage,
    "page": contract.PageBuffers,
    "windows": contract.Windows,
    "executionProviders": contract.ExecutionProviders,
}
functions = {"sleep", "onnxruntimeRenewal", "engine", "fetchNow"}
differences = [repr(name) for name in {*parts, *functions} ^ set(js.Object.keys(pyinfer_js))]
for part, protocol in parts.items():
    promised = {name for name in vars(protocol) if not name.startswith("_")}
    offered = set(js.Object.keys(getattr(pyinfer_js, part)))
    differences += [f"{part}.{name}" for name in promised ^ offered]
differences
"""
        )
        == []
    )
