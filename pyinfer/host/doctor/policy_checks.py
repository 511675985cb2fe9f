"""Whether the Content-Security-Policies let the engines work, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator

from pyinfer.host.connect_origins import origins_of_models
from pyinfer.host.opencv.carried import is_own

from .deployment import Deployment
from .findings import Finding, fault, note, ok
from .policies import Policies, policies_of

__all__ = ["check_policies"]

_ITEM = "security policy"
_EVAL = "'unsafe-eval'"
_WASM = "'wasm-unsafe-eval'"


def check_policies(deployment: Deployment) -> Iterator[Finding]:
    """Findings about the policies of page, worker and service worker."""
    worker = policies_of(deployment.get(deployment.manifest["worker"]))
    found = [
        *_page(deployment),
        *_worker(deployment, worker),
        *_threads(deployment),
        *_service_worker(deployment),
    ]
    yield from found
    if not any(finding.status == "fault" for finding in found):
        yield ok(_ITEM, "strict on the page; in the worker the engines may do what they need")


def _page(deployment: Deployment) -> Iterator[Finding]:
    if deployment.page is None:
        return
    policies = policies_of(deployment.page)
    if not policies:
        yield fault(_ITEM, "no-policy", "the page has no Content-Security-Policy")
        return
    if policies.allow_inline_scripts():
        yield fault(_ITEM, "inline", "the page runs inline scripts, whoever may have put them there")
    anywhere = [source for source in policies.scripts_from_anywhere() if source != "everything"]
    if anywhere:
        yield fault(_ITEM, "scripts-anywhere", f"the page runs scripts from anywhere: {' '.join(anywhere)}")
    if policies.allow_word("script-src", _EVAL) and not policies.allow_inline_scripts():
        yield note(_ITEM, 'the page may make code (unsafe-eval): only `thread: "main"` needs that', "eval")
    own = {
        "script-src-elem": "its own scripts",
        "worker-src": "pyinfer's worker",
        "connect-src": "files of the deployment",
    }
    forbidden = {name: what for name, what in own.items() if not _allows_own(deployment, policies, name)}
    for name, what in forbidden.items():
        directive = name.removesuffix("-elem")
        yield fault(_ITEM, f"page-{directive}", f"the page's {directive} keeps out {what}")


def _worker(deployment: Deployment, policies: Policies) -> Iterator[Finding]:
    name = deployment.manifest["worker"]
    if not policies:
        if deployment.page is not None and policies_of(deployment.page):
            yield fault(
                _ITEM,
                "no-worker-policy",
                f"{name} has no Content-Security-Policy: a worker has not its page's",
                [name],
            )
        return
    may_make_code = policies.allow_word("script-src", _EVAL)
    if is_own(deployment.manifest):
        if may_make_code:
            yield note(_ITEM, f"{name} has {_EVAL}, which no engine of this build needs", "spare-eval")
    elif not may_make_code:
        yield fault(
            _ITEM, "worker-eval", f"{name} has no {_EVAL}, without which opencv.js does not start", [name]
        )
    if not policies.allow_word("script-src", _WASM, _EVAL):
        yield fault(
            _ITEM,
            "worker-wasm",
            f"{name} has no {_WASM}, which Pyodide and onnxruntime-web need",
            [name],
        )
    for directive, what in (
        ("script-src-elem", "the engines"),
        ("worker-src", "onnxruntime-web's threads"),
        ("connect-src", "files of the deployment"),
    ):
        if not _allows_own(deployment, policies, directive):
            directive = directive.removesuffix("-elem")
            yield fault(_ITEM, f"worker-{directive}", f"{name}: its {directive} keeps out {what}", [name])
    kept_out = [
        origin
        for origin in origins_of_models(deployment.manifest)
        if not policies.allow_origin("connect-src", origin, own=origin == deployment.origin)
    ]
    if kept_out:
        said = ", ".join(kept_out)
        yield fault(
            _ITEM, "worker-models", f"{name}: its connect-src keeps out the app's models at {said}", kept_out
        )


def _threads(deployment: Deployment) -> Iterator[Finding]:
    """Of which Chromium asks nothing; Firefox would wait for them for ever."""
    name = deployment.manifest["onnxruntime"]["module"]
    if not policies_of(deployment.get(name)).allow_word("script-src", _WASM, _EVAL):
        yield fault(
            _ITEM, "threads-wasm", f"{name} has no {_WASM}, without which Firefox starts no threads", [name]
        )


def _service_worker(deployment: Deployment) -> Iterator[Finding]:
    name = deployment.manifest.get("serviceWorker")
    if name and not _allows_own(deployment, policies_of(deployment.get(name)), "connect-src"):
        yield fault(
            _ITEM, "service-worker", f"{name}: its connect-src keeps out the files it is to store", [name]
        )


def _allows_own(deployment: Deployment, policies: Policies, directive: str) -> bool:
    return policies.allow_origin(directive, deployment.origin, own=True)
