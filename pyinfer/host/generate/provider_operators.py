"""Which operators onnxruntime-web's providers for accelerators have, by the documentation in its package.

For WebGPU that is not all: what was found by asking the engine is added.
"""

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

#: The documentation is of another build than the one that pages load for WebGPU, which has these, too: its
#: sessions of such models, of opset 13 to 21, need no CPU. (tests/browser/test_model_info.py asks some.)
_UNDOCUMENTED = {
    "CastLike": "15-21",
    "GRU": "7-21",
    "Identity": "13-21",
    "LSTM": "7-21",
    "LpNormalization": "1-21",
    "Max": "13-21",
    "Min": "13-21",
    "Mish": "18-21",
    "PRelu": "9-21",
    "ScatterElements": "13-21",
    "Softplus": "1-21",
    "TopK": "11-21",
}


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
    own = content["webgpu"][""]
    if twice := sorted(own.keys() & _UNDOCUMENTED):
        raise BuildError(f"{_PACKAGE} documents {', '.join(twice)} for WebGPU now")
    content["webgpu"][""] = dict(sorted({**own, **_UNDOCUMENTED}.items()))
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
