"""Reads Content-Security-Policies: what they allow together, in headers and in a page."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from html.parser import HTMLParser
from urllib.parse import urlsplit

from .web import Answer

__all__ = ["Policies", "policies_of"]

#: Which directive counts where one is not there.
_FALLBACKS = {
    "script-src": ("script-src", "default-src"),
    "script-src-elem": ("script-src-elem", "script-src", "default-src"),
    "worker-src": ("worker-src", "child-src", "script-src", "default-src"),
    "connect-src": ("connect-src", "default-src"),
    "style-src": ("style-src", "default-src"),
}
_ANYWHERE = frozenset(("*", "http:", "https:", "data:", "blob:"))
_STRICTER = re.compile(r"'(nonce|sha256|sha384|sha512)-")

Policy = Mapping[str, Sequence[str]]


class Policies:
    """All of a response's policies: what one of them forbids is forbidden.

    Parameters
    ----------
    texts : iterable of str
        One policy each.
    """

    def __init__(self, texts: Iterable[str]) -> None:
        self._policies = [policy for policy in map(_parse, texts) if policy]

    def __bool__(self) -> bool:
        return bool(self._policies)

    def allow_origin(self, directive: str, origin: str, *, own: bool = False) -> bool:
        """Whether something may come from ``origin``, which may be the response's own."""
        return all(
            sources is None or any(_matches(source, origin, own) for source in sources)
            for sources in self._sources(directive)
        )

    def allow_word(self, directive: str, *words: str) -> bool:
        """Whether every policy has one of these, such as ``'unsafe-eval'``."""
        return all(sources is None or {*words} & {*sources} for sources in self._sources(directive))

    def allow_inline_scripts(self) -> bool:
        """Whether a script that stands in the page runs, whoever wrote it there."""
        return all(
            sources is None or ("'unsafe-inline'" in sources and not any(map(_STRICTER.match, sources)))
            for sources in self._sources("script-src-elem")
        )

    def scripts_from_anywhere(self) -> list[str]:
        """The sources that let every site give scripts; "everything" where no policy is about scripts."""
        found: list[set[str]] = []
        for sources in self._sources("script-src-elem"):
            found.append({"everything"} if sources is None else {*sources} & _ANYWHERE)
        return sorted(set.union(*found)) if found and all(found) else []

    def _sources(self, directive: str) -> list[Sequence[str] | None]:
        chain = _FALLBACKS[directive]
        return [next((policy[name] for name in chain if name in policy), None) for policy in self._policies]


def policies_of(answer: Answer) -> Policies:
    """The policies of a response; of a page, those that stand in it, too."""
    texts = [
        text for value in answer.headers.get_list("content-security-policy") for text in value.split(",")
    ]
    if answer.content_type == "text/html":
        reader = _MetaReader()
        reader.feed(answer.body.decode("utf-8", "replace"))
        texts += reader.policies
    return Policies(texts)


class _MetaReader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.policies: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if tag == "meta" and (found.get("http-equiv") or "").lower() == "content-security-policy":
            self.policies.append(found.get("content") or "")


def _parse(text: str) -> Policy:
    policy: dict[str, Sequence[str]] = {}
    for part in text.split(";"):
        words = part.split()
        if words:
            policy.setdefault(words[0].lower(), tuple(word.lower() for word in words[1:]))
    return policy


def _matches(source: str, origin: str, own: bool) -> bool:
    """Whether a source expression of a policy matches an origin."""
    if source == "'self'":
        return own
    wanted = urlsplit(origin)
    if source == "*":
        return wanted.scheme in ("http", "https")
    if source.endswith(":"):
        return source[:-1] == wanted.scheme
    if source.startswith("'"):
        return False
    scheme, separator, rest = source.partition("://")
    if not separator:
        scheme, rest = "", source
    host, _, port = rest.partition("/")[0].partition(":")
    name = wanted.hostname or ""
    fits = name.endswith(host[1:]) if host.startswith("*.") else name == host
    default = {"http": 80, "https": 443}.get(wanted.scheme)
    own_port = wanted.port or default
    return (
        fits
        and (not scheme or scheme == wanted.scheme or (scheme, wanted.scheme) == ("http", "https"))
        and (port == "*" or (int(port) if port.isdigit() else default) == own_port)
    )
