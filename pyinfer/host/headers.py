"""The one table of HTTP headers and media types.

``pyinfer serve`` reads it; nginx's files are written from it (:mod:`pyinfer.host.nginx_configuration`).

- COOP and COEP on every response make a page cross-origin isolated, which threads need
  (``SharedArrayBuffer``). A worker's script needs COEP too, so nothing is left out.
- Pages of other sites may load from here only if their origin is named: they get CORS headers, which
  isolated pages need, too. CORP keeps out what asks without CORS.
- What has a content hash in its path never changes and is never asked for again; everything else
  (pages, ``pyinfer.js``, ``pyinfer.json``) is asked for each time and answered with 304.
- The Content-Security-Policy is that of :mod:`pyinfer.host.content_security_policy`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import PurePosixPath

from pyinfer.host.content_security_policy import policy_of

__all__ = [
    "ANY_ORIGIN",
    "CACHE_CONTROL",
    "DEFAULT_TYPE",
    "HASHED_PATH",
    "HASH_LENGTH",
    "ISOLATION",
    "MEDIA_TYPES",
    "METHODS",
    "PREFLIGHT",
    "SHARED",
    "STATIC",
    "MediaType",
    "ResponseHeaders",
    "is_immutable",
    "media_type_of",
]


@dataclass(frozen=True)
class MediaType:
    """A kind of file.

    Attributes
    ----------
    content_type : str
        The value of ``Content-Type``.
    suffixes : tuple of str
        File name endings, without the dot.
    compress : bool
        Whether a compressed variant is worth its place.
    """

    content_type: str
    suffixes: tuple[str, ...]
    compress: bool


#: Everything a bundle may hold.
MEDIA_TYPES = (
    MediaType("text/html; charset=utf-8", ("html",), True),
    MediaType("text/css; charset=utf-8", ("css",), True),
    MediaType("text/javascript; charset=utf-8", ("js", "mjs"), True),
    MediaType("text/plain; charset=utf-8", ("txt", "py", "ts"), True),
    MediaType("application/json", ("json", "map"), True),
    MediaType("application/manifest+json", ("webmanifest",), True),
    MediaType("application/wasm", ("wasm",), True),
    # What a bundle has of zip archives holds its files as they are.
    MediaType("application/zip", ("zip",), True),
    MediaType("application/zip", ("whl",), False),
    MediaType("application/octet-stream", ("onnx",), True),
    MediaType("application/octet-stream", ("bin", "data"), False),
    MediaType("image/svg+xml", ("svg",), True),
    MediaType("image/png", ("png",), False),
    MediaType("image/jpeg", ("jpg", "jpeg"), False),
    MediaType("image/webp", ("webp",), False),
    MediaType("image/x-icon", ("ico",), False),
    MediaType("font/woff2", ("woff2",), False),
)

DEFAULT_TYPE = MediaType("application/octet-stream", (), False)
_BY_SUFFIX = {suffix: kind for kind in MEDIA_TYPES for suffix in kind.suffixes}

#: How many hexadecimal digits of a SHA-256 stand in a hashed path.
HASH_LENGTH = 16
HASHED_PATH = f"[/.-][0-9a-f]{{{HASH_LENGTH}}}[/.]"

#: What there is to ask for; nothing can be written.
METHODS = "GET, HEAD, OPTIONS"

#: On every response, unless pages are not to be isolated.
ISOLATION = {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
}
#: On every response, errors too. Whether a cache may give it to another site depends on who asks.
STATIC = {
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "Vary": "Origin",
}
#: On responses to sites that may load from here, with the origin itself; the model store reads these.
SHARED = {
    "Access-Control-Expose-Headers": "Accept-Ranges, Content-Encoding, Content-Length, Content-Range, ETag"
}
#: To the question that a browser asks before it sends such a site's request.
PREFLIGHT = {
    "Access-Control-Allow-Methods": METHODS,
    "Access-Control-Allow-Headers": "Cache-Control, If-Modified-Since, If-None-Match, If-Range, Range",
    "Access-Control-Max-Age": "86400",
}
#: Of files with a hash in their path, and of all others. Never on an error, or a file that is missing
#: today would be missing for a year.
CACHE_CONTROL = {True: "public, max-age=31536000, immutable", False: "no-cache"}

#: Stands for every site, in `ResponseHeaders.allowed_origins`.
ANY_ORIGIN = "*"


def media_type_of(path: str) -> MediaType:
    """The kind of file ``path`` names; ``application/octet-stream`` if its ending is unknown."""
    return _BY_SUFFIX.get(PurePosixPath(path).suffix[1:].lower(), DEFAULT_TYPE)


def is_immutable(path: str) -> bool:
    """Whether the URL path ``path`` (with its leading slash) bears a content hash."""
    return re.search(HASHED_PATH, path) is not None


@dataclass(frozen=True)
class ResponseHeaders:
    """The headers of a site's responses, ``Content-Type`` left out.

    Attributes
    ----------
    isolated : bool
        Whether pages are to be cross-origin isolated.
    has_security_policy : bool
        Whether there is a Content-Security-Policy: not where the pages are somebody else's.
    connect_origins : tuple of str
        Other sites that pages and Python may fetch from, where there is one.
    allowed_origins : tuple of str
        Other sites whose pages may load from here. They send no cookies: `pyinfer serve` knows none.
    """

    isolated: bool = True
    has_security_policy: bool = False
    connect_origins: tuple[str, ...] = ()
    allowed_origins: tuple[str, ...] = ()

    def of(
        self, path: str, *, origin: str | None = None, method: str = "GET", found: bool = True
    ) -> dict[str, str]:
        """The headers of one response.

        Parameters
        ----------
        path : str
            URL path with its leading slash.
        origin : str, optional
            What the request says is its ``Origin``.
        method : str
        found : bool
            Whether the answer is no error.
        """
        headers = {**(ISOLATION if self.isolated else {}), **STATIC}
        if self.has_security_policy:
            headers["Content-Security-Policy"] = policy_of(path, self.connect_origins)
        if origin is not None and {origin, ANY_ORIGIN} & set(self.allowed_origins):
            headers |= {"Access-Control-Allow-Origin": origin, **SHARED}
            headers |= PREFLIGHT if method == "OPTIONS" else {}
        if found:
            headers["Cache-Control"] = CACHE_CONTROL[is_immutable(path)]
        return headers
