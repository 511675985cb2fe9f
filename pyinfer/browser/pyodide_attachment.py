"""What :func:`pyinfer.start` asks of JavaScript before there is a bridge; loaded lazily, in Pyodide only.

It lies outside of :mod:`pyinfer.browser.bridge`, which needs NumPy, for NumPy may still have to come.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, cast

import js
import pyodide_js
from pyodide.code import run_js
from pyodide.ffi import JsException, create_proxy

from pyinfer.errors import StartError

__all__ = ["absolute", "load_engines", "pyodide_version", "read_text"]


def pyodide_version() -> str:
    """The version of the Pyodide that runs this."""
    return cast(str, pyodide_js.version)


def absolute(address: str) -> str:
    """An address as the page means it, with a slash at its end.

    Raises
    ------
    StartError
        It is no address; in a worker that has none of its own it must be absolute.
    """
    page = js.document.baseURI if hasattr(js, "document") else js.location.href
    try:
        url = js.URL.new(address, page)
    except JsException:
        raise StartError(f"{address!r} is no address of a bundle: write it out, with https://") from None
    if not url.pathname.endswith("/"):
        url.pathname += "/"
    return cast(str, url.href)


async def read_text(address: str) -> str:
    """What a server answers.

    Raises
    ------
    StartError
        It does not answer, not with what was asked for, or not to a page of this origin.
    """
    try:
        response = await js.fetch(address, cache="no-cache")
    except JsException as error:
        raise StartError(_reason(address, error)) from None
    if not response.ok:
        raise StartError(
            f"there is no bundle of pyinfer: {address}: the server answered "
            f"{response.status} {response.statusText}"
        )
    return cast(str, await response.text())


def _reason(address: str, error: JsException) -> str:
    """Why nothing came: browsers tell nobody whether there was no answer, or one that may not be read."""
    page = js.location.origin
    if js.URL.new(address).origin == page:
        return f"{address}: no answer from the server ({error.message})"
    return (
        f"{address}: no answer from the server, or none that pages of {page} may read ({error.message}). "
        f"It must send Access-Control-Allow-Origin: {page}, which its list of allowed origins decides "
        "(nginx/pyinfer-origins.conf; pyinfer serve --allow-origin)"
    )


async def load_engines(
    room: str,
    manifest_address: str,
    manifest: str,
    missing: list[str],
    num_threads: int | None,
    report: Callable[[str, str, int, int], Any],
) -> str:
    """Bring the engines into this thread.

    Parameters
    ----------
    room : str
        Address of the bundle's engine room.
    manifest_address, manifest : str
        Where its pyinfer.json is, and the text.
    missing : list of str
        Packages that Python does not have yet.
    num_threads : int, optional
        Threads of ONNX Runtime.
    report : callable
        Takes phase, name, how much of it is there, and how much there is to be.

    Returns
    -------
    str
        JSON: the manifest of the bundle's app.

    Raises
    ------
    StartError
        Something could not be loaded.
    """
    told = create_proxy(report)  # for good: the engines and the model store tell of progress later, too
    try:
        module = await run_js("(address) => import(address)")(room)
        return cast(
            str,
            await module.attach(
                pyodide_js, manifest_address, manifest, json.dumps(missing), num_threads, told
            ),
        )
    except JsException as error:
        told.destroy()
        raise StartError(f"the engines of {manifest_address} could not start: {error.message}") from error
