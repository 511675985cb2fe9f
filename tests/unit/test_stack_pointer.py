"""The stack pointer of a WebAssembly module is exported, or the module refused."""

from __future__ import annotations

import subprocess

import pytest

from pyinfer.errors import BuildError
from pyinfer.host.javascript import node
from pyinfer.host.stack_pointer import STACK_POINTER, export_stack_pointer

HEADER = b"\0asm\1\0\0\0"
GLOBALS = b"\x06\x0b\x02\x7f\x01\x41\x80\x80\x04\x0b\x7e\x00\x42\x2a\x0b"  # i32 mutable = 65536, i64 = 42
EXPORTS = b"\x07\x0a\x01\x06answer\x03\x01"
MODULE = HEADER + GLOBALS[:1] + bytes((len(GLOBALS) - 2,)) + GLOBALS[2:] + EXPORTS
CUSTOM = b"\x00\x05\x04name"


def run_node(*arguments: str) -> str:
    done = subprocess.run([node(), *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


def test_the_stack_pointer_is_exported_beside_what_was() -> None:
    exported = export_stack_pointer(MODULE, "a library")
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
        (b"MZ" + MODULE, "not of version 1"),
        (MODULE[:-3], "cut short"),
        (HEADER + CUSTOM, "no globals or no exports"),
        (MODULE.replace(b"\x7f\x01\x41", b"\x7f\x00\x41"), "not a mutable i32"),
        (HEADER + b"\x02\x08\x01\x01a\x01b\x03\x7f\x01" + MODULE[8:], "imports a global"),
        (export_stack_pointer(MODULE, "a library"), "already exports"),
    ],
)
def test_another_build_is_refused_rather_than_broken(wasm: bytes, message: str) -> None:
    with pytest.raises(BuildError, match=f"^a library: its WebAssembly .*{message}"):
        export_stack_pointer(wasm, "a library")


def test_imports_that_are_no_globals_do_not_matter() -> None:
    function, table, memory = (
        b"\x01a\x01f\x00\x00",
        b"\x01a\x01t\x01\x70\x01\x01\x02",
        b"\x01a\x01m\x02\x00\x01",
    )
    body = b"\x03" + function + table + memory
    types = b"\x01\x04\x01\x60\x00\x00"
    imports = b"\x02" + bytes((len(body),)) + body
    assert STACK_POINTER.encode() in export_stack_pointer(HEADER + types + imports + MODULE[8:], "a library")
