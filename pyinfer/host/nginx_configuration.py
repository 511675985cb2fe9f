"""Writes nginx's configuration from the table of headers: ``python -m pyinfer.host.nginx_configuration``.

Two files are generated: what stands in the ``http`` block (maps and limits, which may stand nowhere
else), and what each ``server`` block includes. The files that a person edits are not generated.

All headers are added once, at the level of the server, from variables: a ``location`` with an
``add_header`` of its own would inherit none of them.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

from pyinfer.host.content_security_policy import POLICIES
from pyinfer.host.headers import (
    CACHE_CONTROL,
    DEFAULT_TYPE,
    HASHED_PATH,
    ISOLATION,
    MEDIA_TYPES,
    METHODS,
    PREFLIGHT,
    SHARED,
    STATIC,
)
from pyinfer.host.places import resource

__all__ = ["http_configuration", "server_configuration", "write_configuration"]

_WRITTEN = (
    "# Written by `python -m pyinfer.host.nginx_configuration` from the table in pyinfer/host/headers.py.\n"
    "# Do not edit.\n"
)
_MAY_LOAD = "~^(read|credentials)$"


def http_configuration() -> str:
    """Text of ``nginx/pyinfer-http.conf``, to be included in the ``http`` block."""
    shared = {_variable(name): value for name, value in SHARED.items()}
    preflight = {_variable(name): value for name, value in PREFLIGHT.items()}
    maps = [
        _map(
            "$uri", "$pyinfer_cache_control", CACHE_CONTROL[False], {f"~{HASHED_PATH}": CACHE_CONTROL[True]}
        ),
        _map("$pyinfer_connect_origins", "$pyinfer_connect_sources", " $pyinfer_connect_origins", {"": ""}),
        _map(
            "$uri",
            "$pyinfer_security_policy",
            POLICIES[-1].text("$pyinfer_connect_sources"),
            {f"~{policy.path}": policy.text("$pyinfer_connect_sources") for policy in POLICIES[:-1]},
        ),
        # Never `*`: what is answered is the very origin that asked, and `Vary: Origin` says so to caches.
        _map("$pyinfer_origin_access", "$pyinfer_allow_origin", "", {_MAY_LOAD: "$http_origin"}),
        _map("$pyinfer_origin_access", "$pyinfer_allow_credentials", "", {"credentials": "true"}),
        *(_map("$pyinfer_origin_access", name, "", {_MAY_LOAD: value}) for name, value in shared.items()),
        *(
            _map(
                '"$request_method $pyinfer_origin_access"', name, "", {"~^OPTIONS (read|credentials)$": value}
            )
            for name, value in preflight.items()
        ),
        _map("$status", "$pyinfer_allow", "", {"~^(204|405)$": METHODS}),
    ]
    return f"""\
{_WRITTEN}#
# Goes into the http block, once, beside pyinfer-origins.conf.

{"".join(maps)}
# Each visitor's address: a first visit asks for less than a hundred files, HTTP/2 for many at once.
limit_req_zone $binary_remote_addr zone=pyinfer_requests:10m rate=100r/s;
limit_conn_zone $binary_remote_addr zone=pyinfer_connections:10m;
"""


def server_configuration() -> str:
    """Text of ``nginx/pyinfer.conf``, to be included in a ``server`` block."""
    types = "\n".join(f'    "{kind}" {" ".join(suffixes)};' for kind, suffixes in _suffixes().items())
    fixed = {**ISOLATION, **STATIC}
    asked = {
        "Content-Security-Policy": "$pyinfer_security_policy",
        "Access-Control-Allow-Origin": "$pyinfer_allow_origin",
        "Access-Control-Allow-Credentials": "$pyinfer_allow_credentials",
        **{name: _variable(name) for name in (*SHARED, *PREFLIGHT)},
        "Allow": "$pyinfer_allow",
    }
    headers = "\n".join(f'add_header {name} "{value}" always;' for name, value in (fixed | asked).items())
    return f"""\
{_WRITTEN}#
# Serves a folder that `pyinfer build` wrote. Goes into a server block; pyinfer-site.conf shows a whole one.
# An add_header in a location of your own takes all of these away from it: put it beside the include.

types {{
{types}
}}
default_type {DEFAULT_TYPE.content_type};
index index.html;

{headers}
# Not on errors: what is missing today may be there tomorrow.
add_header Cache-Control $pyinfer_cache_control;

# Files are compressed already: compressing them again at each request would cost time and their ETag.
gzip off;
gzip_static on;
gzip_proxied any;
gzip_vary on;

# Ranges, by which a broken download of a model goes on; one a request is enough.
max_ranges 1;

# Only to be read; a preflight is answered by the headers alone.
if ($request_method = OPTIONS) {{
    return 204;
}}
if ($request_method !~ "^(GET|HEAD)$") {{
    return 405;
}}

# Files of the folder, and nothing else. Without disable_symlinks: Debian's brotli_static then has files come
# with gzip now and then, and `pyinfer build` writes no links.
autoindex off;
location ~ "/\\.(?!well-known/)" {{
    return 404;
}}
server_tokens off;
absolute_redirect off;

# Limits: pyinfer-http.conf has the rates.
limit_req zone=pyinfer_requests burst=500 nodelay;
limit_req_status 429;
limit_conn pyinfer_connections 200;
limit_conn_status 429;
client_max_body_size 1k;
large_client_header_buffers 4 8k;
client_header_timeout 10s;
client_body_timeout 10s;
send_timeout 30s;
reset_timedout_connection on;
"""


def write_configuration(folder: Path, connect_origins: Sequence[str]) -> None:
    """Write all files into a new folder, with the sites that an app's models come from among the origins."""
    shutil.copytree(resource("nginx"), folder)
    origins = folder / "pyinfer-origins.conf"
    before = 'map $host $pyinfer_connect_origins {\n    default "'
    text = origins.read_text("utf-8").replace(before, before + " ".join(connect_origins))
    origins.write_text(text, "utf-8")


def _suffixes() -> dict[str, list[str]]:
    """The table with one row a content type, as nginx wants it."""
    merged: dict[str, list[str]] = {}
    for kind in MEDIA_TYPES:
        merged.setdefault(kind.content_type, []).extend(kind.suffixes)
    return merged


def _variable(header: str) -> str:
    return f"$pyinfer_{header.removeprefix('Access-Control-').lower().replace('-', '_')}"


def _map(source: str, variable: str, default: str, values: Mapping[str, str]) -> str:
    rows = "".join(f'    "{key}" "{value}";\n' for key, value in values.items())
    return f'map {source} {variable} {{\n    default "{default}";\n{rows}}}\n'


def _write() -> None:
    folder = resource("nginx")
    (folder / "pyinfer-http.conf").write_text(http_configuration(), encoding="utf-8")
    (folder / "pyinfer.conf").write_text(server_configuration(), encoding="utf-8")


if __name__ == "__main__":
    _write()
