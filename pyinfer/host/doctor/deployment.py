"""Finds the deployment at an address, or says in one line why there is none."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from urllib.parse import unquote, urljoin, urlsplit

from pyinfer.errors import DeploymentError
from pyinfer.host.bundle import MANIFEST_NAME

from .web import Answer, Web, folder_of

__all__ = ["Deployment", "find_deployment"]

_KEYS = {"pyinfer", "build", "worker", "engineRoom", "pyodide", "opencv", "onnxruntime", "sizes"}


@dataclass(frozen=True)
class Deployment:
    """What `pyinfer build` wrote, at an address.

    Attributes
    ----------
    web : Web
    base : str
        Address of its folder, with a slash at its end.
    page : Answer or None
        The page at the address that was given; None if only the runtime is there.
    manifest : dict
        The content of pyinfer.json.
    """

    web: Web
    base: str
    page: Answer | None
    manifest: dict[str, Any]

    def url(self, name: str) -> str:
        """The address of one of its files."""
        return urljoin(self.base, name)

    def path(self, name: str) -> str:
        """The URL path of one of its files, as the table of headers wants it."""
        return f"/{unquote(name)}"

    def get(self, name: str, method: str = "GET", headers: Mapping[str, str] | None = None) -> Answer:
        """One request for one of its files."""
        return self.web.get(self.url(name), method, headers)

    @property
    def origin(self) -> str:
        """Scheme, host and port."""
        address = urlsplit(self.base)
        return f"{address.scheme}://{address.netloc}"


def find_deployment(url: str, web: Web) -> Deployment:
    """Find out what there is at ``url``.

    Parameters
    ----------
    url : str
        Of a page, of its folder, or of pyinfer.json.
    web : Web

    Raises
    ------
    DeploymentError
        Nothing answers there, or it is something else.
    """
    page = web.get(url, follow=True)
    if page.status >= 500:
        raise DeploymentError(f"{url}: the server answered {_status(page)}; its log says why")
    if page.status in (401, 407):
        raise DeploymentError(f"{url}: the server wants a login ({_status(page)}), which doctor has not")
    base = folder_of(page.url)
    answer = web.get(urljoin(base, MANIFEST_NAME), follow=True)
    led = "" if _same_place(url, page.url) else f"leads to {page.url}: is a login in the way? There "
    if answer.status != 200:
        here = "" if page.status == 200 else f"the server answered {_status(page)}, and "
        place = "is" if led else "it has"
        missing = f"{place} no {MANIFEST_NAME} ({_status(answer)})"
        raise DeploymentError(f"{url} {led or 'is no deployment: '}{here}{missing}")
    try:
        manifest = json.loads(answer.body)
    except ValueError:
        kind = answer.content_type or "no type"
        said = f"{MANIFEST_NAME} is no JSON ({kind})" + (
            ": this server answers every address with a page" if kind == "text/html" else ""
        )
        raise DeploymentError(f"{url} {led or 'is no deployment: '}{said}") from None
    if not isinstance(manifest, dict) or not manifest.keys() >= _KEYS:
        missing_keys = ", ".join(sorted(_KEYS - manifest.keys())) if isinstance(manifest, dict) else "all"
        raise DeploymentError(
            f"{url} is no deployment of this pyinfer: its {MANIFEST_NAME} lacks {missing_keys}; build it anew"
        )
    is_page = page.status == 200 and page.content_type == "text/html"
    return Deployment(web, base, page if is_page else None, manifest)


def _status(answer: Answer) -> str:
    try:
        return f"{answer.status} {HTTPStatus(answer.status).phrase}"
    except ValueError:
        return str(answer.status)


def _same_place(asked: str, found: str) -> bool:
    """Whether a redirect is one of the usual kind: to HTTPS, to the folder with its slash, to www."""
    before, after = urlsplit(asked), urlsplit(found)
    hosts = [(part.hostname or "").removeprefix("www.") for part in (before, after)]
    return hosts[0] == hosts[1] and before.path.rstrip("/") == after.path.rstrip("/")
