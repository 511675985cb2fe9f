"""What a session tells of its model: metadata, inputs, outputs and defaults, of models of every kind."""

from __future__ import annotations

import zipfile

import onnxruntime as ort
import pytest

from tests.parity import model_bytes
from tests.parity.model_bytes import (
    BYTES,
    FIXED32,
    FIXED64,
    MODEL_GRAPH,
    MODEL_METADATA,
    MODELS,
    VARINT,
    entry,
    fields,
    message,
)

pytestmark = pytest.mark.usefixtures("quiet_onnxruntime")

ARCHIVE = zipfile.ZipFile(MODELS / "described_models.zip")
PRODUCER, DOMAIN, VERSION, DESCRIPTION = 2, 4, 5, 6


def description(data):
    """All that a session tells, or the exception that there is instead."""
    try:
        session = ort.InferenceSession(data)
    except Exception as error:
        return [type(error).__name__, *str(error).split(" : ")[1:3]]
    meta = session.get_modelmeta()
    described = [
        [[arg.name, arg.type, list(arg.shape), str(arg)] for arg in arguments]
        for arguments in (
            session.get_inputs(),
            session.get_outputs(),
            session.get_overridable_initializers(),
        )
    ]
    return [
        *described,
        dict(sorted(meta.custom_metadata_map.items())),
        [meta.producer_name, meta.version, meta.domain],
        [meta.graph_name, meta.description, meta.graph_description],
    ]


@pytest.mark.parametrize("name", sorted(ARCHIVE.namelist()))
def test_what_a_model_says_of_itself(name, parity):
    parity(description(ARCHIVE.read(name)))


def split_graph(parts):
    """The graph as two fields, which protobuf joins."""
    (graph,) = [value for number, _, value in parts if number == MODEL_GRAPH]
    inner = fields(graph)
    halves = [(MODEL_GRAPH, BYTES, message(half)) for half in (inner[:2], inner[2:])]
    return [*(part for part in parts if part[0] != MODEL_GRAPH), *halves]


#: How protobuf may write the same, or odd, things.
WRITTEN = {
    "twice": lambda parts: [
        *parts,
        *((PRODUCER, BYTES, text) for text in (b"first", b"second")),
        *((DOMAIN, BYTES, text) for text in (b"first", b"second")),
        *((VERSION, VARINT, number) for number in (3, 4)),
        *((DESCRIPTION, BYTES, text) for text in (b"first", b"")),
    ],
    "nul": lambda parts: [*parts, (PRODUCER, BYTES, b"a\0b")],
    "half_entries": lambda parts: [
        *parts,
        (MODEL_METADATA, BYTES, message([(1, BYTES, b"key")])),
        (MODEL_METADATA, BYTES, message([(2, BYTES, b"value")])),
    ],
    "empty_entry": lambda parts: [*parts, (MODEL_METADATA, BYTES, b"")],
    "entry_with_two_keys": lambda parts: [*parts, (MODEL_METADATA, BYTES, entry("a", "b") + entry("c", "d"))],
    "unknown_fields": lambda parts: [
        (100, BYTES, b"abc"),
        (101, VARINT, 5),
        (102, FIXED32, b"1234"),
        (103, FIXED64, b"12345678"),
        *parts,
    ],
    "other_wire_types": lambda parts: [
        *parts,
        (PRODUCER, VARINT, 5),
        (VERSION, BYTES, b"abc"),
        (MODEL_METADATA, VARINT, 3),
    ],
    "backwards": lambda parts: parts[::-1],
    "graph_in_two": split_graph,
}


@pytest.mark.parametrize("case", WRITTEN)
def test_however_it_is_written(case, parity):
    parity(description(model_bytes.changed(model_bytes.content("default_scale"), [], WRITTEN[case])))


def test_groups_are_passed_over(parity):
    """Protobuf's oldest way to nest; natively it counts among the unknown fields."""
    group = model_bytes.varint(200 << 3 | 3) + message([(PRODUCER, BYTES, b"inside")])
    end = model_bytes.varint(200 << 3 | 4)
    parity(description(model_bytes.content("default_scale") + group + end))


@pytest.mark.parametrize("text", [b"\xff\xfe", b"ab\xc3"], ids=["no_text", "cut"])
def test_what_is_no_text_is_told_all_the_same(text, request):
    """Natively asking for it raises UnicodeDecodeError."""
    data = model_bytes.content("default_scale") + message([(PRODUCER, BYTES, text)])
    meta = ort.InferenceSession(data).get_modelmeta()
    if request.config.getoption("--against"):
        assert "\ufffd" in meta.producer_name
        return
    with pytest.raises(UnicodeDecodeError):
        _ = meta.producer_name
