"""A made-up bundle, a real nginx, and plain requests."""

from __future__ import annotations

import http.client
import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from pyinfer.host.places import resource

BROTLI_MODULE = "ngx_http_brotli_static_module.so"

# (module (memory (export "memory") 1) (data (i32.const 0) "pyinfer" * 200)): large enough to compress
_DATA = b"pyinfer" * 200
_SEGMENT = b"\x01\x00\x41\x00\x0b\xf8\x0a" + _DATA
WASM = (
    b"\0asm\1\0\0\0"
    b"\x05\x03\x01\x00\x01"
    b"\x07\x0a\x01\x06memory\x02\x00"
    b"\x0b" + bytes((len(_SEGMENT) & 0x7F | 0x80, len(_SEGMENT) >> 7)) + _SEGMENT
)


@dataclass
class Site:
    """A bundle with one file of each kind.

    Attributes
    ----------
    root : Path
        Its folder.
    hashed : dict
        URL path of each hashed file, by a short name.
    """

    root: Path
    hashed: dict[str, str] = field(default_factory=dict)


def nginx_binary() -> str:
    found = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")
    assert found, "nginx is not installed: run `make setup`"
    return found


def brotli_module() -> Path | None:
    """The module file that nginx was built to look for, if it is there."""
    arguments = subprocess.run([nginx_binary(), "-V"], capture_output=True, text=True, check=True).stderr
    folder = next((a.partition("=")[2] for a in arguments.split() if a.startswith("--modules-path=")), "")
    module = Path(folder, BROTLI_MODULE)
    return module if folder and module.is_file() else None


@contextmanager
def nginx(root: Path, folder: Path) -> Iterator[str]:
    """A real nginx that serves ``root`` as ``nginx/pyinfer.conf`` says, with all its files in ``folder``.

    It inherits a socket that listens already, so it needs no waiting for and no port can be taken.
    """
    module = brotli_module()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        configuration = folder / "nginx.conf"
        kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        configuration.write_text(
            (f"load_module {module};\n" if module else "")
            + ("user root;\n" if os.geteuid() == 0 else "")
            + f"worker_processes 1;\npid {folder}/pid;\nerror_log {folder}/error.log;\nevents {{}}\nhttp {{\n"
            + "".join(f"{kind}_temp_path {folder}/{kind};\n" for kind in kinds)
            + f'access_log off;\nserver {{\nlisten 127.0.0.1:{port};\nroot "{root}";\n'
            + f"include {resource('nginx/pyinfer.conf')};\n"
            + (f"include {resource('nginx/pyinfer-brotli.conf')};\n" if module else "")
            + "}\n}\n"
        )
        command = [
            nginx_binary(),
            "-p",
            str(folder),
            "-c",
            str(configuration),
            "-e",
            str(folder / "error.log"),
        ]
        checked = subprocess.run([*command, "-t"], capture_output=True, text=True, check=False)
        assert checked.returncode == 0, checked.stderr + (folder / "error.log").read_text()
        process = subprocess.Popen(
            command,
            env={**os.environ, "NGINX": f"{listener.fileno()};"},
            pass_fds=[listener.fileno()],
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.communicate(timeout=20)


@dataclass
class Response:
    """An answer as it came, not decompressed."""

    status: int
    headers: dict[str, str]
    body: bytes


def ask(base: str, path: str, method: str = "GET", **headers: str) -> Response:
    """One request; ``Accept_Encoding="br"`` becomes the header ``Accept-Encoding: br``."""
    address = urlsplit(base)
    connection = http.client.HTTPConnection(str(address.hostname), address.port, timeout=20)
    try:
        connection.putrequest(method, path, skip_accept_encoding=True)
        for name, value in headers.items():
            connection.putheader(name.replace("_", "-"), value)
        connection.endheaders()
        response = connection.getresponse()
        return Response(response.status, {k.lower(): v for k, v in response.getheaders()}, response.read())
    finally:
        connection.close()
