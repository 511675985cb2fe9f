"""Visits to pages that say by a mark when their first result is there; a profile may be visited again."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .devtools import DevTools, launched
from .processes import Processes

__all__ = ["FIRST_RESULT", "KEPT", "Link", "Tab", "Visit", "opened_tab"]

_SECONDS = 300
_QUIET_SECONDS, _QUIET_SHARE = 0.3, 0.1
#: Chromium keeps compiled code when nothing has been compiled for two seconds.
_CODE_SECONDS = 3
_ATTACHED: dict[str, Any] = {"autoAttach": True, "waitForDebuggerOnStart": True, "flatten": True}

#: Waits for a mark whose name takes the place of the sign.
_AFTER_MARK = """
async () => {
  const mark = await new Promise((resolve) => {
    new PerformanceObserver((list, observer) => {
      const found = list.getEntries().find(({ name }) => ["bench: %s", "bench: failed"].includes(name));
      if (found) {
        observer.disconnect();
        resolve(found);
      }
    }).observe({ type: "mark", buffered: true });
  });
  if (mark.name === "bench: failed") {
    throw new Error(mark.detail);
  }
  const measures = performance.getEntriesByType("measure");
  return {
    end: mark.startTime,
    spans: measures.map(({ name, startTime, duration }) => [name, startTime, startTime + duration]),
  };
}
"""
#: A function that gives when, after the navigation began, the first result was there, and what took how long.
FIRST_RESULT = _AFTER_MARK % "first result"
#: A function that waits until the browser has stored what it will need without a server.
KEPT = _AFTER_MARK % "kept"

#: Where a page itself says what took how long, and where only its progress can be told.
_OWN, _PROGRESS, _OURS = "pyinfer: ", "progress: ", "bench: "


@dataclass(frozen=True)
class Link:
    """A connection that is slower than this machine's own.

    Attributes
    ----------
    bytes_per_second : float
    latency : float
        Milliseconds.
    """

    bytes_per_second: float
    latency: float


@dataclass(frozen=True)
class Visit:
    """A page's start.

    Attributes
    ----------
    milliseconds : float
        From when the navigation began to the first result.
    spans : mapping of str to (float, float)
        What took how long, in milliseconds since then.
    """

    milliseconds: float
    spans: Mapping[str, tuple[float, float]]

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> Visit:
        """What `FIRST_RESULT` gave."""
        found: list[tuple[str, float, float]] = sorted(map(tuple, told["spans"]), key=lambda span: span[1:])
        prefix = _OWN if any(name.startswith(_OWN) for name, _, _ in found) else _PROGRESS
        spans = {
            name.partition(": ")[2]: (begin, end)
            for name, begin, end in found
            if name.startswith((prefix, _OURS))
        }
        return cls(told["end"], spans)


class Tab:
    """A page of a browser that has just been started."""

    def __init__(self, tools: DevTools, processes: Processes, link: Link | None) -> None:
        self.tools = tools
        self.processes = processes
        target = tools.call("Target.createTarget", url="about:blank")["targetId"]
        self.session: str = tools.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        if link:
            tools.on("Target.attachedToTarget", lambda event, _: self._slow_down(event["sessionId"], link))
            self._slow_down(self.session, link)
            tools.call("Target.setAutoAttach", **_ATTACHED, filter=[{"type": "service_worker"}])

    def _slow_down(self, session: str, link: Link) -> None:
        """Give the link to the page, and to each worker before it begins."""
        self.tools.post("Network.enable", session)
        self.tools.post(
            "Network.emulateNetworkConditions",
            session,
            offline=False,
            latency=link.latency,
            downloadThroughput=link.bytes_per_second,
            uploadThroughput=link.bytes_per_second,
        )
        self.tools.post("Target.setAutoAttach", session, **_ATTACHED)
        self.tools.post("Runtime.runIfWaitingForDebugger", session)

    def visit(self, url: str, script: str | None = None) -> Visit:
        """Go to a page, as soon as the browser has nothing else to do, and wait for its first result.

        Parameters
        ----------
        url : str
        script : str, optional
            JavaScript that the page runs before its own.
        """
        with self.processes.deadline(_SECONDS):
            self._wait_until_quiet()
            if script is not None:
                self.tools.call("Page.enable", self.session)
                self.tools.call("Page.addScriptToEvaluateOnNewDocument", self.session, source=script)
            self.tools.call("Page.navigate", self.session, url=url)
            return Visit.of(self.tools.evaluate(FIRST_RESULT, self.session))

    def _wait_until_quiet(self) -> None:
        """Chromium loads pages of its own when it starts, which a visitor's has done long before."""
        before = self._processor_seconds()
        while True:
            time.sleep(_QUIET_SECONDS)
            now = self._processor_seconds()
            if now - before < _QUIET_SHARE * _QUIET_SECONDS:
                return
            before = now

    def _processor_seconds(self) -> float:
        """What all of the browser's processes have used."""
        processes = self.tools.call("SystemInfo.getProcessInfo")["processInfo"]
        return sum(float(process["cpuTime"]) for process in processes)

    def stay(self) -> None:
        """Stay until the browser has kept the page's files and its compiled code."""
        with self.processes.deadline(_SECONDS):
            self.tools.evaluate(KEPT, self.session)
        time.sleep(_CODE_SECONDS)


@contextmanager
def opened_tab(profile: Path, link: Link | None = None) -> Iterator[Tab]:
    """A page of a new browser with a profile."""
    with launched(profile) as (tools, processes):
        yield Tab(tools, processes, link)
