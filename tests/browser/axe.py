"""What axe says of a page, for tests."""

from __future__ import annotations

import json
from typing import Any

from playwright.sync_api import Page

from pyinfer.host.places import node_modules

__all__ = ["complaints"]


def complaints(page: Page) -> list[tuple[str, list[str]]]:
    """What axe finds: rules, and where they are broken."""
    axe = (node_modules() / "axe-core" / "axe.min.js").read_text(encoding="utf-8")
    page.evaluate(f"{axe}; 0")
    results: dict[str, Any] = page.evaluate("axe.run()")
    return [
        (each["id"], [json.dumps(node["target"]) for node in each["nodes"]]) for each in results["violations"]
    ]
