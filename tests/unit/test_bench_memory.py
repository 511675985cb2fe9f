"""The arithmetic of what `pyinfer bench` says about memory, on texts as Linux writes them."""

from __future__ import annotations

import pytest

from pyinfer.host.bench.memory import (
    Growth,
    Reading,
    Visit,
    first_visit_measurements,
    growth_measurement,
    reading_measurement,
)
from pyinfer.host.bench.page import render_page
from pyinfer.host.bench.process_memory import Memory, descendants, kind_of, proportional_bytes

MEGABYTE = 10**6

ROLLUP = """\
5591ec958000-7ffe0f5ea000 ---p 00000000 00:00 0                          [rollup]
Rss:                1772 kB
Pss:                 201 kB
Pss_Dirty:           112 kB
SwapPss:               5 kB
"""


def memory(page: int, browser: int = 0) -> Memory:
    return Memory(page * MEGABYTE, browser * MEGABYTE)


def test_the_proportional_set_size_is_read() -> None:
    assert proportional_bytes(ROLLUP) == 201 * 1024
    with pytest.raises(ValueError, match="no proportional set size"):
        proportional_bytes("Rss:  1 kB\nSwapPss:  5 kB\n")


@pytest.mark.parametrize(
    ("command", "kind"),
    [
        (b"/usr/lib/chromium/chromium\0--headless\0", "browser"),
        (b"/usr/lib/chromium/chromium --type=renderer --lang=en ", "renderer"),
        (b"/usr/lib/chromium/chromium --type=renderer --top-chrome-webui ", "top-chrome-webui"),
        (b"/usr/lib/chromium/chromium\0--type=gpu-process\0", "gpu-process"),
        (b"/usr/lib/chromium/chrome_crashpad_handler\0--monitor-self\0", "crashpad"),
        (b"", "browser"),
    ],
)
def test_processes_are_told_apart(command: bytes, kind: str) -> None:
    assert kind_of(command) == kind


def test_what_a_process_started_is_found_at_any_depth() -> None:
    parents = {1: 0, 10: 1, 11: 10, 12: 11, 20: 1, 21: 20}
    assert descendants([10], parents) == {10, 11, 12}
    assert descendants([], parents) == set()


def test_of_each_process_the_most_counts() -> None:
    assert Memory(1, 5).or_more(Memory(3, 2)) == Memory(3, 5)


def test_ratios_are_of_all_that_a_page_takes_and_of_what_comes_on_top() -> None:
    ours = Visit(memory(200), memory(600, 150), memory(420), 0.5)
    theirs = Visit(memory(100), memory(500, 300), memory(400), 0.5)
    assert ours.page_growth(200 * MEGABYTE) == (2.0, 1.1)
    found = list(first_visit_measurements(200 * MEGABYTE, {"pyinfer": ours, "by hand": theirs}))
    told = [[(ratio.words, round(ratio.value, 2), ratio.goal) for ratio in each.ratios] for each in found]
    alone = "what comes on top alone, pyinfer / by hand"
    assert told == [
        [("pyinfer / by hand", 1.2, "at most 1.15"), (alone, 1.0, "")],
        [("pyinfer / by hand", 1.05, "at most 1.1"), (alone, 0.73, "")],
    ]


def test_speeds_and_growth_stand_beside_their_goals_on_the_page() -> None:
    reading = reading_measurement(MEGABYTE, Reading(60e6, 80e6))
    growth = growth_measurement(50 * MEGABYTE, 5, Growth(peak=100 * MEGABYTE, steady=55 * MEGABYTE))
    assert [ratio.value for ratio in (*reading.ratios, *growth.ratios)] == [0.75, 1.1, 2.0]
    page = render_page({"browser": "Chromium <1>"}, [reading, growth], "About <b>")
    assert "Chromium &lt;1&gt;" in page and "About &lt;b&gt;" in page and "goal: at least 0.5" in page
    assert page.count("<svg ") == 4 and "80 MB/s" in page
