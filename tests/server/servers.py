"""A made-up bundle, a real nginx, and plain requests."""

from __future__ import annotations

import http.client
import os
import shutil
import socket
import ssl
import subprocess
from collections.abc import Iterator, Sequence
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


@dataclass(frozen=True)
class Edit:
    """A change to one of the files in ``nginx/``.

    Attributes
    ----------
    file : str
        Its name.
    old, new : str
        Each of the first becomes the second.
    """

    file: str
    old: str
    new: str


#: What a person writes into pyinfer-origins.conf.
ORIGINS = Edit(
    "pyinfer-origins.conf",
    'map $http_origin $pyinfer_origin_access {\n    default "";\n',
    'map $http_origin $pyinfer_origin_access {\n    default "";\n'
    '    "https://reader.example" "read";\n    "https://trusted.example" "credentials";\n',
)


@contextmanager
def nginx(root: Path, folder: Path, *edits: Edit) -> Iterator[str]:
    """A real nginx that serves ``root`` as ``nginx/pyinfer.conf`` says, with all its files in ``folder``."""
    _copy_configuration(folder, edits)
    with _listening() as listener:
        port = listener.getsockname()[1]
        brotli = "include pyinfer/pyinfer-brotli.conf;\n" if brotli_module() else ""
        site = (
            "include pyinfer/pyinfer-origins.conf;\ninclude pyinfer/pyinfer-http.conf;\n"
            f'server {{\nlisten 127.0.0.1:{port};\nroot "{root}";\n'
            f"include pyinfer/pyinfer.conf;\n{brotli}}}\n"
        )
        with _running(folder, site, [listener]):
            yield f"http://127.0.0.1:{port}"


@contextmanager
def nginx_site(root: Path, folder: Path) -> Iterator[tuple[str, str]]:
    """A real nginx with the whole of ``nginx/pyinfer-site.conf``: its addresses by HTTP and by HTTPS.

    Its certificate is what `make_certificate` has written into ``folder``.
    """
    with _listening() as plain, _listening() as secure:
        ports = [listener.getsockname()[1] for listener in (plain, secure)]
        changes = {
            "    listen [::]:80;\n": "",
            "    listen [::]:443 ssl http2;\n": "",
            "listen 80;": f"listen 127.0.0.1:{ports[0]};",
            "listen 443 ssl http2;": f"listen 127.0.0.1:{ports[1]} ssl http2;",
            "return 301 https://app.example": f"return 301 https://localhost:{ports[1]}",
            "server_name app.example;": "server_name localhost;",
            "root /srv/my-app;": f'root "{root}";',
            "/etc/ssl/app.example.pem": f"{folder}/certificate.pem",
            "/etc/ssl/app.example.key": f"{folder}/certificate.key",
        }
        if brotli_module():
            changes["# include pyinfer/pyinfer-brotli.conf;"] = "include pyinfer/pyinfer-brotli.conf;"
        _copy_configuration(folder, [Edit("pyinfer-site.conf", *change) for change in changes.items()])
        with _running(folder, "include pyinfer/pyinfer-site.conf;\n", [plain, secure]):
            yield f"http://localhost:{ports[0]}", f"https://localhost:{ports[1]}"


def make_certificate(folder: Path) -> None:
    """A self-signed certificate for ``localhost``."""
    files = ["-keyout", str(folder / "certificate.key"), "-out", str(folder / "certificate.pem")]
    subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-days", "2"]
    kind = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    subprocess.run(["openssl", "req", "-x509", *kind, *files, *subject], check=True, capture_output=True)


def _copy_configuration(folder: Path, edits: Sequence[Edit]) -> None:
    target = folder / "pyinfer"
    shutil.copytree(resource("nginx"), target)
    for edit in edits:
        text = (target / edit.file).read_text()
        assert edit.old in text, edit
        (target / edit.file).write_text(text.replace(edit.old, edit.new))


def _listening() -> socket.socket:
    """nginx inherits a socket that listens already: it needs no waiting for, and no port can be taken."""
    return socket.create_server(("127.0.0.1", 0))


@contextmanager
def _running(folder: Path, site: str, listeners: Sequence[socket.socket]) -> Iterator[None]:
    module = brotli_module()
    configuration = folder / "nginx.conf"
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    configuration.write_text(
        (f"load_module {module};\n" if module else "")
        + ("user root;\n" if os.geteuid() == 0 else "")
        + f"worker_processes 1;\npid {folder}/pid;\nerror_log {folder}/error.log;\nevents {{}}\nhttp {{\n"
        + "".join(f"{kind}_temp_path {folder}/{kind};\n" for kind in kinds)
        + f"access_log off;\n{site}}}\n"
    )
    log = folder / "error.log"
    command = [nginx_binary(), "-p", str(folder), "-c", str(configuration), "-e", str(log)]
    checked = subprocess.run([*command, "-t"], capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stderr + log.read_text()
    assert "[warn]" not in checked.stderr, checked.stderr
    descriptors = [listener.fileno() for listener in listeners]
    process = subprocess.Popen(
        command,
        env={**os.environ, "NGINX": "".join(f"{descriptor};" for descriptor in descriptors)},
        pass_fds=descriptors,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    try:
        yield
    finally:
        process.terminate()
        process.communicate(timeout=20)


@dataclass
class Response:
    """An answer as it came, not decompressed; of headers that came twice, both values."""

    status: int
    headers: dict[str, str]
    body: bytes


def ask(
    base: str, path: str, method: str = "GET", *, context: ssl.SSLContext | None = None, **headers: str
) -> Response:
    """One request; ``Accept_Encoding="br"`` becomes the header ``Accept-Encoding: br``."""
    address = urlsplit(base)
    connection = (
        http.client.HTTPConnection(str(address.hostname), address.port, timeout=20)
        if context is None
        else http.client.HTTPSConnection(str(address.hostname), address.port, timeout=20, context=context)
    )
    try:
        connection.putrequest(method, path, skip_accept_encoding=True)
        for name, value in headers.items():
            connection.putheader(name.replace("_", "-"), value)
        connection.endheaders()
        response = connection.getresponse()
        found: dict[str, str] = {}
        for key, value in response.getheaders():
            known = found.get(key.lower())
            found[key.lower()] = f"{known}, {value}" if known else value
        return Response(response.status, found, response.read())
    finally:
        connection.close()
