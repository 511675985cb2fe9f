"""The one table of HTTP headers and media types.

``pyinfer serve`` reads it; ``nginx/pyinfer.conf`` is written from it (:func:`nginx_configuration`).

- COOP and COEP on every response make a page cross-origin isolated, which threads need
  (``SharedArrayBuffer``). A worker's script needs COEP too, so nothing is left out.
- CORP and CORS let pages of other origins load the runtime from here, isolated ones too.
- What has a content hash in its path never changes and is never asked for again; everything else
  (pages, ``pyinfer.js``, ``pyinfer.json``) is asked for each time and answered with 304.

There is no Content-Security-Policy: the pages belong to whoever builds the app, and opencv.js needs
``unsafe-eval`` wherever it runs.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import PurePosixPath

__all__ = [
    "HASH_LENGTH",
    "MEDIA_TYPES",
    "MediaType",
    "headers_for",
    "is_immutable",
    "media_type_of",
    "nginx_brotli_configuration",
    "nginx_configuration",
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
    MediaType("application/zip", ("zip", "whl"), False),
    MediaType("application/octet-stream", ("onnx",), True),
    MediaType("application/octet-stream", ("bin", "data"), False),
    MediaType("image/svg+xml", ("svg",), True),
    MediaType("image/png", ("png",), False),
    MediaType("image/jpeg", ("jpg", "jpeg"), False),
    MediaType("image/webp", ("webp",), False),
    MediaType("image/x-icon", ("ico",), False),
    MediaType("font/woff2", ("woff2",), False),
)

_DEFAULT_TYPE = MediaType("application/octet-stream", (), False)
_BY_SUFFIX = {suffix: kind for kind in MEDIA_TYPES for suffix in kind.suffixes}

#: How many hexadecimal digits of a SHA-256 stand in a hashed path.
HASH_LENGTH = 16
_HASHED_PATH = f"[/.-][0-9a-f]{{{HASH_LENGTH}}}[/.]"

_ISOLATION = {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
}
_EVERYWHERE = {
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Access-Control-Allow-Origin": "*",
    "X-Content-Type-Options": "nosniff",
}
_NEVER_CHANGES = {"Cache-Control": "public, max-age=31536000, immutable"}
_ASK_EACH_TIME = {"Cache-Control": "no-cache"}


def media_type_of(path: str) -> MediaType:
    """The kind of file ``path`` names; ``application/octet-stream`` if its ending is unknown."""
    return _BY_SUFFIX.get(PurePosixPath(path).suffix[1:].lower(), _DEFAULT_TYPE)


def is_immutable(path: str) -> bool:
    """Whether the URL path ``path`` (with its leading slash) bears a content hash."""
    return re.search(_HASHED_PATH, path) is not None


def headers_for(path: str, *, isolated: bool = True, found: bool = True) -> dict[str, str]:
    """The headers that do not depend on the request, ``Content-Type`` left out.

    Parameters
    ----------
    path : str
        URL path with its leading slash.
    isolated : bool
        Whether pages are to be cross-origin isolated.
    found : bool
        Whether the answer is no error; an error says nothing about caching, or a file that is
        missing today would be missing for a year.
    """
    cache = (_NEVER_CHANGES if is_immutable(path) else _ASK_EACH_TIME) if found else {}
    return {**(_ISOLATION if isolated else {}), **_EVERYWHERE, **cache}


def nginx_configuration() -> str:
    """Text of ``nginx/pyinfer.conf``, to be included in a ``server`` block."""
    types = "\n".join(f'    "{kind.content_type}" {" ".join(kind.suffixes)};' for kind in _merged_types())
    return f"""\
# Written by `python -m pyinfer.host.headers` from the table in pyinfer/host/headers.py. Do not edit.
#
# Serves a folder that `pyinfer build` wrote:
#
#     server {{
#         listen 443 ssl;
#         root /srv/my-app;
#         include pyinfer.conf;
#         include pyinfer-brotli.conf;   # where nginx has the brotli_static module
#     }}

types {{
{types}
}}
default_type {_DEFAULT_TYPE.content_type};
index index.html;
gzip_static on;
gzip_vary on;

location / {{
{_nginx_headers("/")}
}}

location ~ "{_HASHED_PATH}" {{
{_nginx_headers("/a." + "0" * HASH_LENGTH + ".js")}
}}
"""


def nginx_brotli_configuration() -> str:
    """Text of ``nginx/pyinfer-brotli.conf``, for an nginx that has the brotli_static module."""
    return (
        "# Written by `python -m pyinfer.host.headers`. Do not edit.\n"
        "# Include it beside pyinfer.conf if nginx has the brotli_static module\n"
        "# (Debian: libnginx-mod-http-brotli-static); else nginx refuses to start.\n"
        "brotli_static on;\n"
    )


def _merged_types() -> list[MediaType]:
    """The table with one row a content type, as nginx wants it."""
    merged: dict[str, MediaType] = {}
    for kind in MEDIA_TYPES:
        known = merged.get(kind.content_type)
        suffixes = (known.suffixes if known else ()) + kind.suffixes
        merged[kind.content_type] = MediaType(kind.content_type, suffixes, kind.compress)
    return list(merged.values())


def _nginx_headers(path: str) -> str:
    """The directives; what errors bear too is marked ``always``."""
    errors = headers_for(path, found=False)
    return "\n".join(
        f'    add_header {name} "{value}"{" always" if name in errors else ""};'
        for name, value in headers_for(path).items()
    )


def _write_nginx_files() -> None:
    from pyinfer.host.places import resource

    folder = resource("nginx")
    (folder / "pyinfer.conf").write_text(nginx_configuration(), encoding="utf-8")
    (folder / "pyinfer-brotli.conf").write_text(nginx_brotli_configuration(), encoding="utf-8")


if __name__ == "__main__":
    _write_nginx_files()
