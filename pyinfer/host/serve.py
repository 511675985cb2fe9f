"""`pyinfer serve`: whitenoise for the files, waitress for the sockets, our table for the headers."""

from __future__ import annotations

import errno
import json
import logging
import socket
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, TypeVar
from wsgiref.headers import Headers

import click
import waitress
from waitress import wasyncore
from whitenoise import WhiteNoise

from pyinfer.errors import ServeError
from pyinfer.host.bundle import MANIFEST_NAME
from pyinfer.host.connect_origins import connect_origins
from pyinfer.host.headers import METHODS, ResponseHeaders, media_type_of
from pyinfer.host.opencv.carried import is_own, words_for
from pyinfer.host.opencv.choice import CHOICES

__all__ = [
    "Application",
    "address_options",
    "command",
    "headers_of_app",
    "listening",
    "make_application",
    "serve",
    "serve_on",
    "serving",
    "serving_application",
]

#: A WSGI application.
Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

_Function = TypeVar("_Function", bound=Callable[..., Any])

_DEFAULT_PORT = 8000
_THREADS = 8
#: Bytes of a request: more is refused before any of it is kept.
_LARGEST_BODY = 1024 * 1024


def make_application(
    folder: Path,
    headers: ResponseHeaders | None = None,
    *,
    extra: Mapping[str, Application] | None = None,
) -> Application:
    """A WSGI application that serves the files below ``folder``.

    Precompressed variants (``.br``, ``.gz``) are chosen by ``Accept-Encoding``; ranges, conditional
    requests, HEAD and preflights are answered. The folder is read once, now: files that appear later are
    not served, nor are those that are hidden.

    Parameters
    ----------
    folder : Path
        What ``pyinfer build`` wrote.
    headers : ResponseHeaders, optional
        What goes with each answer; without it, no Content-Security-Policy.
    extra : mapping of str to WSGI application, optional
        More applications, each by the path prefix it is mounted under, such as ``"/files"``.

    Raises
    ------
    ServeError
        There is no such folder.
    """
    if not folder.is_dir():
        raise ServeError(f"no such folder: {folder}")
    files = WhiteNoise(
        _not_found,
        root=str(folder),
        index_file=True,
        max_age=None,
        allow_all_origins=False,
        add_headers_function=_set_content_type,
    )
    _hide(files)
    _serve_index_pages_in_place(files)
    application = _mounted(_read_only(files), extra or {})
    table = headers or ResponseHeaders()

    def with_headers(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        path, method = environ.get("PATH_INFO", "/"), environ["REQUEST_METHOD"]

        def start(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
            present = {name.lower() for name, _ in headers} - {"vary"}
            own = table.of(path, origin=environ.get("HTTP_ORIGIN"), method=method, found=status < "4")
            added = [item for item in own.items() if item[0].lower() not in present]
            return start_response(status, headers + added, *rest)

        return application(environ, start)

    return with_headers


def listening(host: str, port: int) -> socket.socket:
    """A socket that listens.

    Raises
    ------
    ServeError
        The address cannot be listened on (port in use, not allowed, no such host, ...).
    """
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        return socket.create_server((host, port), family=family, backlog=128)
    except (OSError, OverflowError) as error:
        if getattr(error, "errno", None) == errno.EADDRINUSE:
            reason = "the port is in use; choose another with --port"
        else:
            reason = getattr(error, "strerror", None) or str(error)
        raise ServeError(f"cannot listen on {host}:{port}: {reason}") from error


def serve(
    folder: Path,
    host: str = "127.0.0.1",
    port: int = _DEFAULT_PORT,
    headers: ResponseHeaders | None = None,
) -> None:
    """Serve ``folder`` until interrupted, as nginx would with the project's configuration.

    Parameters
    ----------
    folder : Path
    host : str
    port : int
    headers : ResponseHeaders, optional
        By default those for the folder's app, with a Content-Security-Policy: see `headers_of_app`.

    Raises
    ------
    ServeError
        No such folder, or the address cannot be listened on.
    """
    with listening(host, port) as listener:
        serve_on(listener, folder, headers)


def serve_on(
    listener: socket.socket,
    folder: Path,
    headers: ResponseHeaders | None = None,
    *,
    extra: Mapping[str, Application] | None = None,
) -> None:
    """Like :func:`serve`, on a socket that listens already, with ``extra`` as in :func:`make_application`."""
    application = make_application(folder, headers or headers_of_app(folder), extra=extra)
    server = _server(application, sockets=[listener], max_request_body_size=_LARGEST_BODY)
    print(f"Serving {folder} at {_url(listener)} (Ctrl+C stops)", flush=True)
    server.run()


def _server(application: Application, **options: Any) -> Any:
    # Pages ask for more files at once than there are threads: that some wait a moment is nothing to warn of.
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    return waitress.create_server(application, threads=_THREADS, **options)


def headers_of_app(
    folder: Path,
    *,
    isolated: bool = True,
    has_security_policy: bool = True,
    allowed_origins: tuple[str, ...] = (),
) -> ResponseHeaders:
    """The headers for what was built into ``folder``: its pages may fetch from where its models come from."""
    return ResponseHeaders(isolated, has_security_policy, connect_origins(folder), allowed_origins)


@contextmanager
def serving(
    folder: Path,
    headers: ResponseHeaders | None = None,
    *,
    port: int = 0,
    extra: Mapping[str, Application] | None = None,
) -> Iterator[str]:
    """Serve ``folder`` on the loopback interface while the block runs.

    Parameters
    ----------
    folder, headers, extra
        As in :func:`make_application`.
    port : int
        The port; 0 for a free one.

    Yields
    ------
    str
        The base URL, without a slash at its end.
    """
    with serving_application(make_application(folder, headers, extra=extra), port=port) as url:
        yield url


@contextmanager
def serving_application(application: Application, *, port: int = 0) -> Iterator[str]:
    """Like :func:`serving`, of a WSGI application."""
    with listening("127.0.0.1", port) as listener:
        sockets: dict[int, Any] = {}
        server = _server(application, map=sockets, sockets=[listener])
        stopping = threading.Event()

        def run() -> None:
            while not stopping.is_set():
                wasyncore.loop(timeout=30, map=sockets, count=1)
            server.task_dispatcher.shutdown()
            wasyncore.close_all(sockets)

        thread = threading.Thread(target=run, name="pyinfer-serving", daemon=True)
        thread.start()
        try:
            yield _url(listener)
        finally:
            stopping.set()
            with suppress(OSError):  # it has woken by itself, and closed its sockets
                server.pull_trigger()
            thread.join()


def address_options(function: _Function) -> _Function:
    """``--host`` and ``--port``."""
    host = click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
    port = click.option(
        "--port",
        type=click.IntRange(0, 65535),
        default=_DEFAULT_PORT,
        show_default=True,
        help="Port to listen on; 0 takes a free one.",
    )
    return host(port(function))


@click.command(
    epilog="\b\nExamples:\n  pyinfer serve\n  pyinfer serve my-site --port 0\n"
    "  pyinfer serve my-site --allow-origin https://app.example"
)
@click.argument("folder", metavar="[DIST]", type=click.Path(path_type=Path), default=Path("dist"))
@address_options
@click.option(
    "--allow-origin",
    "allowed_origins",
    metavar="ORIGIN",
    multiple=True,
    help="Another site whose pages may load from here; * for every site. May be given more than once.",
)
@click.option(
    "--csp/--no-csp",
    default=True,
    help="Whether to send the Content-Security-Policy that nginx's configuration has.",
)
@click.option(
    "--opencv",
    type=click.Choice(CHOICES),
    default=CHOICES[0],
    help="Refuse a DIST that has not this opencv.js, as `pyinfer build --opencv` put it in; auto takes both.",
)
@click.option(
    "--isolation/--no-isolation",
    default=True,
    help="Whether to send the headers that make pages cross-origin isolated, which threads need.",
)
def command(
    *,
    folder: Path,
    host: str,
    port: int,
    allowed_origins: tuple[str, ...],
    csp: bool,
    opencv: str,
    isolation: bool,
) -> None:
    """DIST is what was built ("dist" by default); built again, it needs a restart."""
    _refuse_other_opencv(folder, opencv)
    headers = headers_of_app(
        folder, isolated=isolation, has_security_policy=csp, allowed_origins=allowed_origins
    )
    serve(folder, host, port, headers)


def _refuse_other_opencv(folder: Path, wanted: str) -> None:
    if wanted == CHOICES[0]:
        return
    try:
        manifest = json.loads((folder / MANIFEST_NAME).read_bytes())
    except FileNotFoundError:
        raise ServeError(f"{folder} has no {MANIFEST_NAME}: `pyinfer build` writes such folders") from None
    if is_own(manifest) != (wanted == "full"):
        raise ServeError(
            f"{folder} has OpenCV {words_for(manifest)}: `pyinfer build --opencv {wanted}` builds it anew"
        )


def _url(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _not_found(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    body = b"Not found\n"
    kind = "text/plain; charset=utf-8"
    start_response("404 Not Found", [("Content-Type", kind), ("Content-Length", str(len(body)))])
    return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]


def _set_content_type(headers: Headers, path: str, url: str) -> None:
    headers["Content-Type"] = media_type_of(path).content_type


def _read_only(files: Application) -> Application:
    """What nginx answers to other methods than GET and HEAD."""

    def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        method = environ["REQUEST_METHOD"]
        if method in ("GET", "HEAD"):
            return files(environ, start_response)
        status = "204 No Content" if method == "OPTIONS" else "405 Method Not Allowed"
        start_response(status, [("Allow", METHODS), *([("Content-Length", "0")] if status > "3" else [])])
        return []

    return answer


def _hide(files: WhiteNoise) -> None:
    """Serve no file whose name or folder begins with a dot, but what servers prove themselves by."""
    for url in [url for url in files.files if "/." in url.removeprefix("/.well-known/")]:
        del files.files[url]


def _serve_index_pages_in_place(files: WhiteNoise) -> None:
    """Answer ``/index.html`` with the page, as nginx does, where whitenoise would redirect to ``/``."""
    for url in [url for url in files.files if url.endswith("/index.html")]:
        files.files[url] = files.files[url.removesuffix("index.html")]


def _mounted(files: Application, extra: Mapping[str, Application]) -> Application:
    def dispatch(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "/")
        for prefix, application in extra.items():
            if path == prefix or path.startswith(prefix + "/"):
                shifted = {
                    **environ,
                    "SCRIPT_NAME": environ.get("SCRIPT_NAME", "") + prefix,
                    "PATH_INFO": path[len(prefix) :],
                }
                return application(shifted, start_response)
        return files(environ, start_response)

    return dispatch
