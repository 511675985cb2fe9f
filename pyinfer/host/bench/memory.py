"""Models of many megabytes: what they take of a page's memory, and how fast they are read again.

The ratios to hand-written JavaScript that the project has set itself are of all that a page takes, as a
visitor sees it in the task manager: Python, its packages and OpenCV count against pyinfer, which the page
written by hand does without. What comes on top of the started runtime stands beside them, also in models:
that tells whether a copy of the bytes stays somewhere, whatever the other page does. (By hand it is more
than two: the engine copies a model's bytes and parses them in its heap, which never shrinks.)
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from playwright.sync_api import BrowserContext, BrowserType, Page

from pyinfer.host.build import runtime_bundle
from pyinfer.host.places import chromium
from pyinfer.host.run_browser import CHROMIUM_FLAGS

from .measurement import Machine, Measurement, Ratio, ratio
from .models import large_network, sum_network
from .pages import bench_server
from .process_memory import Memory, MemoryWatch
from .processes import Processes

__all__ = [
    "Growth",
    "Reading",
    "Site",
    "Visit",
    "Visitor",
    "first_visit_measurements",
    "first_visits",
    "growth_measurement",
    "measure_memory",
    "one_of_many",
    "reading_measurement",
    "readings",
]

ROUNDS = 3


@dataclass(frozen=True)
class Visit:
    """Memory while a page starts, makes a session of a model and goes on with it."""

    started: Memory
    peak: Memory
    steady: Memory
    answer: float  #: what the model gave

    def page_growth(self, size: int) -> tuple[float, float]:
        """What the page takes on top of the started runtime, at its peak and later, in models of a size."""
        before = self.started.page
        return (self.peak.page - before) / size, (self.steady.page - before) / size


@dataclass(frozen=True)
class Reading:
    """How fast a stored model is read, in bytes a second."""

    store: float
    database: float


@dataclass(frozen=True)
class Growth:
    """What a page takes on top of the started runtime when it has made a session."""

    peak: int
    steady: int


class Site:
    """Where models and what runs them are served.

    Attributes
    ----------
    app : dict
        The manifest of an app with these models.
    """

    def __init__(self, url: str, models: Mapping[str, bytes]) -> None:
        self.url = url
        self.sizes = {name: len(content) for name, content in models.items()}
        self.app: dict[str, Any] = {
            "name": "bench",
            "models": [_model(url, *item) for item in models.items()],
        }

    @classmethod
    @contextmanager
    def serving(cls, models: Mapping[str, bytes]) -> Iterator[Site]:
        """Serve models while the block runs."""
        with bench_server(runtime_bundle(), {"sum.onnx": sum_network(), **models}) as url:
            yield cls(url, models)

    def database_of(self, name: str) -> str:
        """The database in which a model is stored."""
        (digest,) = (model["sha256"] for model in self.app["models"] if model["name"] == name)
        return f"/pyinfer/models/{self.app['name']}/{digest}"


def _model(url: str, name: str, content: bytes) -> dict[str, Any]:
    digest = hashlib.sha256(content).hexdigest()
    return {"name": name, "url": f"{url}/made/{name}", "sha256": digest, "size": len(content)}


class Visitor:
    """A browser with a fresh profile; it has one page at a time."""

    def __init__(self, context: BrowserContext, watch: MemoryWatch, site: Site) -> None:
        self.watch = watch
        self._context = context
        self._site = site
        self._page: Page | None = None

    @classmethod
    @contextmanager
    def arriving(cls, chromium_type: BrowserType, site: Site) -> Iterator[Visitor]:
        """Start the browser, and end it."""
        processes = Processes()
        with ExitStack() as stack:
            context = chromium_type.launch_persistent_context(
                stack.enter_context(TemporaryDirectory()),
                executable_path=os.fspath(chromium()),
                args=[*CHROMIUM_FLAGS, "--js-flags=--expose-gc"],
                env={**processes.environment},
            )
            stack.callback(processes.kill)
            stack.enter_context(context)
            yield cls(context, stack.enter_context(MemoryWatch(processes)), site)

    def open(self) -> Page:
        """A new page; the one before is gone, and its process with it."""
        before, self._page = self._page or self._context.pages[0], self._context.new_page()
        before.close()
        self._page.goto(f"{self._site.url}/blank")
        return self._page

    def call(self, function: str, *args: Any) -> Any:
        """Call a function of memory.js."""
        assert self._page
        given = ", ".join(map(json.dumps, args))
        return self._page.evaluate(f"import('/bench/memory.js').then((page) => page.{function}({given}))")

    def settled(self) -> Memory:
        """Memory without garbage."""
        return self.watch.settled(self._collect_garbage)

    def _collect_garbage(self) -> None:
        assert self._page
        self._page.evaluate("() => gc()")
        for worker in self._page.workers:
            worker.evaluate("() => gc()")

    def visit(self, start: Callable[[], object], make_session: Callable[[], float]) -> Visit:
        """Start a page and have it make a session."""
        self.open()
        start()
        started = self.settled()
        answers: list[float] = []
        peak = self.watch.peak_of(lambda: answers.append(make_session()))
        return Visit(started, peak, self.settled(), answers[0])


def first_visits(chromium_type: BrowserType, site: Site, name: str) -> dict[str, Visit]:
    """A model is fetched, stored and made a session of: by pyinfer, and by hand in JavaScript."""
    with Visitor.arriving(chromium_type, site) as visitor:
        by_hand = visitor.visit(
            lambda: visitor.call("startByHand", "/made/sum.onnx"),
            lambda: visitor.call("makeSessionByHand", f"/made/{name}"),
        )
    with Visitor.arriving(chromium_type, site) as visitor:
        pyinfer = visitor.visit(
            lambda: visitor.call("startPyinfer", site.app), lambda: visitor.call("makeSession", name)
        )
    return {"pyinfer": pyinfer, "by hand": by_hand}


def readings(chromium_type: BrowserType, site: Site, name: str, rounds: int = ROUNDS) -> Reading:
    """A stored model is read by the store, and its database as it is; in turn, each in a new page."""
    size = site.sizes[name]
    store, database = [], []
    with Visitor.arriving(chromium_type, site) as visitor:
        visitor.open()
        visitor.call("startPyinfer", site.app)
        visitor.call("fetchModel", name)
        for _ in range(rounds):
            visitor.open()
            read = visitor.call("readDatabase", site.database_of(name))
            if read["bytes"] != size:
                raise RuntimeError(f"the database has {read['bytes']} bytes, not {size}")
            database.append(size * 1000 / read["milliseconds"])
            visitor.open()
            visitor.call("startPyinfer", site.app)
            store.append(size * 1000 / visitor.call("fetchModel", name))
    return Reading(median(store), median(database))


def one_of_many(chromium_type: BrowserType, site: Site, names: list[str]) -> Growth:
    """Models are stored; a later page makes a session of the first."""
    with Visitor.arriving(chromium_type, site) as visitor:
        visitor.open()
        visitor.call("startPyinfer", site.app)
        for name in names:
            visitor.call("fetchModel", name)
        visit = visitor.visit(
            lambda: visitor.call("startPyinfer", site.app), lambda: visitor.call("makeSession", names[0])
        )
    return Growth(visit.peak.page - visit.started.page, visit.steady.page - visit.started.page)


def first_visit_measurements(size: int, visits: Mapping[str, Visit]) -> Iterator[Measurement]:
    """What pages take that make a session, at the peak and later."""
    ours, theirs = visits["pyinfer"], visits["by hand"]
    growths = zip(ours.page_growth(size), theirs.page_growth(size), strict=True)
    alone = [our / their for our, their in growths]
    for index, (moment, goal) in enumerate((("peak", "at most 1.15"), ("steady", "at most 1.1"))):
        values = {name: getattr(visit, moment).page / 1e6 for name, visit in visits.items()}
        browsers = ", ".join(
            f"{name} {getattr(visit, moment).browser / 1e6:.0f} MB" for name, visit in visits.items()
        )
        grown = ", ".join(f"{name} {visit.page_growth(size)[index]:.2f}" for name, visit in visits.items())
        notes = [
            f"on top of the started runtime, in models: {grown}",
            f"in the browser's own process: {browsers}",
        ]
        ratios = [
            ratio(values, "pyinfer", "by hand", goal),
            Ratio("what comes on top alone, pyinfer / by hand", alone[index]),
        ]
        title = f"a page's memory with a model of {_megabytes(size)}, {moment} (PSS)"
        yield Measurement(title, "MB", values, ratios, notes=notes)


def reading_measurement(size: int, reading: Reading) -> Measurement:
    """How fast a model is read again."""
    values = {"the store": reading.store / 1e6, "its database": reading.database / 1e6}
    ratios = [ratio(values, "the store", "its database", "at least 0.5")]
    return Measurement(f"a stored model of {_megabytes(size)}, read in a new page", "MB/s", values, ratios)


def growth_measurement(size: int, count: int, growth: Growth) -> Measurement:
    """What a page takes of which one stored model of several is opened."""
    values = {"steady": growth.steady / 1e6, "at the peak": growth.peak / 1e6}
    ratios = [
        Ratio("steady, in models", growth.steady / size, "1"),
        Ratio("at the peak, in models", growth.peak / size),
    ]
    title = f"{count} stored models of {_megabytes(size)}, a session made of one: the page grows by"
    return Measurement(title, "MB", values, ratios)


def _megabytes(count: float) -> str:
    return f"{count / 1e6:.0f} MB"


def measure_memory(machine: Machine) -> Iterator[Measurement]:
    """What a large model takes of memory, and how fast it is read."""
    with Site.serving({"large.onnx": large_network(16, seed=0)}) as site:
        size = site.sizes["large.onnx"]
        visits = first_visits(machine.chromium_type, site, "large.onnx")
        yield from first_visit_measurements(size, visits)
        yield reading_measurement(size, readings(machine.chromium_type, site, "large.onnx"))
    names = [f"model{seed}.onnx" for seed in range(1, 6)]
    with Site.serving({name: large_network(4, seed) for seed, name in enumerate(names, 1)}) as site:
        growth = one_of_many(machine.chromium_type, site, names)
        yield growth_measurement(site.sizes[names[0]], len(names), growth)
