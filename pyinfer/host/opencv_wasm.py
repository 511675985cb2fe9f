"""Takes npm's opencv.js apart: an ES module and the WebAssembly that was a string inside it.

The npm file is a UMD script whose 12 MB of WebAssembly are a string literal. As a file of its own
the WebAssembly stream-compiles, compresses and is code-cached by the browser.

On the way its stack pointer is exported.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np

from pyinfer.errors import BuildError
from pyinfer.host.stack_pointer import export_stack_pointer

__all__ = ["SplitOpenCV", "split_opencv"]

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
    wasm = export_stack_pointer(_decode(script[start:end]), "opencv.js")
    without = script[:start] + script[end:]
    first = _find(without, _FACTORY_START) + len(_FACTORY_START)
    factory = without[first : _find(without, _FACTORY_END, first)]
    if factory.count(_NODE_TEST[0]) != 1:
        raise BuildError("opencv.js: its test for Node is not the one that is known")
    factory = factory.replace(*_NODE_TEST)
    return SplitOpenCV(f"const factory = (() => {{{factory}}})();\nexport default factory;\n", wasm)


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
