"""opencv.js comes apart whole, and what it embeds keeps every byte."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pyinfer.errors import BuildError
from pyinfer.host.javascript import node
from pyinfer.host.opencv_wasm import STACK_POINTER, export_stack_pointer, split_opencv
from pyinfer.host.places import node_modules

HEADER = b"\0asm\1\0\0\0"
GLOBALS = b"\x06\x0b\x02\x7f\x01\x41\x80\x80\x04\x0b\x7e\x00\x42\x2a\x0b"  # i32 mutable = 65536, i64 = 42
EXPORTS = b"\x07\x0a\x01\x06answer\x03\x01"
MODULE = HEADER + GLOBALS[:1] + bytes((len(GLOBALS) - 2,)) + GLOBALS[2:] + EXPORTS
CUSTOM = b"\x00\x05\x04name"


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
    assert split.wasm == export_stack_pointer(MODULE) + custom


def test_the_module_is_the_factory_without_literal_and_wrapper() -> None:
    module = split_opencv(script(MODULE)).module
    assert module.endswith("export default factory;\n")
    assert "binaryDecode('')" in module
    assert "exports===" not in module
    assert "ENVIRONMENT_IS_NODE=false" in module


def test_the_stack_pointer_is_exported_beside_what_was() -> None:
    exported = export_stack_pointer(MODULE)
    program = f"""
      const bytes = Uint8Array.from([{",".join(map(str, exported))}]);
      const {{ exports }} = new WebAssembly.Instance(new WebAssembly.Module(bytes));
      exports.{STACK_POINTER}.value -= 16;
      console.log(exports.{STACK_POINTER}.value, exports.answer.value);
    """
    assert run_node("-e", program) == "65520 42n\n"


@pytest.mark.parametrize(
    ("wasm", "message"),
    [
        (b"MZ" + MODULE, "not WebAssembly"),
        (MODULE[:-3], "cut short"),
        (HEADER + CUSTOM, "no globals or no exports"),
        (MODULE.replace(b"\x7f\x01\x41", b"\x7f\x00\x41"), "not a mutable i32"),
        (HEADER + b"\x02\x08\x01\x01a\x01b\x03\x7f\x01" + MODULE[8:], "imports a global"),
        (export_stack_pointer(MODULE), "already exports"),
    ],
)
def test_another_build_is_refused_rather_than_broken(wasm: bytes, message: str) -> None:
    with pytest.raises(BuildError, match=message):
        export_stack_pointer(wasm)


def test_imports_that_are_no_globals_do_not_matter() -> None:
    function, table, memory = (
        b"\x01a\x01f\x00\x00",
        b"\x01a\x01t\x01\x70\x01\x01\x02",
        b"\x01a\x01m\x02\x00\x01",
    )
    body = b"\x03" + function + table + memory
    types = b"\x01\x04\x01\x60\x00\x00"
    imports = b"\x02" + bytes((len(body),)) + body
    assert STACK_POINTER.encode() in export_stack_pointer(HEADER + types + imports + MODULE[8:])


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


def run_node(*arguments: str) -> str:
    done = subprocess.run([node(), *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout
