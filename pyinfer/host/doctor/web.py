"""Doctor's requests: what came, as it came."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

import httpx2

from pyinfer.errors import DeploymentError

__all__ = ["Answer", "Web", "folder_of", "is_secure"]

_ENCODINGS = "br, gzip"
_CONNECT_SECONDS = 10.0


@dataclass(frozen=True)
class Answer:
    """What a server answered.

    Attributes
    ----------
    url : str
        What was asked for, or where that led.
    status : int
    headers : httpx2.Headers
    body : bytes
        Decompressed.
    """

    url: str
    status: int
    headers: httpx2.Headers
    body: bytes

    def header(self, name: str) -> str:
        """A header's value, lower case; empty if there is none."""
        return self.headers.get(name, "").strip().lower()

    @property
    def content_type(self) -> str:
        """Without its parameters."""
        return self.header("content-type").partition(";")[0].strip()


class Web:
    """Asks one deployment's server.

    A certificate that nobody vouches for is noticed, and then put up with: there is more to be told.

    Parameters
    ----------
    timeout : float
        Seconds that a server may be silent.
    """

    def __init__(self, timeout: float) -> None:
        self._timeout = timeout
        self._client = self._make(verify=True)
        #: What is wrong with the certificate; empty if nothing is.
        self.certificate_fault = ""

    def close(self) -> None:
        """End all connections."""
        self._client.close()

    def get(
        self,
        url: str,
        method: str = "GET",
        headers: Mapping[str, str] | None = None,
        *,
        follow: bool = False,
    ) -> Answer:
        """One request.

        Raises
        ------
        DeploymentError
            There is no answer.
        """
        with self.stream(url, method, headers, follow=follow) as response:
            try:
                response.read()
                body = response.content
            except httpx2.DecodingError:
                body = b""
            return Answer(str(response.url), response.status_code, response.headers, body)

    @contextmanager
    def stream(
        self,
        url: str,
        method: str = "GET",
        headers: Mapping[str, str] | None = None,
        *,
        follow: bool = False,
    ) -> Iterator[httpx2.Response]:
        """As `get`, of a body that may be large.

        Raises
        ------
        DeploymentError
            There is no answer, or it broke off.
        """
        sent = {"Accept-Encoding": _ENCODINGS, **(headers or {})}
        try:
            with self._open(url, method, sent, follow) as response:
                yield response
        except httpx2.DecodingError:
            raise
        except httpx2.TooManyRedirects:
            raise DeploymentError(f"{url} redirects in circles") from None
        except (httpx2.HTTPError, httpx2.InvalidURL) as error:
            raise DeploymentError(f"{url}: {_reason(error, self._timeout)}") from error

    @contextmanager
    def _open(
        self, url: str, method: str, headers: Mapping[str, str], follow: bool
    ) -> Iterator[httpx2.Response]:
        try:
            entered = self._client.stream(method, url, headers=headers, follow_redirects=follow)
            response = entered.__enter__()
        except httpx2.ConnectError as error:
            if self.certificate_fault or not isinstance(_root(error), ssl.SSLCertVerificationError):
                raise
            self.certificate_fault = getattr(_root(error), "verify_message", "") or "nobody vouches for it"
            self._client.close()
            self._client = self._make(verify=False)
            entered = self._client.stream(method, url, headers=headers, follow_redirects=follow)
            response = entered.__enter__()
        try:
            yield response
        finally:
            response.close()

    def _make(self, *, verify: bool) -> httpx2.Client:
        timeout = httpx2.Timeout(self._timeout, connect=min(self._timeout, _CONNECT_SECONDS))
        return httpx2.Client(timeout=timeout, verify=verify, headers={"User-Agent": "pyinfer-doctor"})


def is_secure(url: str) -> bool:
    """Whether browsers count the address as a secure context."""
    address = urlsplit(url)
    host = address.hostname or ""
    local = host in ("localhost", "::1") or host.endswith(".localhost") or host.startswith("127.")
    return address.scheme == "https" or local


def folder_of(url: str) -> str:
    """The folder that an address lies in, with a slash at its end."""
    return urljoin(url.partition("#")[0].partition("?")[0], ".")


def _root(error: BaseException) -> BaseException:
    while error.__cause__ or error.__context__:
        error = error.__cause__ or error.__context__ or error
    return error


def _reason(error: Exception, timeout: float) -> str:
    root = _root(error)
    if isinstance(error, httpx2.TimeoutException):
        return f"no answer within {timeout:g} s"
    if isinstance(root, socket.gaierror):
        return "there is no host of that name"
    if isinstance(root, ConnectionRefusedError):
        return "nothing listens there (connection refused)"
    if isinstance(root, ssl.SSLError):
        return f"no HTTPS is spoken there ({root.reason})"
    return f"{type(error).__name__}: {error or 'the connection broke'}"
