"""The demo server's one endpoint, ``POST /route?object=cup``: where what a frame shows is to go.

The camera page sends it frames that its own Python has accepted, once a visitor has switched that on. The
picture is received, counted and forgotten.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import parse_qs

__all__ = ["DESTINATIONS", "LARGEST_PICTURE", "route"]

#: By the classes of ``site/models/objects.onnx``.
DESTINATIONS = {
    "book": "study",
    "bottle": "kitchen",
    "clock": "hall",
    "cup": "kitchen",
    "key": "hall",
    "lamp": "study",
    "scissors": "study",
    "spoon": "kitchen",
}
#: Bytes. A picture of 224 x 224 pixels takes a tenth.
LARGEST_PICTURE = 128 * 1024
_TYPE = "image/jpeg"


def route(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """A WSGI application: takes a JPEG picture and answers, as JSON, ``{"object", "to", "bytes"}``.

    A request that it does not take is answered with ``{"error"}``, in words.
    """

    def answer(status: str, content: dict[str, Any], *headers: tuple[str, str]) -> Iterable[bytes]:
        body = json.dumps(content).encode()
        length = ("Content-Length", str(len(body)))
        start_response(status, [("Content-Type", "application/json"), length, *headers])
        return [body]

    if environ.get("PATH_INFO"):
        return answer("404 Not Found", {"error": "there is nothing below this address"})
    if environ["REQUEST_METHOD"] != "POST":
        return answer("405 Method Not Allowed", {"error": "this address takes POST"}, ("Allow", "POST"))
    if environ.get("CONTENT_TYPE") != _TYPE:
        return answer("415 Unsupported Media Type", {"error": f"the picture must be {_TYPE}"})
    named = parse_qs(environ.get("QUERY_STRING", "")).get("object", [""])[0]
    if named not in DESTINATIONS:
        return answer("400 Bad Request", {"error": f"object must be one of {', '.join(DESTINATIONS)}"})
    length = environ.get("CONTENT_LENGTH") or "0"
    if not length.isdecimal() or int(length) == 0:
        return answer("411 Length Required", {"error": "the picture is missing, or its length"})
    if int(length) > LARGEST_PICTURE:
        return answer("413 Content Too Large", {"error": f"a picture has at most {LARGEST_PICTURE} bytes"})
    picture = environ["wsgi.input"].read(int(length))
    return answer("200 OK", {"object": named, "to": DESTINATIONS[named], "bytes": len(picture)})
