"""opencv.js comes apart whole, and what it embeds keeps every byte."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pyinfer.errors import BuildError
from pyinfer.host.opencv_wasm import split_opencv
from pyinfer.host.places import node_modules
from pyinfer.host.stack_pointer import export_stack_pointer
from tests.unit.test_stack_pointer import MODULE, run_node


def script(wasm: bytes, node_test: str = 'globalThis.process?.type!="renderer"') -> str:
    """A script of the same build as the npm file, with every escape its literal may hold."""
    escapes = {
        0x0A: "\\n",
        0x0D: "\\r",
        0x27: "\\'",
        0x5C: "\\\\",
        0: "Ā",
        1: "\\x01",
        2: "\\u0002",
        0x7F: "\\\x7f",
    }
    literal = "".join(escapes.get(byte, chr(byte)) for byte in wasm)
    return (
        "(function (root, factory) { root.cv = factory(); }(globalThis, function () {\r\n  var cv=(()=>{"
        "return async function(Module={}){"
        f"var ENVIRONMENT_IS_NODE=globalThis.process?.versions?.node&&{node_test};"
        f"function findWasmBinary(){{return binaryDecode('{literal}')}}"
        "Module.wasm=findWasmBinary;return Module}})();"
        'if(typeof exports==="object"){module.exports=cv}\n  return cv(Module);\n}));'
    )


@given(st.binary(max_size=300))
def test_every_byte_of_the_embedded_wasm_survives(tail: bytes) -> None:
    body = b"\x01x" + tail
    size = len(body)
    custom = b"\x00" + bytes((size & 0x7F | 0x80, size >> 7)) + body
    split = split_opencv(script(MODULE + custom))
    assert split.wasm == export_stack_pointer(MODULE, "opencv.js") + custom


def test_the_module_is_the_factory_without_literal_and_wrapper() -> None:
    module = split_opencv(script(MODULE)).module
    assert module.endswith("export default factory;\n")
    assert "binaryDecode('')" in module
    assert "exports===" not in module
    assert "ENVIRONMENT_IS_NODE=false" in module


@pytest.mark.parametrize(
    "text",
    ["", "var cv=(()=>{})();if(typeof exports", script(MODULE, node_test="true"), script(MODULE)[:-400]],
)
def test_another_script_is_refused(text: str) -> None:
    with pytest.raises(BuildError, match=r"opencv\.js"):
        split_opencv(text)


def test_the_real_opencv_js_survives_thousands_of_errors(tmp_path: Path) -> None:
    source = node_modules() / "@techstark" / "opencv-js" / "dist" / "opencv.js"
    split = split_opencv(source.read_bytes().decode("utf-8"))
    (tmp_path / "opencv.mjs").write_text(split.module, "utf-8")
    (tmp_path / "opencv.wasm").write_bytes(split.wasm)
    (tmp_path / "check.mjs").write_text(
        """
        import { readFileSync } from "node:fs";
        import createOpenCV from "./opencv.mjs";
        let stack;
        const wasm = readFileSync(new URL("opencv.wasm", import.meta.url));
        const cv = await createOpenCV({
          instantiateWasm(imports, receive) {
            WebAssembly.instantiate(wasm, imports).then(({ instance, module }) => {
              stack = instance.exports.__stack_pointer;
              receive(instance, module);
            });
            return {};
          },
        });
        const [empty, source, target] = [new cv.Mat(), new cv.Mat(100, 100, cv.CV_8UC3), new cv.Mat()];
        source.data.fill(7);
        const before = stack.value;
        let thrown = 0;
        for (let round = 0; round < 3000; round++) {
          try {
            cv.resize(empty, target, new cv.Size(0, 0), 0, 0, cv.INTER_LINEAR);
          } catch {
            thrown++;
            stack.value = before;
          }
        }
        cv.resize(source, target, new cv.Size(50, 40), 0, 0, cv.INTER_AREA);
        console.log(thrown, target.rows, target.cols, target.data.every((value) => value === 7));
        """
    )
    assert run_node(str(tmp_path / "check.mjs")) == "3000 40 50 true\n"
