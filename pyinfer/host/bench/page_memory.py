"""Who takes a page's memory: the mappings of its process, told apart by what the page says of itself."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from .measurement import Measurement
from .process_memory import MemoryWatch, kinds_below, proportional_bytes
from .start_site import APP, StartSite
from .start_visit import Tab, opened_tab

__all__ = ["MappedMemory", "PageFacts", "mapped_memories", "measure_page_memory", "owners"]

_LARGEST = 3
_PAGE = os.sysconf("SC_PAGE_SIZE")

#: Has a worker remember the WebAssembly memories of what it instantiates, by the address of the file.
_REMEMBER_MEMORIES = """
() => {
  const { Instance, Memory, compileStreaming, instantiate, instantiateStreaming } = WebAssembly;
  const addresses = new WeakMap();
  const found = (globalThis.benchMemories = new Map());
  const remember = (instance, imports, address) => {
    const tables = [instance.exports, ...Object.values(imports ?? {})];
    for (const memory of tables.flatMap((table) => Object.values(table ?? {}))) {
      if (memory instanceof Memory && !found.has(memory)) found.set(memory, address ?? "");
    }
  };
  WebAssembly.compileStreaming = async (source, ...rest) => {
    const response = await source;
    const module = await compileStreaming(response, ...rest);
    addresses.set(module, response.url);
    return module;
  };
  WebAssembly.instantiateStreaming = async (source, imports, ...rest) => {
    const response = await source;
    const made = await instantiateStreaming(response, imports, ...rest);
    remember(made.instance, imports, response.url);
    return made;
  };
  WebAssembly.instantiate = async (source, imports, ...rest) => {
    const made = await instantiate(source, imports, ...rest);
    remember(made.instance ?? made, imports, addresses.get(source));
    return made;
  };
  WebAssembly.Instance = new Proxy(Instance, {
    construct(target, given, newTarget) {
      const made = Reflect.construct(target, given, newTarget);
      remember(made, given[1], addresses.get(given[0]));
      return made;
    },
  });
}
"""
#: Memories and the files that were fetched: address and bytes of each.
_SIZES = """
() => ({
  memories: [...(globalThis.benchMemories ?? [])].map(([memory, url]) => [url, memory.buffer.byteLength]),
  files: performance.getEntriesByType("resource").map(({ name, decodedBodySize }) => [name, decodedBodySize]),
})
"""
_ENGINES = {"pyodide": "Python", "opencv": "OpenCV", "ort-": "ONNX Runtime", "jpeg": "JPEG codec"}

_MAPPING = re.compile(
    r"^([0-9a-f]+)-([0-9a-f]+) (\S{4}) \S+ \S+ \d+ *(.*)\n(?:[A-Z].*\n)*?Pss: +(\d+) kB$", re.MULTILINE
)


class MappedMemory(NamedTuple):
    """One mapping of a process.

    Attributes
    ----------
    size : int
        Of its addresses, in bytes.
    is_executable : bool
    file : str
        Empty if there is none.
    proportional : int
        Bytes that it takes, those that others share in part.
    """

    size: int
    is_executable: bool
    file: str
    proportional: int


class PageFacts(NamedTuple):
    """What a page and its workers say, in bytes.

    Attributes
    ----------
    memories : mapping of str to int
        WebAssembly memories, by engine.
    code : mapping of str to int
        WebAssembly as it was fetched, by engine.
    heaps, buffers : int
        All of JavaScript's.
    """

    memories: Mapping[str, int]
    code: Mapping[str, int]
    heaps: int
    buffers: int


def mapped_memories(smaps: str) -> list[MappedMemory]:
    """What a ``smaps`` of Linux tells."""
    return [
        MappedMemory(int(end, 16) - int(begin, 16), "x" in rights, file, int(kilobytes) * 1024)
        for begin, end, rights, file, kilobytes in _MAPPING.findall(smaps)
    ]


def owners(mappings: Iterable[MappedMemory], facts: PageFacts) -> dict[str, int]:
    """Bytes by owner, the largest first and the unknown last.

    A WebAssembly memory is the mapping of exactly its size: the engine reserves addresses around it. So is
    that of the bytes that WebAssembly was compiled from, in whole pages, which the engine keeps.
    """
    found: dict[str, int] = {}
    left = list(mappings)
    sizes = {f"memory of {name}": size for name, size in facts.memories.items()}
    sizes |= {f"WebAssembly of {name}": -(-size // _PAGE) * _PAGE for name, size in facts.code.items()}
    for name, size in sizes.items():
        fitting = [each for each in left if each.size == size and not each.file]
        if fitting:
            its_own = max(fitting, key=lambda each: each.proportional)
            left.remove(its_own)
            found[name] = its_own.proportional
    found["program of the browser"] = sum(each.proportional for each in left if each.file.startswith("/"))
    anonymous = [each for each in left if not each.file.startswith("/")]
    found["compiled code"] = sum(each.proportional for each in anonymous if each.is_executable)
    found["JavaScript heaps"] = facts.heaps
    found["array buffers"] = facts.buffers
    data = sum(each.proportional for each in anonymous if not each.is_executable)
    found = dict(sorted(found.items(), key=lambda item: -item[1]))
    return {**found, "all else": max(data - facts.heaps - facts.buffers, 0)}


def measure_page_memory(site: StartSite) -> Measurement:
    """What a page takes after its first inference, and who takes most of it."""
    with TemporaryDirectory() as profile, opened_tab(Path(profile)) as tab:
        workers: list[str] = []
        _remember_memories(tab, workers)
        tab.visit(site.url + APP)
        tab.stay()
        with MemoryWatch(tab.processes) as watch:
            watch.settled(lambda: _collect_garbage(tab, workers))
        facts = _facts(tab, workers)
        process = _page_process(tab)
        whole = _proportional(process)
        found = owners(mapped_memories((process / "smaps").read_text()), facts)
    values = {"in all": whole / 1e6, **{name: size / 1e6 for name, size in found.items()}}
    reserved = ", ".join(f"{name} {size / 1e6:.0f} MB" for name, size in facts.memories.items())
    notes = [
        f"the largest: {', '.join(list(found)[:_LARGEST])}",
        f"WebAssembly memories, of which only what was touched counts: {reserved}",
    ]
    return Measurement("a page's memory after its first inference (PSS)", "MB", values, notes=notes)


def _remember_memories(tab: Tab, workers: list[str]) -> None:
    def prepare(event: dict[str, Any], _: str | None) -> None:
        worker = event["sessionId"]
        workers.append(worker)
        tab.tools.post("Runtime.evaluate", worker, expression=f"({_REMEMBER_MEMORIES})()")
        attach(worker)
        tab.tools.post("Runtime.runIfWaitingForDebugger", worker)

    def attach(session: str) -> None:
        only = [{"type": "worker"}]
        options = {"autoAttach": True, "waitForDebuggerOnStart": True, "flatten": True, "filter": only}
        tab.tools.post("Target.setAutoAttach", session, **options)

    tab.tools.on("Target.attachedToTarget", prepare)
    attach(tab.session)


def _collect_garbage(tab: Tab, workers: list[str]) -> None:
    for session in (tab.session, *workers):
        tab.tools.call("HeapProfiler.collectGarbage", session)


def _facts(tab: Tab, workers: list[str]) -> PageFacts:
    sessions = (tab.session, *workers)
    usages = [tab.tools.call("Runtime.getHeapUsage", session) for session in sessions]
    sizes = [tab.tools.evaluate(_SIZES, session) for session in sessions]
    memories = dict(_named(memory for each in sizes for memory in each["memories"]))
    code = dict(_named((url, size) for each in sizes for url, size in each["files"] if url.endswith(".wasm")))
    heaps = sum(int(usage["totalSize"] + usage["embedderHeapUsedSize"]) for usage in usages)
    return PageFacts(memories, code, heaps, sum(int(usage["backingStorageSize"]) for usage in usages))


def _named(sizes: Iterable[tuple[str, int]]) -> Iterator[tuple[str, int]]:
    for address, size in sizes:
        file = address.rpartition("/")[2]
        yield next((name for part, name in _ENGINES.items() if part in file), file or "an engine"), size


def _page_process(tab: Tab) -> Path:
    """The page's process: the renderer that takes most."""
    kinds = kinds_below(tab.processes.alive())
    renderers = [Path(f"/proc/{process}") for process, kind in kinds.items() if kind == "renderer"]
    return max(renderers, key=_proportional)


def _proportional(process: Path) -> int:
    return proportional_bytes((process / "smaps_rollup").read_text())
