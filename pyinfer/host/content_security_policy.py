"""The Content-Security-Policy of each file, and why each of its allowances is there.

A worker has the policy of its own script's response, not its page's. So pages stay strict, and what
the engines need is allowed to two scripts alone, and to workers of an app's own that ask for it by
name. Nothing inline is allowed anywhere, and no script of another site.

==================  =========  ====================================================================
allowance           to         because
==================  =========  ====================================================================
wasm-unsafe-eval    worker     Pyodide, onnxruntime-web, opencv.js and the JPEG codec compile WebAssembly
unsafe-eval         worker     only with npm's opencv.js, which makes its functions with ``new Function``
                               (embind); to browsers this includes the line above
wasm-unsafe-eval    threads    Firefox asks for it again where the engines' threads, workers of their own,
                               take up the WebAssembly that the worker has compiled
connect-src         both       files of the build; models of other sites, and a package index, only where
                               somebody named them
worker-src          both       the page starts the worker and the service worker; the worker its threads
img-src blob: data: page       pictures that a visitor chose or an app made
style-src-attr      page       attributes alone: Chromium itself writes some where text is edited
==================  =========  ====================================================================

The worker of a bundle with our own opencv.js has another name, by which a server knows it: one
configuration serves both kinds of bundles.
An app's own worker may compile WebAssembly if its script's name ends with ``.wasm-worker.js``, and make
functions of text, too, which npm's opencv.js wants, if that ends with ``.eval-worker.js``.
The service worker needs no more than a page: it only fetches files of the build.
A page that runs Python itself (``thread: "main"``) needs the worker's ``script-src`` in its own policy.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

__all__ = ["PAGE", "POLICIES", "STRICT_WORKER", "THREADS", "WORKER", "SecurityPolicy", "policy_of"]

_HASH = "[0-9a-f]{16}"


@dataclass(frozen=True)
class SecurityPolicy:
    """The policy of a kind of file.

    Attributes
    ----------
    path : str
        A regular expression that finds the URL paths it is for; empty for all that no other fits.
    directives : mapping of str to tuple of str
        Sources by directive.
    """

    path: str
    directives: Mapping[str, tuple[str, ...]]

    def text(self, connect: str = "") -> str:
        """The header's value.

        Parameters
        ----------
        connect : str
            What follows the sources of ``connect-src``, with a space before it.
        """
        return "; ".join(
            " ".join((name, *sources)) + (connect if name == "connect-src" else "")
            for name, sources in self.directives.items()
        )


_SELF = ("'self'",)
_NONE = ("'none'",)

PAGE = SecurityPolicy(
    "",
    {
        "default-src": _NONE,
        "script-src": _SELF,
        "style-src": _SELF,
        "style-src-attr": ("'unsafe-inline'",),
        "img-src": ("'self'", "blob:", "data:"),
        "media-src": ("'self'", "blob:"),
        "font-src": _SELF,
        "manifest-src": _SELF,
        "connect-src": _SELF,
        "worker-src": _SELF,
        "base-uri": _NONE,
        "form-action": _NONE,
        "frame-ancestors": _SELF,
    },
)
WORKER = SecurityPolicy(
    rf"(/pyinfer/|\.eval-)worker\.{_HASH}\.js$",
    {
        "default-src": _NONE,
        "script-src": ("'self'", "'wasm-unsafe-eval'", "'unsafe-eval'"),
        "connect-src": _SELF,
        "worker-src": _SELF,
    },
)
STRICT_WORKER = SecurityPolicy(
    rf"(/pyinfer/strict|\.wasm)-worker\.{_HASH}\.js$",
    {**WORKER.directives, "script-src": ("'self'", "'wasm-unsafe-eval'")},
)
THREADS = SecurityPolicy(
    rf"/pyinfer/(onnxruntime(-accelerated)?-{_HASH}/[^/]+|opencv\.threads(\.worker)?\.{_HASH})\.m?js$",
    {
        "default-src": _NONE,
        "script-src": ("'self'", "'wasm-unsafe-eval'"),
    },
)

#: The first whose path fits is a file's.
POLICIES = (WORKER, STRICT_WORKER, THREADS, PAGE)


def policy_of(path: str, connect_origins: Iterable[str] = ()) -> str:
    """The header's value for the URL path ``path``.

    Parameters
    ----------
    path : str
        With its leading slash.
    connect_origins : iterable of str
        Other sites that pages and Python may fetch from.
    """
    policy = next(policy for policy in POLICIES if re.search(policy.path, path))
    return policy.text("".join(f" {origin}" for origin in connect_origins))
