"""An app's own pages: HTML keeps its name, what it refers to gets a content hash in its name.

A reference is a quoted string (or a CSS ``url(...)``) in HTML, CSS or JavaScript that names a file
beside the page: ``src="main.js"``, ``fetch("samples/cat.jpg")``, ``new URL("./x.svg", import.meta.url)``.
Only the file's name is changed, so relative and root-relative use both stay right. What nothing
refers to is not published. Scripts that pages refer to are bundled with what they import; what
imports ``pyinfer.js`` and ``app.js`` of the pages' folder still does, from where the script comes to
lie. Inline scripts and styles become files, too: the policy that servers send allows nothing inline.

A reference that begins with ``node_modules/`` may also mean a file of the set-up npm packages: the
WebAssembly of an engine, or the script that loads it. Such files are published as they are.
"""

from __future__ import annotations

import re
from functools import partial
from pathlib import Path, PurePosixPath

from pyinfer.errors import BuildError
from pyinfer.host.app_module import APP_MODULE_NAME
from pyinfer.host.bundle import MANIFEST_NAME, Bundle
from pyinfer.host.inline_code import blocked_code, without_inline_code
from pyinfer.host.javascript import bundle_script
from pyinfer.host.offline import NPM_FOLDER, SERVICE_WORKER_NAME
from pyinfer.host.places import npm_dir
from pyinfer.host.progress import note

__all__ = ["add_pages"]

_PICTURES = frozenset(("gif", "ico", "jpeg", "jpg", "png", "svg", "webp"))
_ASSETS = _PICTURES | {"css", "js", "json", "mjs", "py", "txt", "wasm", "webmanifest", "woff2"}
_TEXT = frozenset(("css", "html", "js", "mjs", "svg", "webmanifest"))
_SCRIPTS = frozenset(("js", "mjs"))
_TAKEN = frozenset(("pyinfer.js", "pyinfer.classic.js", MANIFEST_NAME, SERVICE_WORKER_NAME))
_FILE = r"[\w.@+/-]+\.\w+"
_QUOTED = re.compile(rf"""(?P<before>["'`])(?P<file>{_FILE})(?P<after>(?:[?#][^"'`\s]*)?["'`])""")
_ATTRIBUTE = re.compile(rf"""\b(?:src|href)\s*=\s*["']?(?P<file>{_FILE})[?#"'\s>]""")
_CSS_URL = re.compile(rf"""(?P<before>url\(\s*)(?P<file>{_FILE})(?P<after>(?:[?#][^)\s]*)?\s*\))""")


def add_pages(bundle: Bundle, folder: Path) -> bool:
    """Publish the ``*.html`` files of ``folder`` and what they refer to.

    Parameters
    ----------
    bundle : Bundle
        Where to.
    folder : Path
        The app's folder.

    Returns
    -------
    bool
        Whether it has an index.html.

    Raises
    ------
    BuildError
        A file would take the place of one of the runtime's, a page refers to a file that is not
        there, or a script cannot be bundled.
    """
    for name in _TAKEN:
        if (folder / name).exists():
            raise BuildError(f"{folder / name} would take the place of the runtime's own {name}")
    pages = _Pages(bundle, folder)
    for page in sorted(folder.glob("*.html")):
        text = pages.rewritten(page).decode("utf-8")
        for what in blocked_code(text):
            note(f"{page}: browsers ignore {what}: the policy that servers send allows nothing inline")
        bundle.add_page(page.name, without_inline_code(text, partial(_add_code, bundle, page.stem)).encode())
    return (folder / "index.html").is_file()


def _add_code(bundle: Bundle, page: str, suffix: str, code: bytes) -> str:
    return bundle.add(f"{page}.{suffix}", code)


class _Pages:
    """Publishes each file once, what it refers to first."""

    def __init__(self, bundle: Bundle, folder: Path) -> None:
        self._bundle = bundle
        self._folder = folder.resolve()
        self._packages = (npm_dir() / NPM_FOLDER).resolve()
        # What lies beside the pages when they are built, though not here.
        self._provided = {*_TAKEN, *([] if (folder / APP_MODULE_NAME).exists() else [APP_MODULE_NAME])}
        self._published: dict[Path, str] = {}
        self._open: list[Path] = []

    def rewritten(self, path: Path) -> bytes:
        """The file's content with the new names of what it refers to."""
        if path.is_relative_to(self._packages):
            return path.read_bytes()
        content = self._bundled(path) if path.suffix[1:] in _SCRIPTS else path.read_bytes()
        if path.suffix[1:] not in _TEXT:
            return content
        try:
            text = content.decode("utf-8")
        except UnicodeDecodeError:
            raise BuildError(f"{path} is not UTF-8") from None

        def rename(match: re.Match[str]) -> str:
            target = self._target(path, match["file"])
            if target is None:
                return match[0]
            name = PurePosixPath(match["file"]).with_name(PurePosixPath(self._publish(target)).name)
            prefix = "./" if match["file"].startswith("./") else ""
            return f"{match['before']}{prefix}{name}{match['after']}"

        if path.suffix == ".html":
            self._refuse_broken_links(path, text)
        patterns = (_QUOTED, _CSS_URL) if path.suffix in (".css", ".html") else (_QUOTED,)
        for pattern in patterns:
            text = pattern.sub(rename, text)
        return text.encode("utf-8")

    def _bundled(self, script: Path, deployed: frozenset[str] = frozenset()) -> bytes:
        """The script with what it imports, but for ``deployed``, paths below the server's root."""
        external = [f"{start}/{name}" for name in self._provided for start in (self._folder, "")]
        try:
            return bundle_script(script, external=[*external, *deployed])
        except BuildError as error:
            unknown = {name: _unresolved(name, str(error)) for name in self._provided}
            below_root = {path for paths in unknown.values() for path in paths if path.startswith("/")}
            if below_root - deployed:
                return self._bundled(script, deployed | below_root)
            lost = sorted(name for name, paths in unknown.items() if paths)
            if not lost:
                raise
            hint = "; ".join(f"{name} will lie beside the pages, in {self._folder}" for name in lost)
            raise BuildError(f"{error}\n{hint}") from None

    def _refuse_broken_links(self, page: Path, text: str) -> None:
        for match in _ATTRIBUTE.finditer(text):
            name = match["file"]
            if not (page.parent / name).exists() and PurePosixPath(name).name not in self._provided:
                raise BuildError(f"{page} refers to {name}, which is not there")

    def _target(self, path: Path, reference: str) -> Path | None:
        """The file that a reference means: beside ``path``, else beside the page."""
        for base in (path.parent, self._folder):
            target = (base / reference.lstrip("/")).resolve()
            inside = target.is_relative_to(self._folder) and target != path
            if inside and target.is_file() and target.suffix[1:] in _ASSETS:
                return target
        library = (npm_dir() / reference).resolve()
        return library if library.is_relative_to(self._packages) and library.is_file() else None

    def _publish(self, path: Path) -> str:
        """The new URL of an asset."""
        if path in self._open:
            cycle = " -> ".join(str(step.relative_to(self._folder)) for step in [*self._open, path])
            raise BuildError(f"these files refer to each other, so neither can have a content hash: {cycle}")
        if path not in self._published:
            self._open.append(path)
            content = self.rewritten(path)
            self._open.pop()
            base = self._packages.parent if path.is_relative_to(self._packages) else self._folder
            url = path.relative_to(base).as_posix()
            self._published[path] = self._bundle.add(url, content)
        return self._published[path]


def _unresolved(name: str, messages: str) -> list[str]:
    """The imports of a file that esbuild did not find."""
    return re.findall(rf'Could not resolve "([^"]*/{re.escape(name)})"', messages)
