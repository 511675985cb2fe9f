"""What `pyinfer bench` makes of what a page says of its start, and of who takes its memory."""

from __future__ import annotations

from pyinfer.host.bench.page_memory import MappedMemory, PageFacts, mapped_memories, owners
from pyinfer.host.bench.start_visit import Visit

SMAPS = """\
1000-5000 r-xp 00000000 fe:00 123                        /usr/lib/chromium/chromium
Size:                 16 kB
Rss:                  12 kB
Pss:                   8 kB
Pss_Dirty:             0 kB
VmFlags: rd ex mr mw me
5000-15000 rw-p 00000000 00:00 0
Size:                 64 kB
Pss:                  40 kB
VmFlags: rd wr
15000-16000 rw-p 00000000 00:00 0                        [stack]
Size:                  4 kB
Pss:                   4 kB
"""


def test_mappings_are_read() -> None:
    assert mapped_memories(SMAPS) == [
        MappedMemory(0x4000, True, "/usr/lib/chromium/chromium", 8 * 1024),
        MappedMemory(0x10000, False, "", 40 * 1024),
        MappedMemory(0x1000, False, "[stack]", 4 * 1024),
    ]


def test_each_owner_has_what_is_mapped_for_it() -> None:
    mappings = [
        MappedMemory(300, True, "/usr/lib/chromium/chromium", 30),
        MappedMemory(1 << 20, False, "", 7),
        MappedMemory(1 << 20, False, "", 900),  # of two with the same size, the one that is used
        MappedMemory(8192, False, "", 8192),
        MappedMemory(500, True, "", 50),
        MappedMemory(4096, False, "", 4000),
    ]
    facts = PageFacts({"Python": 1 << 20, "OpenCV": 12345}, {"OpenCV": 8000}, heaps=1000, buffers=2000)
    found = owners(mappings, facts)
    assert found == {
        "WebAssembly of OpenCV": 8192,
        "array buffers": 2000,
        "JavaScript heaps": 1000,
        "memory of Python": 900,
        "compiled code": 50,
        "program of the browser": 30,
        "all else": 4007 - 3000,
    }
    assert [*found] == sorted(found, key=lambda name: (name == "all else", -found[name]))


def test_page_that_says_itself_what_takes_how_long_is_believed() -> None:
    spans = [["progress: start Python", 1, 5], ["bench: first inference", 8, 9], ["else", 0, 1]]
    coarse = Visit.of({"end": 9.5, "spans": spans})
    assert coarse.spans == {"start Python": (1, 5), "first inference": (8, 9)}
    fine = Visit.of({"end": 9.5, "spans": [*spans, ["pyinfer: fetch python", 0, 2]]})
    assert fine.spans == {"fetch python": (0, 2), "first inference": (8, 9)}
    assert [*fine.spans] == ["fetch python", "first inference"]
