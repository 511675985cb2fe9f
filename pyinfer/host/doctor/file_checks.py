"""What is said of every file: that it is there and whole, its type, its headers, caching, compression."""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable, Iterator, Sequence

from pyinfer.host.headers import CACHE_CONTROL, ISOLATION, is_immutable, media_type_of

from .deployment import Deployment
from .findings import Finding, fault, files_said, note, ok
from .served_files import ServedFile

__all__ = ["check_files"]

#: Browsers insist on these types: they run no script, show no page, and compile nothing while it streams.
_STRICT = frozenset(("html", "css", "js", "mjs", "json", "wasm", "svg"))
_SCRIPT_TYPES = frozenset(("text/javascript", "application/javascript"))
_LONG_SECONDS = 30 * 24 * 3600
_WORTHWHILE_BYTES = 1500
_WORTHWHILE = 0.8


def check_files(deployment: Deployment, files: Sequence[ServedFile]) -> Iterator[Finding]:
    """Findings about the files of a deployment.

    Parameters
    ----------
    deployment : Deployment
    files : sequence of ServedFile
        All of them.
    """
    yield from _integrity(files)
    there = [file for file in files if file.answer.status == 200]
    whole = [file for file in there if file.is_intact is not False or file.is_double]
    yield from _media_types(there)
    yield from _isolation(deployment, there)
    yield from _resource_policy(there)
    yield from _caching(deployment, there)
    yield from _compression(whole)


def _names(files: Sequence[ServedFile], wrong: Callable[[ServedFile], bool]) -> list[str]:
    return [file.name for file in files if wrong(file)]


def _integrity(files: Sequence[ServedFile]) -> Iterator[Finding]:
    item = "integrity"
    missing = _names(files, lambda file: file.answer.status != 200)
    if missing:
        statuses = sorted({file.answer.status for file in files if file.answer.status != 200})
        told = ", ".join(map(str, statuses))
        yield fault(item, "missing", f"{files_said(missing)}: the server answers {told}", missing)
    changed = _names(
        files, lambda file: file.answer.status == 200 and file.is_intact is False and not file.is_double
    )
    if changed:
        yield fault(
            item, "changed", f"{files_said(changed)}: other bytes than `pyinfer build` wrote", changed
        )
    if not missing and not changed:
        proven = sum(file.is_intact is True for file in files)
        total = sum(file.size for file in files)
        yield ok(
            item, f"{proven} of {len(files)} files, {total / 1e6:.1f} MB, have the SHA-256 they must have"
        )


def _media_types(files: Sequence[ServedFile]) -> Iterator[Finding]:
    def is_wrong(file: ServedFile) -> bool:
        suffix = file.name.rpartition(".")[2].lower()
        wanted = media_type_of(file.name).content_type.partition(";")[0]
        found = file.answer.content_type
        if suffix not in _STRICT or found == wanted:
            return False
        return not (wanted in _SCRIPT_TYPES and found in _SCRIPT_TYPES)

    wrong = [file for file in files if is_wrong(file)]
    for suffix in sorted({file.name.rpartition(".")[2] for file in wrong}):
        alike = [file for file in wrong if file.name.endswith(f".{suffix}")]
        found = alike[0].answer.content_type or "no type"
        names = [file.name for file in alike]
        wanted = media_type_of(names[0]).content_type
        yield fault(
            "media types", f"type-{suffix}", f"{files_said(names)}: {found} instead of {wanted}", names
        )
    unguarded = _names(files, lambda file: file.answer.header("x-content-type-options") != "nosniff")
    if unguarded:
        yield fault(
            "media types",
            "nosniff",
            f"{files_said(unguarded)}: no X-Content-Type-Options: nosniff",
            unguarded,
        )
    if not wrong and not unguarded:
        yield ok("media types", f"{len(files)} files come under their types, and no browser may guess others")


def _isolation(deployment: Deployment, files: Sequence[ServedFile]) -> Iterator[Finding]:
    item = "isolation headers"
    page = deployment.page
    opener, embedder = (name.lower() for name in ISOLATION)
    found = True
    if page is not None and page.header(opener) != "same-origin":
        found = False
        said = page.header(opener) or "not there"
        yield fault(item, "coop", f"the page's Cross-Origin-Opener-Policy is {said}: it gets no threads")
    answers = {"the page": page} if page is not None else {}
    answers |= {file.name: file.answer for file in files if file.name.endswith((".js", ".mjs", ".html"))}
    allowed = ("require-corp", "credentialless")
    without = [name for name, answer in answers.items() if answer.header(embedder) not in allowed]
    if without:
        found = False
        yield fault(
            item,
            "coep",
            f"{files_said(without)}: no Cross-Origin-Embedder-Policy: require-corp, so no threads",
            without,
        )
    if found:
        yield ok(item, "COOP on the page, COEP on it and on every script")


def _resource_policy(files: Sequence[ServedFile]) -> Iterator[Finding]:
    item, header = "resource policy", "cross-origin-resource-policy"
    allowed = ("same-origin", "same-site", "cross-origin")
    without = _names(files, lambda file: file.answer.header(header) not in allowed)
    if without:
        yield fault(item, "corp", f"{files_said(without)}: no Cross-Origin-Resource-Policy", without)
    else:
        found = sorted({file.answer.header(header) for file in files})
        yield ok(item, f"Cross-Origin-Resource-Policy is {', '.join(found)}")


def _caching(deployment: Deployment, files: Sequence[ServedFile]) -> Iterator[Finding]:
    item = "caching"
    wrong_hashed, wrong_named = [], []
    for file in files:
        value = file.answer.header("cache-control")
        if is_immutable(deployment.path(file.name)):
            if "immutable" not in value or _seconds(value) < _LONG_SECONDS:
                wrong_hashed.append(file.name)
        elif not _is_asked_each_time(value):
            wrong_named.append(file.name)
    if wrong_hashed:
        yield fault(
            item,
            "not-immutable",
            f"{files_said(wrong_hashed)}: these never change, but browsers ask for them again",
            wrong_hashed,
        )
    if wrong_named:
        yield fault(
            item,
            "stale",
            f"{files_said(wrong_named)}: browsers may keep these without asking, and miss the next build",
            wrong_named,
        )
    if not wrong_hashed and not wrong_named:
        yield ok(item, f"hashed files are {CACHE_CONTROL[True]}, the others {CACHE_CONTROL[False]}")


def _seconds(cache_control: str) -> int:
    found = re.search(r"max-age=(\d+)", cache_control)
    return int(found[1]) if found else 0


def _is_asked_each_time(cache_control: str) -> bool:
    return bool(re.search(r"no-cache|no-store|max-age=0\b", cache_control))


def _compression(files: Sequence[ServedFile]) -> Iterator[Finding]:
    item = "compression"
    encodings = {file.name: file.answer.header("content-encoding") for file in files}
    double = _names(files, lambda file: file.is_double)
    if double:
        yield fault(item, "double", f"{files_said(double)}: compressed twice", double)
    plain = [file for file in files if not encodings[file.name] and _compresses(file)]
    if plain:
        names = [file.name for file in sorted(plain, key=lambda file: -file.size)]
        total = sum(file.size for file in plain)
        yield fault(
            item, "uncompressed", f"{files_said(names)}: {total / 1e6:.1f} MB come uncompressed", names
        )
    mixed = [
        file.name
        for file in files
        if encodings[file.name] and "accept-encoding" not in file.answer.header("vary")
    ]
    if mixed:
        yield fault(
            item,
            "vary-encoding",
            f"{files_said(mixed)}: no Vary: Accept-Encoding, so a cache gives it to who cannot read it",
            mixed,
        )
    if not double and not plain and not mixed:
        used = sorted(set(encodings.values()) - {""})
        yield ok(item, f"what compresses comes compressed ({', '.join(used) or 'nothing does'})")
    if "gzip" in encodings.values() and "br" not in encodings.values():
        yield note(item, "gzip only: Brotli's files, which are there too, are smaller", "gzip-only")


def _compresses(file: ServedFile) -> bool:
    """Whether a compressed variant would be worth its place."""
    if not media_type_of(file.name).compress or len(file.sample) < _WORTHWHILE_BYTES:
        return False
    return len(gzip.compress(file.sample, 6)) < len(file.sample) * _WORTHWHILE
