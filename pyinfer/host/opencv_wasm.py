"""Takes npm's opencv.js apart: an ES module and the WebAssembly that was a string inside it.

The npm file is a UMD script whose 12 MB of WebAssembly are a string literal. As a file of its own
the WebAssembly stream-compiles, compresses and is code-cached by the browser.

One more thing is mended on the way. A C++ exception that leaves opencv.js never gives back the
stack it had used, and the stack has 64 kB: after some 60 to 170 errors every call fails with
"memory access out of bounds". The module's global 0 is that stack pointer; it is exported here as
``__stack_pointer``, so that the caller can save it before a call and restore it after an error.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np

from pyinfer.errors import BuildError

__all__ = ["STACK_POINTER", "SplitOpenCV", "export_stack_pointer", "split_opencv"]

#: Name under which the stack pointer is exported.
STACK_POINTER = "__stack_pointer"

_FACTORY_START = "var cv=(()=>{"
_FACTORY_END = "})();if(typeof exports"
_LITERAL_START = "binaryDecode('"
# In Node the script would call `require`, which an ES module has not; with the WebAssembly handed
# in from outside, nothing of that branch is needed.
_NODE_TEST = (
    'ENVIRONMENT_IS_NODE=globalThis.process?.versions?.node&&globalThis.process?.type!="renderer"',
    "ENVIRONMENT_IS_NODE=false",
)
_SIMPLE_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f", "v": "\v", "0": "\0"}
_ESCAPE = re.compile(r"\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|(\r\n|[^xu]))", re.DOTALL)

_IMPORT_SECTION, _GLOBAL_SECTION, _EXPORT_SECTION = 2, 6, 7
_GLOBAL_KIND = 3
_I32, _MUTABLE = 0x7F, 1


@dataclass(frozen=True)
class SplitOpenCV:
    """The two files.

    Attributes
    ----------
    module : str
        ES module; its default export is ``async (moduleOptions) => Module``. ``moduleOptions``
        must have ``instantiateWasm(imports, receive)``, since the script can no longer find the
        WebAssembly by itself.
    wasm : bytes
        The WebAssembly, with ``__stack_pointer`` among its exports.
    """

    module: str
    wasm: bytes


def split_opencv(script: str) -> SplitOpenCV:
    """Split the text of npm's ``opencv.js``.

    Parameters
    ----------
    script : str
        The file, decoded as UTF-8 with its line ends untouched (``newline=""``).

    Raises
    ------
    BuildError
        The file is not built the way this function knows.
    """
    start = _find(script, _LITERAL_START) + len(_LITERAL_START)
    end = _end_of_literal(script, start)
    wasm = export_stack_pointer(_decode(script[start:end]))
    without = script[:start] + script[end:]
    first = _find(without, _FACTORY_START) + len(_FACTORY_START)
    factory = without[first : _find(without, _FACTORY_END, first)]
    if factory.count(_NODE_TEST[0]) != 1:
        raise BuildError("opencv.js: its test for Node is not the one that is known")
    factory = factory.replace(*_NODE_TEST)
    return SplitOpenCV(f"const factory = (() => {{{factory}}})();\nexport default factory;\n", wasm)


def export_stack_pointer(wasm: bytes) -> bytes:
    """Add global 0 to the exports of a WebAssembly module, as ``__stack_pointer``.

    Raises
    ------
    BuildError
        It is not a WebAssembly module, its global 0 is no mutable i32 of its own, or it already
        exports that name.
    """
    sections = _sections(wasm)
    if _IMPORT_SECTION in sections and _imports_a_global(wasm, sections[_IMPORT_SECTION].start):
        raise BuildError("opencv.js: its WebAssembly imports a global, so global 0 is not its stack pointer")
    if _GLOBAL_SECTION not in sections or _EXPORT_SECTION not in sections:
        raise BuildError("opencv.js: its WebAssembly has no globals or no exports")
    count, position = _read_number(wasm, sections[_GLOBAL_SECTION].start)
    if count == 0 or wasm[position : position + 2] != bytes((_I32, _MUTABLE)):
        raise BuildError("opencv.js: global 0 of its WebAssembly is not a mutable i32")
    exports = sections[_EXPORT_SECTION]
    count, position = _read_number(wasm, exports.start)
    name = STACK_POINTER.encode()
    entry = _number(len(name)) + name + bytes((_GLOBAL_KIND, 0))
    if entry[:-2] in wasm[position : exports.stop]:
        raise BuildError(f"opencv.js: its WebAssembly already exports {STACK_POINTER}")
    body = _number(count + 1) + wasm[position : exports.stop] + entry
    return b"".join(
        (wasm[: exports.header], bytes((_EXPORT_SECTION,)), _number(len(body)), body, wasm[exports.stop :])
    )


def _find(text: str, part: str, start: int = 0) -> int:
    """Like ``str.find``, but absence is an error."""
    position = text.find(part, start)
    if position < 0:
        raise BuildError(f"opencv.js: {part!r} is not in it")
    return position


def _end_of_literal(text: str, start: int) -> int:
    """Index of the quote that ends the literal whose first character is at ``start``."""
    end = start
    while True:
        end = _find(text, "'", end)
        backslashes = 0
        while end - backslashes > start and text[end - backslashes - 1] == "\\":
            backslashes += 1
        if backslashes % 2 == 0:
            return end
        end += 1


def _decode(literal: str) -> bytes:
    """What opencv.js's own ``binaryDecode`` makes of the literal: ``~c>>8 & c``, a byte each."""
    text = _ESCAPE.sub(_unescape, literal)
    codes = np.frombuffer(text.encode("utf-16-le", "surrogatepass"), dtype="<u2").astype(np.int32)
    return ((~codes >> 8) & codes).astype(np.uint8).tobytes()


def _unescape(match: re.Match[str]) -> str:
    digits = match[1] or match[2]
    if digits:
        return chr(int(digits, 16))
    if match[3] in ("\n", "\r", "\r\n"):  # a line continuation stands for nothing
        return ""
    return _SIMPLE_ESCAPES.get(match[3], match[3])


@dataclass(frozen=True)
class _Section:
    """Where a section lies: its header, and the first byte and the end of its body."""

    header: int
    start: int
    stop: int


def _sections(wasm: bytes) -> dict[int, _Section]:
    """The sections by their number; custom sections (number 0) are left out."""
    if wasm[:8] != b"\0asm\1\0\0\0":
        raise BuildError("opencv.js: what it embeds is not WebAssembly version 1")
    sections: dict[int, _Section] = {}
    position = 8
    while position < len(wasm):
        header = position
        size, position = _read_number(wasm, header + 1)
        if position + size > len(wasm):
            raise BuildError("opencv.js: its WebAssembly is cut short")
        if wasm[header]:
            sections[wasm[header]] = _Section(header, position, position + size)
        position += size
    return sections


def _imports_a_global(wasm: bytes, position: int) -> bool:
    count, position = _read_number(wasm, position)
    for _ in range(count):
        for _ in range(2):  # the names of module and field
            length, position = _read_number(wasm, position)
            position += length
        kind = wasm[position]
        position += 1
        if kind == _GLOBAL_KIND:
            return True
        if kind == 0:  # function: its type
            _, position = _read_number(wasm, position)
            continue
        position += kind == 1  # table: the type of its elements stands before its limits
        has_maximum = wasm[position] & 1
        position += 1
        for _ in range(1 + has_maximum):
            _, position = _read_number(wasm, position)
    return False


def _read_number(data: bytes, position: int) -> tuple[int, int]:
    """An unsigned LEB128 number, and the position after it."""
    value = shift = 0
    while True:
        if position >= len(data):
            raise BuildError("opencv.js: its WebAssembly is cut short")
        byte = data[position]
        position += 1
        value |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            return value, position


def _number(value: int) -> bytes:
    """``value`` as unsigned LEB128."""
    encoded = bytearray()
    while value > 0x7F:
        encoded.append(value & 0x7F | 0x80)
        value >>= 7
    encoded.append(value)
    return bytes(encoded)
