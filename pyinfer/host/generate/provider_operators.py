"""Which operators onnxruntime-web's providers for accelerators have, by the documentation in its package."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from pyinfer.errors import BuildError

__all__ = ["render_provider_operators"]

_PACKAGE = "onnxruntime-web"
_PROVIDERS = ("webgpu", "webnn")
_DOMAIN = re.compile(r"([\w.]+)\(([\d+,\s-]+)\)")
#: Kernels to which the engine turns ONNX's own by itself.
_INTERNAL = "com.ms.internal"
_FEWEST = 50


def render_provider_operators(node_modules: Path) -> str:
    """A JSON object: ``source``, and for each provider the opsets by domain and operator: ``6-12 13+``.

    Raises
    ------
    BuildError
        The documentation has another form.
    """
    folder = node_modules / _PACKAGE
    version = json.loads((folder / "package.json").read_text("utf-8"))["version"]
    content: dict[str, Any] = {"source": f"{_PACKAGE} {version}, docs/*-operators.md"}
    for provider in _PROVIDERS:
        content[provider] = _table((folder / "docs" / f"{provider}-operators.md").read_text("utf-8"))
    return json.dumps(content, indent=1) + "\n"


def _table(text: str) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {"": {}}
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if line.startswith("|") and len(cells) > 2:
            for domain, opsets in _DOMAIN.findall(cells[1]):
                if not domain.startswith(_INTERNAL):
                    name = "" if domain == "ai.onnx" else domain
                    found.setdefault(name, {})[cells[0]] = " ".join(opsets.replace(",", " ").split())
    if len(found[""]) < _FEWEST:
        raise BuildError(f"the operators of {_PACKAGE} are not documented in the form that is known")
    return found
