"""What a server answered when it was asked for a model, and whether that can be added to what is here."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

from ._progress import Progress
from ._wanted import Source

__all__ = ["Answer"]

_PASSING = frozenset({408, 425, 429, 500, 502, 503, 504})
_RANGE = re.compile(r"bytes (\d+)-\d+/(\d+|\*)")


@dataclass(frozen=True)
class Answer:
    """Status and headers.

    Attributes
    ----------
    url : str
        What was asked for.
    validator : str
        The server's name for this version of the bytes (ETag, or date); empty if it gave none.
    retry_after : float or None
        Seconds.
    length : int or None
        Bytes that will come; None if that is not known.
    is_encoded : bool
        They come compressed, so that the server's offsets are not ours.
    content_range : str
        Empty if there is none, or if the server does not show it to other origins.
    """

    url: str
    status: int
    reason: str
    type: str
    validator: str
    retry_after: float | None
    length: int | None
    is_encoded: bool
    content_range: str

    @classmethod
    def of(cls, url: str, answer: str) -> Answer:
        """What ``Storage.open`` gives."""
        value = json.loads(answer)
        return cls(
            url,
            value["status"],
            value["reason"],
            value["type"],
            value["validator"],
            value["retryAfter"],
            value["length"],
            value["isEncoded"],
            value["contentRange"],
        )

    def __str__(self) -> str:
        return f"the server answered {self.status} {self.reason}".strip()

    @property
    def may_pass(self) -> bool:
        """Another try may go better after a while."""
        return self.status in _PASSING

    @property
    def is_whole(self) -> bool:
        """All of the bytes come, from the first on."""
        return self.status in (200, 203)

    @property
    def total(self) -> int | None:
        """Bytes of the whole, of which these may be the end; None if that is not known."""
        if self.is_whole:
            return self.length
        found = _RANGE.fullmatch(self.content_range)
        return int(found[2]) if found and found[2] != "*" else None

    @property
    def is_page(self) -> bool:
        """It is a web page, which no model is, unless its address says so."""
        return "html" in self.type and not self.url.lower().endswith((".html", ".htm"))

    def continues(self, progress: Progress, source: Source) -> bool:
        """Whether the bytes that come are those after the ones that are here, of the same version.

        Without a pin the server must prove it. With one, the digest will tell: a server of another origin
        mostly shows neither ETag nor Content-Range, and mirrors name the same bytes differently.
        """
        if self.status != 206 or self.is_encoded:
            return False
        if source.sha256 is None and not (self.validator and self.content_range):
            return False
        if self.url == progress.url and self.validator != progress.validator:
            return False
        if not self.content_range:
            return True
        found = _RANGE.fullmatch(self.content_range)
        known = progress.total if source.size is None else source.size
        begins = found is not None and int(found[1]) == progress.size
        return begins and (known is None or self.total in (None, known))
