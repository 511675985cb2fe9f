"""The demo server's endpoint takes what the camera page sends it, and little else."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pyinfer.host.demo import ENDPOINTS
from pyinfer.host.demo_route import DESTINATIONS, LARGEST_PICTURE
from pyinfer.host.serve import serving

PICTURE = b"\xff\xd8\xff" + bytes(500)


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with serving(tmp_path_factory.mktemp("site"), extra=ENDPOINTS) as url:
        yield f"{url}/route"


def ask(
    url: str, body: bytes | None = PICTURE, kind: str = "image/jpeg", method: str = "POST"
) -> tuple[int, dict[str, Any], dict[str, str]]:
    request = urllib.request.Request(url, body, {"Content-Type": kind}, method=method)
    try:
        response = urllib.request.urlopen(request, timeout=20)
    except urllib.error.HTTPError as error:
        response = error
    with response:
        return response.status, json.load(response), dict(response.headers)


@pytest.mark.parametrize(("named", "to"), DESTINATIONS.items())
def test_an_object_goes_where_its_class_belongs(address: str, named: str, to: str) -> None:
    status, answer, headers = ask(f"{address}?object={named}")
    assert (status, answer) == (200, {"object": named, "to": to, "bytes": len(PICTURE)})
    assert headers["Cache-Control"] == "no-cache"
    assert "Access-Control-Allow-Origin" not in headers


@pytest.mark.parametrize(
    ("query", "body", "kind", "method", "status", "words"),
    [
        ("?object=unknown", PICTURE, "image/jpeg", "POST", 400, "must be one of book"),
        ("", PICTURE, "image/jpeg", "POST", 400, "must be one of book"),
        ("?object=cup", b"", "image/jpeg", "POST", 411, "missing"),
        ("?object=cup", bytes(LARGEST_PICTURE + 1), "image/jpeg", "POST", 413, "at most"),
        # What a page of another site could send without asking first.
        ("?object=cup", PICTURE, "text/plain", "POST", 415, "image/jpeg"),
        ("?object=cup", None, "image/jpeg", "GET", 405, "POST"),
        ("/elsewhere?object=cup", PICTURE, "image/jpeg", "POST", 404, "nothing"),
    ],
)
def test_what_it_does_not_take_is_refused_in_words(
    address: str, query: str, body: bytes | None, kind: str, method: str, status: int, words: str
) -> None:
    found, answer, _ = ask(address + query, body, kind, method)
    assert found == status
    assert words in answer["error"]


def test_other_sites_have_no_such_endpoint(tmp_path: Path) -> None:
    with serving(tmp_path) as url, pytest.raises(urllib.error.HTTPError, match="405"):
        urllib.request.urlopen(f"{url}/route?object=cup", PICTURE, timeout=20)
