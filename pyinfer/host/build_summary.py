"""What a build tells at its end: how much there is, and how much of it a visitor downloads."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pyinfer.host.bundle import MANIFEST_NAME
from pyinfer.host.offline import urls_on_use
from pyinfer.host.opencv.carried import later_files, words_for

__all__ = ["summary", "summary_json"]

_VARIANTS = (".br", ".gz")


def summary(folder: Path) -> str:
    """A few lines for people."""
    facts = _facts(folder)
    first = f"{facts['first_visit_bytes'] / 1e6:.1f} MB{' compressed' if facts['compressed'] else ''}"
    lines = [f"Built {folder}: {facts['files']} files, {facts['bytes'] / 1e6:.1f} MB"]
    lines.append(f"  first visit   {first}, without models")
    lines.append(f"  opencv.js     {facts['opencv']}")
    for model in facts["models"]:
        where = "elsewhere" if "://" in model["url"] else "here"
        lines.append(f"  model         {model['name']}, {model['size'] / 1e6:.1f} MB, served from {where}")
    if facts["packages"]:
        lines.append(f"  packages      {', '.join(facts['packages'])}")
    return "\n".join([*lines, f"  nginx         {folder / 'nginx' / 'pyinfer.conf'}"])


def summary_json(folder: Path) -> str:
    """The same for machines."""
    return json.dumps(_facts(folder), indent=2)


def _facts(folder: Path) -> dict[str, Any]:
    manifest = json.loads((folder / MANIFEST_NAME).read_text("utf-8"))
    app = manifest["app"] or {}
    files = [path for path in folder.rglob("*") if path.is_file() and path.suffix not in _VARIANTS]
    models = {model["url"] for model in app.get("models", [])}
    rests = {part["archive"] for part in manifest["start"]["onUse"]}
    later = models | rests | urls_on_use(manifest) | later_files(manifest)
    sent = {url: _sent(folder / url) for url in manifest["sizes"] if url not in later}
    return {
        "folder": str(folder),
        "build": manifest["build"],
        "files": len(files),
        "bytes": sum(path.stat().st_size for path in files),
        "compressed": any(folder.rglob("*.br")),
        "first_visit_bytes": sum(sent.values()),
        "opencv": words_for(manifest),
        "app": app.get("name"),
        "entry": app.get("entry"),
        "packages": app.get("packages", []),
        "models": [{key: model[key] for key in ("name", "url", "size")} for model in app.get("models", [])],
    }


def _sent(path: Path) -> int:
    variants = [path, *(path.with_name(path.name + suffix) for suffix in _VARIANTS)]
    return min(variant.stat().st_size for variant in variants if variant.exists())
