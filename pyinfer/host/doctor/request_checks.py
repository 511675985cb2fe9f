"""What shows only when it is asked for: ranges, other sites, methods, what is missing or hidden."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from urllib.parse import urlsplit

from pyinfer.errors import DeploymentError
from pyinfer.host.bundle import MANIFEST_NAME
from pyinfer.host.headers import HASH_LENGTH

from .deployment import Deployment
from .findings import Finding, fault, note, ok
from .served_files import ServedFile
from .web import Answer, is_secure

__all__ = ["check_requests"]

_STRANGER = "https://stranger.pyinfer-doctor.example"
_MISSING = f"pyinfer/missing.{'0' * HASH_LENGTH}.js"
_HIDDEN = (".git/config", ".git/HEAD", ".env", ".htpasswd")
_RANGE = 100


def check_requests(deployment: Deployment, files: Sequence[ServedFile]) -> Iterator[Finding]:
    """Findings from requests that no page makes, or not every one.

    Parameters
    ----------
    deployment : Deployment
    files : sequence of ServedFile
        All its files.
    """
    yield from _secure(deployment)
    yield from _ranges(deployment, files)
    yield from _revalidation(deployment)
    yield from _other_sites(deployment)
    yield from _models_elsewhere(deployment)
    yield from _methods(deployment)
    yield from _missing(deployment)
    yield from _hidden(deployment)
    yield from _version(deployment)


def _secure(deployment: Deployment) -> Iterator[Finding]:
    item = "secure context"
    if not is_secure(deployment.base):
        yield fault(
            item, "insecure", "plain HTTP: browsers give no threads, no service worker, no stored models"
        )
    elif deployment.web.certificate_fault:
        yield fault(
            item, "certificate", f"browsers refuse the certificate: {deployment.web.certificate_fault}"
        )
    else:
        yield ok(item, "HTTPS" if deployment.base.startswith("https:") else "this machine itself")


def _ranges(deployment: Deployment, files: Sequence[ServedFile]) -> Iterator[Finding]:
    item = "ranges"
    there = [file for file in files if file.answer.status == 200 and file.size > _RANGE]
    models = [file for file in there if file.name.endswith((".onnx", ".ort", ".data", ".bin"))]
    if not there:
        return
    file = max(models or there, key=lambda each: each.size)
    answer = deployment.get(
        file.name, headers={"Range": f"bytes=0-{_RANGE - 1}", "Accept-Encoding": "identity"}
    )
    wanted = f"bytes 0-{_RANGE - 1}/{file.size}"
    encoding = answer.header("content-encoding")
    if answer.status == 206 and answer.header("content-range") == wanted and not encoding:
        yield ok(item, "a download that breaks off goes on where it was")
    else:
        yield fault(
            item,
            "no-ranges",
            f"{file.name}: asked for a part, the server answers {answer.status}: "
            "a download that breaks off begins anew",
            [file.name],
        )


def _revalidation(deployment: Deployment) -> Iterator[Finding]:
    item = "revalidation"
    answer = deployment.get(MANIFEST_NAME)
    tag, date = (answer.headers.get(name, "") for name in ("etag", "last-modified"))
    conditions = {"If-None-Match": tag} if tag else {"If-Modified-Since": date} if date else {}
    if conditions and deployment.get(MANIFEST_NAME, headers=conditions).status == 304:
        yield ok(item, "what has not changed is answered with 304")
    else:
        yield fault(
            item, "no-304", "unchanged files are sent again at each visit: no ETag, or it is not heeded"
        )


def _other_sites(deployment: Deployment) -> Iterator[Finding]:
    item = "other sites"
    answer = deployment.get(MANIFEST_NAME, headers={"Origin": _STRANGER})
    allowed = answer.header("access-control-allow-origin")
    trusted = answer.header("access-control-allow-credentials") == "true"
    if allowed == "*" and trusted:
        yield fault(item, "star-credentials", "CORS: * together with credentials, which browsers refuse")
    elif allowed == _STRANGER and trusted:
        yield fault(
            item, "any-credentials", "CORS: every site may read what its visitors are logged in for here"
        )
    elif allowed == _STRANGER and "origin" not in answer.header("vary"):
        yield fault(
            item, "vary-origin", "CORS answers differ by site without Vary: Origin: caches mix them up"
        )
    elif allowed in ("*", _STRANGER):
        yield note(item, "CORS: pages of every site may load from here (without cookies)")
    else:
        yield ok(item, "CORS: pages of sites that are not named may not load from here")


def _models_elsewhere(deployment: Deployment) -> Iterator[Finding]:
    item = "models elsewhere"
    app = deployment.manifest.get("app") or {}
    for model in app.get("models", ()):
        url = model["url"]
        if not urlsplit(url).netloc or model.get("shards"):
            continue
        asked = {"Origin": deployment.origin, "Range": "bytes=0-0"}
        try:
            answer = deployment.web.get(url, headers=asked, follow=True)
        except DeploymentError as error:
            yield fault(item, "model-absent", str(error), [url])
            continue
        allowed = answer.header("access-control-allow-origin")
        if answer.status not in (200, 206):
            yield fault(item, "model-absent", f"{url}: that server answers {answer.status}", [url])
        elif allowed not in ("*", deployment.origin) and not url.startswith(f"{deployment.origin}/"):
            yield fault(
                item, "model-cors", f"{url}: that server's CORS does not let this site load it", [url]
            )
        else:
            yield ok(item, f"{model['name']} may be loaded from {urlsplit(url).netloc}")


def _methods(deployment: Deployment) -> Iterator[Finding]:
    status = deployment.get(MANIFEST_NAME, "POST").status
    if 400 <= status < 500:
        yield ok("methods", "nothing can be sent here")
    else:
        yield fault("methods", "methods", f"POST is answered with {status}, though there is nothing to send")


def _missing(deployment: Deployment) -> Iterator[Finding]:
    item = "missing files"
    answer = deployment.get(_MISSING)
    if answer.status < 400:
        yield fault(
            item,
            "fallback",
            f"a file that is not there is answered with {answer.status} {answer.content_type}",
        )
    elif "immutable" in answer.header("cache-control"):
        yield fault(item, "missing-cached", "browsers keep a 404 for as long as the file itself")
    else:
        yield ok(item, f"answered with {answer.status}, and not kept")


def _hidden(deployment: Deployment) -> Iterator[Finding]:
    item = "hidden files"
    absent = deployment.get(_MISSING)
    shown = [name for name in _HIDDEN if _differs(deployment.get(name), absent)]
    if shown:
        yield fault(item, "hidden", f"{', '.join(shown)} can be read by everybody", shown)
    listing = deployment.get("pyinfer/")
    listed = listing.status == 200 and b'href="' in listing.body and b"worker." in listing.body
    if listed:
        yield fault(item, "listing", "the folder pyinfer/ is listed", ["pyinfer/"])
    if not shown and not listed:
        yield ok(item, "none can be read, and no folder is listed")


def _differs(answer: Answer, absent: Answer) -> bool:
    """Whether something is there that is not what every address is answered with."""
    return answer.status == 200 and (absent.status != 200 or answer.body != absent.body)


def _version(deployment: Deployment) -> Iterator[Finding]:
    item = "server"
    answer = deployment.get(_MISSING)
    said = [answer.headers.get(name, "") for name in ("server", "x-powered-by")]
    told = [text for text in said if re.search(r"\d", text)]
    if told:
        yield fault(item, "version", f"tells everybody its version: {', '.join(told)}")
    else:
        yield ok(item, "does not tell its version")
