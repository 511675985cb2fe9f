"""Exports the stack pointer of a library that is compiled to WebAssembly.

A C++ exception that leaves such a library never gives back the stack it had used, and the stack has 64 kB:
after some 60 to 4000 errors every call fails with "memory access out of bounds". The module's global 0 is
that stack pointer; it is exported here as ``__stack_pointer``, so that the caller can save it before a call
and restore it after an error.
"""

from __future__ import annotations

from dataclasses import dataclass

from pyinfer.errors import BuildError

__all__ = ["STACK_POINTER", "export_stack_pointer"]

#: Name under which the stack pointer is exported.
STACK_POINTER = "__stack_pointer"

_IMPORT_SECTION, _GLOBAL_SECTION, _EXPORT_SECTION = 2, 6, 7
_GLOBAL_KIND = 3
_I32, _MUTABLE = 0x7F, 1


def export_stack_pointer(wasm: bytes, library: str) -> bytes:
    """Add global 0 to the exports of a WebAssembly module, as ``__stack_pointer``.

    Parameters
    ----------
    wasm : bytes
    library : str
        Whose it is, for errors.

    Raises
    ------
    BuildError
        It is not a WebAssembly module, its global 0 is no mutable i32 of its own, or it already
        exports that name.
    """
    try:
        return _with_export(wasm)
    except _Unknown as reason:
        raise BuildError(f"{library}: its WebAssembly {reason}") from None


class _Unknown(Exception):
    """The module is not built the way that is known."""


def _with_export(wasm: bytes) -> bytes:
    sections = _sections(wasm)
    if _IMPORT_SECTION in sections and _imports_a_global(wasm, sections[_IMPORT_SECTION].start):
        raise _Unknown("imports a global, so global 0 is not its stack pointer")
    if _GLOBAL_SECTION not in sections or _EXPORT_SECTION not in sections:
        raise _Unknown("has no globals or no exports")
    count, position = _read_number(wasm, sections[_GLOBAL_SECTION].start)
    if count == 0 or wasm[position : position + 2] != bytes((_I32, _MUTABLE)):
        raise _Unknown("has a global 0 that is not a mutable i32")
    exports = sections[_EXPORT_SECTION]
    count, position = _read_number(wasm, exports.start)
    name = STACK_POINTER.encode()
    entry = _number(len(name)) + name + bytes((_GLOBAL_KIND, 0))
    if entry[:-2] in wasm[position : exports.stop]:
        raise _Unknown(f"already exports {STACK_POINTER}")
    body = _number(count + 1) + wasm[position : exports.stop] + entry
    return b"".join(
        (wasm[: exports.header], bytes((_EXPORT_SECTION,)), _number(len(body)), body, wasm[exports.stop :])
    )


@dataclass(frozen=True)
class _Section:
    """Where a section lies: its header, and the first byte and the end of its body."""

    header: int
    start: int
    stop: int


def _sections(wasm: bytes) -> dict[int, _Section]:
    """The sections by their number; custom sections (number 0) are left out."""
    if wasm[:8] != b"\0asm\1\0\0\0":
        raise _Unknown("is not of version 1")
    sections: dict[int, _Section] = {}
    position = 8
    while position < len(wasm):
        header = position
        size, position = _read_number(wasm, header + 1)
        if position + size > len(wasm):
            raise _Unknown("is cut short")
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
            raise _Unknown("is cut short")
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
