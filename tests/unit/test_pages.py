"""Pages keep their names; what they refer to is published under a hashed one, the rest is not."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from pyinfer.errors import BuildError
from pyinfer.host.bundle import Bundle
from pyinfer.host.pages import add_pages
from pyinfer.host.places import npm_dir

SVG = '<svg xmlns="http://www.w3.org/2000/svg"/>'


def publish(tmp_path: Path, files: Mapping[str, str]) -> dict[str, str]:
    """The published files by name, each hash replaced by ``HASH`` in names and texts."""
    source, target = tmp_path / "source", tmp_path / "target"
    target.mkdir()
    for name, text in files.items():
        path = source / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    add_pages(Bundle(target), source)
    without_hash = re.compile(r"\.[0-9a-f]{16}\.")
    return {
        without_hash.sub(".HASH.", str(path.relative_to(target))): without_hash.sub(
            ".HASH.", path.read_text()
        )
        for path in target.rglob("*")
        if path.is_file()
    }


def test_what_pages_refer_to_is_published_and_nothing_else(tmp_path: Path) -> None:
    published = publish(
        tmp_path,
        {
            "index.html": """<link rel="stylesheet" href="style/main.css"><a href='about.html'>
              <img src=./img/a.svg alt="img/a.svg"><script type="module" src="./main.js"></script>""",
            "about.html": '<script src="pyinfer.classic.js"></script><a href="https://example.org/main.css">',
            "style/main.css": "body { background: url(../img/a.svg) } i { content: url('../img/b.svg#x') }",
            "img/a.svg": SVG,
            "img/b.svg": SVG,
            "main.js": "import { text } from './lib.js'; fetch(`data.json`).then(text);",
            "lib.js": "export const text = new URL('./img/b.svg?raw', import.meta.url);",
            "data.json": "{}",
            "secret.json": "{}",
            "pyproject.toml": "",
            "notes.html.txt": "",
        },
    )
    assert set(published) == {
        "index.html",
        "about.html",
        "style/main.HASH.css",
        "img/a.HASH.svg",
        "img/b.HASH.svg",
        "main.HASH.js",
        "data.HASH.json",
    }
    assert 'href="style/main.HASH.css"' in published["index.html"]
    assert 'src="./main.HASH.js"' in published["index.html"]
    assert "href='about.html'" in published["index.html"]
    assert "pyinfer.classic.js" in published["about.html"]
    assert "https://example.org/main.css" in published["about.html"]
    assert "url(../img/a.HASH.svg)" in published["style/main.HASH.css"]
    assert "../img/b.HASH.svg#x" in published["style/main.HASH.css"]
    assert "data.HASH.json" in published["main.HASH.js"]
    assert "./img/b.HASH.svg?raw" in published["main.HASH.js"]


def test_file_of_an_npm_package_is_published_as_it_is(tmp_path: Path) -> None:
    name = "node_modules/pyodide/package.json"
    published = publish(
        tmp_path, {"index.html": '<script src="main.js"></script>', "main.js": f'fetch("{name}")'}
    )
    hashed = "node_modules/pyodide/package.HASH.json"
    assert hashed in published["main.HASH.js"]
    assert published[hashed] == (npm_dir() / name).read_text()


def test_the_runtime_stays_an_import(tmp_path: Path) -> None:
    files = {
        "index.html": '<script type="module" src="main.js"></script><link rel="preload" href="app.js">',
        "main.js": 'import { loadPyinfer } from "./pyinfer.js"; f(loadPyinfer, import("./app.js"));',
    }
    published = publish(tmp_path, files)
    assert '"./pyinfer.js"' in published["main.HASH.js"]
    assert '"./app.js"' in published["main.HASH.js"]
    assert 'href="app.js"' in published["index.html"]


def test_scripts_in_subfolders_find_the_runtime_beside_the_pages(tmp_path: Path) -> None:
    files = {
        "index.html": '<script type="module" src="sub/main.js"></script><script src="main.js"></script>',
        "main.js": 'import { loadPyinfer } from "./sub/lib.js"; loadPyinfer();',
        "sub/main.js": 'import { loadPyinfer } from "../runtime.js"; f(loadPyinfer, import("../app.js"));',
        "sub/lib.js": (
            'import "/pyinfer.js"; import "/demo/pyinfer.js"; export { loadPyinfer } from "../pyinfer.js";'
        ),
        "runtime.js": 'export { loadPyinfer } from "./pyinfer.js";',
    }
    published = publish(tmp_path, files)
    assert '"../pyinfer.js"' in published["sub/main.HASH.js"]
    assert 'import("../app.js")' in published["sub/main.HASH.js"]
    assert '"./pyinfer.js"' in published["main.HASH.js"]
    assert '"/pyinfer.js"' in published["main.HASH.js"]
    assert '"/demo/pyinfer.js"' in published["main.HASH.js"]


def test_an_app_js_of_the_page_is_its_own(tmp_path: Path) -> None:
    files = {"index.html": '<script src="app.js"></script>', "app.js": "globalThis.own = 1;"}
    assert set(publish(tmp_path, files)) == {"index.html", "app.HASH.js"}


INLINE = """<!doctype html>
<!-- <script>not()</script> -->
<style media="print">p { background: url(a.svg) }</style>
<script async>first('</p>');</script><script type="text/x-pyinfer">print(1)</script>
<script type="module">import { loadPyinfer } from "./pyinfer.js"; import "./lib.js";</script>
<script> </script><script type="application/json">{}</script><p onclick="f()">text &amp; "text"</p>
"""


def test_inline_code_moves_into_files(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    published = publish(tmp_path, {"page.html": INLINE, "a.svg": SVG, "lib.js": "globalThis.a = 1;"})
    assert published["page.html"].splitlines()[1:] == [
        "<!-- <script>not()</script> -->",
        '<link rel="stylesheet" media="print" href="page.HASH.css">',
        '<script src="page.HASH.js"></script><script type="text/x-pyinfer">print(1)</script>',
        '<script type="module" src="page.HASH.js"></script>',
        '<script> </script><script type="application/json">{}</script><p onclick="f()">text &amp; "text"</p>',
    ]
    assert published["page.HASH.css"] == "p { background: url(a.HASH.svg) }"
    codes = [path.read_text() for path in sorted((tmp_path / "target").glob("page.*.js"))]
    assert "first('</p>');" in codes
    assert any(re.search(r'import "\./lib\.[0-9a-f]{16}\.js"', code) for code in codes)
    assert "browsers ignore onclick of <p>" in capsys.readouterr().err


def test_a_change_far_down_changes_every_name_above_it(tmp_path: Path) -> None:
    names = []
    for number, colour in enumerate(("red", "blue")):
        source, target = tmp_path / f"source{number}", tmp_path / f"target{number}"
        source.mkdir()
        target.mkdir()
        (source / "index.html").write_text('<link rel="stylesheet" href="a.css">')
        (source / "a.css").write_text("i { background: url(b.svg) }")
        (source / "b.svg").write_text(SVG.replace("/>", f' fill="{colour}"/>'))
        add_pages(Bundle(target), source)
        names.append({path.name for path in target.iterdir()})
    assert names[0] & names[1] == {"index.html"}


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({"index.html": "<img src='none.png'>"}, r"index\.html refers to none\.png, which is not there"),
        ({"index.html": "<img src=none.png>"}, r"index\.html refers to none\.png, which is not there"),
        ({"index.html": "", "pyinfer.js": ""}, "take the place of the runtime's own pyinfer.js"),
        ({"index.html": '"a.css"', "a.css": "url(b.css)", "b.css": "url(a.css)"}, "a.css -> b.css -> a.css"),
        ({"index.html": '<script src="a.js"></script>', "a.js": "import './none.js'"}, "none.js"),
        (
            {"index.html": '<script src="a/b.js"></script>', "a/b.js": "\nimport './pyinfer.js'"},
            r"(?s)b\.js:2:7.*\npyinfer\.js will lie beside the pages, in .*source",
        ),
    ],
)
def test_what_cannot_be_published_is_said(tmp_path: Path, files: dict[str, str], message: str) -> None:
    with pytest.raises(BuildError, match=message):
        publish(tmp_path, files)


def test_nothing_outside_the_folder_is_published(tmp_path: Path) -> None:
    (tmp_path / "outside.json").write_text("{}")
    assert set(publish(tmp_path, {"index.html": '<a href="../outside.json">'})) == {"index.html"}
