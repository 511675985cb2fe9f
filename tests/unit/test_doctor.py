"""`pyinfer doctor`: its report, its command line, and how it reads policies and addresses."""

from __future__ import annotations

import ast
import json
from pathlib import Path

import click
import onnx
import pytest
from onnx import helper

from pyinfer.host import cli
from pyinfer.host.doctor import advice
from pyinfer.host.doctor.advice import advice_for
from pyinfer.host.doctor.findings import FAULT, Finding, fault, note, ok
from pyinfer.host.doctor.first_inference import MODEL
from pyinfer.host.doctor.policies import Policies
from pyinfer.host.doctor.report import render_json, render_text
from pyinfer.host.doctor.web import is_secure

URL = "https://app.example/"
FINDINGS = [
    ok("caching", "as it must be"),
    fault("compression", "uncompressed", "a.js, b.js and 3 more: 3.1 MB come uncompressed", ["a.js", "b.js"]),
    note("time to first inference", "1.2 s on this machine"),
]


def test_each_fault_is_told_with_what_mends_it() -> None:
    assert click.unstyle(render_text(URL, FINDINGS)) == (
        "https://app.example/\n"
        "  ok caching                  as it must be\n"
        "  !! compression              a.js, b.js and 3 more: 3.1 MB come uncompressed\n"
        "       nginx:  gzip_static on;\n"
        "               brotli_static on;    # with its module\n"
        "       others: serve the .br and .gz files that `pyinfer build` wrote beside each file\n"
        "  -- time to first inference  1.2 s on this machine\n"
        "\n"
        "1 fault"
    )


def test_machines_read_the_same() -> None:
    report = json.loads(render_json(URL, FINDINGS))
    assert {key: report[key] for key in ("schema", "url", "faults")} == {"schema": 1, "url": URL, "faults": 1}
    assert report["findings"][1] == {
        "item": "compression",
        "status": "fault",
        "name": "uncompressed",
        "message": FINDINGS[1].message,
        "files": ["a.js", "b.js"],
        "nginx": "gzip_static on;\nbrotli_static on;    # with its module",
        "otherwise": "serve the .br and .gz files that `pyinfer build` wrote beside each file",
    }
    assert [each["nginx"] for each in report["findings"][::2]] == ["", ""]


def test_no_fault_is_without_advice() -> None:
    """Every name that the checks give a fault."""
    names = set()
    for path in Path(advice.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "fault":
                name = node.args[1]
                if isinstance(name, ast.Constant):
                    names.add(str(name.value))
    assert len(names) > 30
    names |= {"type-wasm", "type-mjs", "page-script-src", "worker-connect-src"}
    without = [name for name in names if advice_for(Finding("item", FAULT, "", name)) is None]
    assert without == []


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["app.example"], "'app.example' is no address: it begins with https:// (or http://) and a host"),
        (["file:///tmp"], "is no address"),
        (["http://a:b/"], "is no address: Port could not be cast"),
        (["--json"], "--json needs a URL"),
        (["--timeout", "0", URL], "0.0 is not in the range x>0"),
    ],
)
def test_a_wrong_command_line(arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["doctor", *arguments]) == 2
    assert words in capsys.readouterr().err


@pytest.mark.parametrize(
    ("policy", "source", "allowed"),
    [
        ("connect-src 'self'", "https://app.example", True),
        ("default-src 'none'", "https://app.example", False),
        ("default-src *", "https://models.example", True),
        ("connect-src https:", "https://models.example", True),
        ("connect-src *.example", "https://models.example", True),
        ("connect-src https://models.example:8443", "https://models.example", False),
        ("connect-src http://models.example", "https://models.example", True),
        ("connect-src https://models.example/onnx/", "https://models.example", True),
        ("connect-src", "https://app.example", False),
        ("img-src 'none'", "https://models.example", True),
    ],
)
def test_a_policy_is_read_as_browsers_do(policy: str, source: str, allowed: bool) -> None:
    own = source == "https://app.example"
    assert Policies([policy]).allow_origin("connect-src", source, own=own) is allowed
    assert Policies([policy, "connect-src 'none'"]).allow_origin("connect-src", source, own=own) is False


def test_a_nonce_makes_inline_scripts_strict_again() -> None:
    assert Policies(["script-src 'self' 'unsafe-inline'"]).allow_inline_scripts()
    assert Policies(["img-src 'self'"]).allow_inline_scripts()
    assert not Policies(["script-src 'unsafe-inline' 'nonce-abc'"]).allow_inline_scripts()
    assert not Policies(["script-src 'unsafe-inline'", "default-src 'self'"]).allow_inline_scripts()


def test_browsers_call_this_machine_secure() -> None:
    secure = ("https://a.example/", "http://localhost:8000/", "http://127.0.0.1/", "http://[::1]:80/")
    assert all(map(is_secure, secure))
    assert not any(map(is_secure, ("http://a.example/", "http://192.168.0.2/", "http://localhost.example/")))


def test_the_model_is_what_onnx_makes() -> None:
    values = [helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, [1, 4]) for name in "xy"]
    graph = helper.make_graph([helper.make_node("Add", ["x", "x"], ["y"])], "doctor", values[:1], values[1:])
    made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    assert made.SerializeToString() == MODEL
