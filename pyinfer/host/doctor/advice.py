"""What mends each fault: the lines of nginx's configuration, or what to do where that is not nginx's."""

from __future__ import annotations

from dataclasses import dataclass

from pyinfer.host.content_security_policy import PAGE, STRICT_WORKER, THREADS, WORKER, policy_of
from pyinfer.host.headers import CACHE_CONTROL, HASHED_PATH, ISOLATION, STATIC, media_type_of

from .findings import Finding

__all__ = ["Advice", "advice_for"]


@dataclass(frozen=True)
class Advice:
    """How to mend a fault.

    Attributes
    ----------
    nginx : str
        Lines of nginx's configuration; empty where it is not to blame.
    otherwise : str
        What to do with another server, or at all.
    """

    nginx: str
    otherwise: str


def _header(name: str, value: str) -> Advice:
    return Advice(f'add_header {name} "{value}" always;', f"send `{name}: {value}` with every answer")


def _policy(where: str, value: str) -> Advice:
    """As in nginx/pyinfer-http.conf, by which each file has its own."""
    return Advice(
        "include pyinfer/pyinfer-http.conf;    # in the http block\n"
        "include pyinfer/pyinfer.conf;         # in the server block",
        f"send with {where} `Content-Security-Policy: {value}`",
    )


def _worker_policy(text: str) -> Advice:
    return _policy("the worker's script", text)


_PAGE_POLICY = _policy("pages", PAGE.text())
_REBUILD = Advice("", "copy the folder that `pyinfer build` wrote once more, as a whole")

_ADVICE = {
    "coop": _header("Cross-Origin-Opener-Policy", ISOLATION["Cross-Origin-Opener-Policy"]),
    "coep": _header("Cross-Origin-Embedder-Policy", ISOLATION["Cross-Origin-Embedder-Policy"]),
    "corp": _header("Cross-Origin-Resource-Policy", STATIC["Cross-Origin-Resource-Policy"]),
    "nosniff": _header("X-Content-Type-Options", STATIC["X-Content-Type-Options"]),
    "vary-origin": _header("Vary", STATIC["Vary"]),
    "vary-encoding": Advice("gzip_vary on;", "send `Vary: Accept-Encoding` with whatever comes compressed"),
    "star-credentials": Advice(
        'map $http_origin $pyinfer_origin_access { default ""; "https://app.example" "credentials"; }',
        "answer the very origin that asked, if it is one you name; `*` never goes with credentials",
    ),
    "any-credentials": Advice(
        'map $http_origin $pyinfer_origin_access { default ""; "https://app.example" "credentials"; }',
        "send `Access-Control-Allow-Credentials` only to origins that you name",
    ),
    "not-immutable": Advice(
        f'location ~ "{HASHED_PATH}" {{ add_header Cache-Control "{CACHE_CONTROL[True]}"; }}',
        f"send `Cache-Control: {CACHE_CONTROL[True]}` with files that have a hash in their path",
    ),
    "stale": Advice(
        f'add_header Cache-Control "{CACHE_CONTROL[False]}";',
        f"send `Cache-Control: {CACHE_CONTROL[False]}` with files that have no hash in their path",
    ),
    "no-304": Advice("etag on;", "send an ETag, and answer If-None-Match"),
    "uncompressed": Advice(
        "gzip_static on;\nbrotli_static on;    # with its module",
        "serve the .br and .gz files that `pyinfer build` wrote beside each file",
    ),
    "gzip-only": Advice(
        "brotli_static on;    # Debian: libnginx-mod-http-brotli-static", "serve the .br files, too"
    ),
    "double": Advice(
        "gzip off;",
        "serve the .br and .gz files as they are, with their Content-Encoding, and compress no more",
    ),
    "no-ranges": Advice("max_ranges 1;", "answer `Range` with 206, as servers of plain files do"),
    "methods": Advice(
        'if ($request_method !~ "^(GET|HEAD)$") { return 405; }',
        "refuse all methods but GET, HEAD and OPTIONS",
    ),
    "fallback": Advice(
        "try_files $uri $uri/ =404;", "answer what is not there with 404, not with the page of an app"
    ),
    "missing-cached": Advice(
        f'add_header Cache-Control "{CACHE_CONTROL[True]}";    # without `always`',
        "send no Cache-Control with errors",
    ),
    "hidden": Advice(
        'location ~ "/\\.(?!well-known/)" { return 404; }', "do not serve names that begin with a dot"
    ),
    "listing": Advice("autoindex off;", "do not list folders"),
    "version": Advice("server_tokens off;", "take the version out of the header `Server`"),
    "no-policy": _PAGE_POLICY,
    "inline": _PAGE_POLICY,
    "scripts-anywhere": _PAGE_POLICY,
    "spare-eval": _worker_policy(STRICT_WORKER.text()),
    "threads-wasm": _policy("onnxruntime-web's script", THREADS.text()),
    "insecure": Advice(
        "listen 443 ssl http2;\nssl_certificate ...;    # nginx/pyinfer-site.conf is a whole site",
        "serve it by HTTPS",
    ),
    "certificate": Advice(
        "ssl_certificate ...;    # the whole chain, from an authority that browsers know",
        "take a certificate for this very name from an authority that browsers know",
    ),
    "missing": Advice("root ...;    # the folder that `pyinfer build` wrote", _REBUILD.otherwise),
    "changed": _REBUILD,
    "mixed-builds": _REBUILD,
    "no-service-worker": _REBUILD,
    "model-absent": Advice(
        "", "put the model where the app's pyproject.toml says, or change that and build anew"
    ),
    "model-cors": Advice(
        'add_header Access-Control-Allow-Origin "THIS SITE" always;    # at that server',
        "have that server send `Access-Control-Allow-Origin` with this site's origin",
    ),
    "page-failed": Advice("", "open the page and look at the browser's console"),
    "engines": Advice("", "mend the faults above first; else report what it says"),
    "not-isolated": Advice(
        "\n".join(f'add_header {name} "{value}" always;' for name, value in ISOLATION.items()),
        "send these headers with every answer",
    ),
    "one-thread": Advice(
        f'add_header Cross-Origin-Embedder-Policy "{ISOLATION["Cross-Origin-Embedder-Policy"]}" always;',
        "send COEP with every script, too",
    ),
    "not-offline": Advice("", "mend the faults above first: the service worker stores whole builds only"),
}


def advice_for(finding: Finding) -> Advice | None:
    """What mends a fault, or would better what a note tells; None where there is nothing to do."""
    if finding.name == "worker-models":
        origins = " ".join(finding.files)
        return Advice(
            f'map $host $pyinfer_connect_origins {{ default "{origins}"; }}    # pyinfer-origins.conf',
            f"add {origins} to connect-src in the policy of the worker's script",
        )
    if finding.name.startswith("type-"):
        suffix = finding.name.removeprefix("type-")
        kind = media_type_of(f"a.{suffix}").content_type
        return Advice(f'types {{ "{kind}" {suffix}; }}', f"send .{suffix} files as `Content-Type: {kind}`")
    if finding.name.startswith(("worker-", "no-worker-")):
        return _worker_policy(policy_of(f"/{finding.files[0]}") if finding.files else WORKER.text())
    if finding.name.startswith("service-worker"):
        return _PAGE_POLICY
    if finding.name.startswith("page-") and finding.name != "page-failed":
        return _PAGE_POLICY
    return _ADVICE.get(finding.name)
