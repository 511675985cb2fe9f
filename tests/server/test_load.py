"""`make bench` loads nginx as it says. How much it bears is not asserted; that the limits hold is."""

from __future__ import annotations

from pathlib import Path

from tests.server.load import bench_load


def test_a_crowd_is_served_and_one_visitor_limited(built_app: Path, tmp_path: Path) -> None:
    loads = bench_load(built_app, tmp_path, seconds=1)
    limited = loads.pop("pyinfer.json, from one visitor")
    assert all(found.requests > 0 and found.refused == 0 for found in loads.values()), loads
    assert len(loads) == 3
    assert limited.refused > 0
