"""Has a call of opencv.js that fails give back what it took, as one that succeeds does.

Emscripten frees the arguments that it made for a call (sizes, points, strings) when the call returns, and
the stack is then where it was. A call that throws does neither: a hundred thousand failures and the stack has
grown into OpenCV's data.
"""

from __future__ import annotations

from pyinfer.errors import BuildError
from pyinfer.host.stack_pointer import STACK_POINTER

__all__ = ["free_after_failures"]

_CALL = "var rv=cppInvokerFunc.apply(null,invokerFuncArgs);"
_GUARDED = (
    f'var rv,pointer=Module["asm"]["{STACK_POINTER}"],stack=pointer.value;'
    "try{rv=cppInvokerFunc.apply(null,invokerFuncArgs)}"
    "catch(error){pointer.value=stack;runDestructors(destructors);throw error}"
)


def free_after_failures(script: str, name: str) -> str:
    """The script that Emscripten has made of the bindings, with a clean-up after failed calls.

    Parameters
    ----------
    script : str
        Its WebAssembly exports the stack pointer.
    name : str
        The script's, for errors.

    Raises
    ------
    BuildError
        It does not call C++ in the one way that is known.
    """
    if script.count(_CALL) != 1:
        raise BuildError(f"{name}: Emscripten calls C++ in another way than is known")
    return script.replace(_CALL, _GUARDED)
