"""Changes the script that Emscripten makes of the bindings, where its options can't."""

from __future__ import annotations

from pyinfer.errors import BuildError
from pyinfer.host.stack_pointer import STACK_POINTER

__all__ = ["free_after_failures", "start_threads_as_modules"]

_CALL = "var rv=cppInvokerFunc.apply(null,invokerFuncArgs);"
_GUARDED = (
    f'var rv,pointer=Module["asm"]["{STACK_POINTER}"],stack=pointer.value;'
    "try{rv=cppInvokerFunc.apply(null,invokerFuncArgs)}"
    "catch(error){pointer.value=stack;runDestructors(destructors);throw error}"
)

_THREAD = "new Worker(pthreadMainJs)"
_MODULE_THREAD = 'new Worker(pthreadMainJs,{type:"module"})'


def free_after_failures(script: str, name: str) -> str:
    """Have a call that fails give back what it took, as one that succeeds does.

    Emscripten frees the arguments that it made for a call (sizes, points, strings) when the call returns,
    and the stack is then where it was. A call that throws does neither: a hundred thousand failures and the
    stack has grown into OpenCV's data.

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
    return _changed(script, _CALL, _GUARDED, f"{name}: Emscripten calls C++ in another way than is known")


def start_threads_as_modules(script: str, name: str) -> str:
    """Make threads of workers that are modules, as Python's worker is.

    Firefox 153 has none of the other kind for code that comes from ``eval``.

    Parameters
    ----------
    script : str
        Of a variant with threads.
    name : str
        The script's, for errors.

    Raises
    ------
    BuildError
        It does not start threads in the one way that is known.
    """
    return _changed(script, _THREAD, _MODULE_THREAD, f"{name}: Emscripten starts threads in another way")


def _changed(script: str, known: str, other: str, complaint: str) -> str:
    if script.count(known) != 1:
        raise BuildError(complaint)
    return script.replace(known, other)
