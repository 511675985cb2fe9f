"""Small models, each with a few things wrong: the same ones for the same seed."""

from __future__ import annotations

import random
from collections.abc import Iterator

from tests.parity.model_bytes import BYTES, MODEL_GRAPH, VARINT, Field, content, fields, message, varint

MODELS = [
    *("add_fixed", "add_symbolic", "bool_logic", "constant_only", "default_scale", "identity_string"),
    *("int64_multiply_add", "network_64", "nonzero", "optional_in", "reshape_int32", "running_total"),
    *("sequence_out", "two_in_two_out"),
]

#: Numbers at which things change: sizes, element types, versions, the ends of integers.
_NUMBERS = [0, 1, 2, 3, 7, 8, 13, 16, 21, 99, 127, 128, 255]
_NUMBERS += [2**31 - 1, 2**31, 2**32 - 1, 2**63 - 1, 2**63, 2**64 - 1]

#: Operators, and names that the models have.
_WORDS = [b"Add", b"Mul", b"Identity", b"Cast", b"Reshape", b"If", b"Loop", b"Conv", b"Gather", b"Resize"]
_WORDS += [b"NonZero", b"Concat", b"Split", b"Expand", b"Tile", b"Range", b"ConstantOfShape", b"Frobnicate"]
_WORDS += [b"", b"x", b"a", b"y"]

_SPLICED = 0.6  # the others have wrong bytes
_DEEPER = 0.75
_FIRST_BYTES = 400  # what stands behind is mostly weights


def mutants(count: int, seed: int) -> Iterator[tuple[str, bytes]]:
    """Name and bytes of ``count`` models."""
    choose = random.Random(seed)
    models = {name: content(name) for name in MODELS}
    donors = [fields(data) for data in models.values()]
    for data in models.values():
        donors += [fields(value) for number, _, value in fields(data) if number == MODEL_GRAPH]  # type: ignore[arg-type]
    for index in range(count):
        name = MODELS[index % len(MODELS)]
        data = models[name]
        for _ in range(choose.choice([1, 1, 1, 2])):
            data = spliced(data, donors, choose) if choose.random() < _SPLICED else damaged(data, choose)
        yield name, data


def spliced(data: bytes, donors: list[list[Field]], choose: random.Random) -> bytes:
    """One field of a message, at any depth, left out, doubled, moved or exchanged."""
    try:
        parts = fields(data)
    except (ValueError, IndexError):
        parts = []
    if not parts:
        return damaged(data, choose)
    index = choose.randrange(len(parts))
    number, kind, value = parts[index]
    if isinstance(value, bytes) and kind == BYTES and len(value) > 1 and choose.random() < _DEEPER:
        parts[index] = (number, kind, spliced(value, donors, choose))
        return message(parts)
    match choose.randrange(7):
        case 0:
            del parts[index]
        case 1:
            parts.insert(choose.randrange(len(parts) + 1), parts[index])
        case 2:
            parts.insert(choose.randrange(len(parts) + 1), parts.pop(index))
        case 3:
            parts[index] = (choose.randrange(1, 21), kind, value)
        case 4:
            parts[index] = choose.choice(choose.choice(donors))
        case _ if kind == VARINT:
            parts[index] = (number, kind, choose.choice(_NUMBERS))
        case _:
            assert isinstance(value, bytes)
            parts[index] = (number, kind, exchanged(value, choose) if kind == BYTES else value[::-1])
    return message(parts)


def exchanged(value: bytes, choose: random.Random) -> bytes:
    """Another word, other bytes or a number."""
    return choose.choice([choose.choice(_WORDS), damaged(value, choose), varint(choose.choice(_NUMBERS))])


def damaged(data: bytes, choose: random.Random) -> bytes:
    """Bits turned over, bytes exchanged, put in or cut off."""
    out = bytearray(data)
    what = choose.randrange(5)
    if what == 0:
        return bytes(out[: choose.randrange(len(out) + 1)])
    for _ in range(choose.randrange(1, 4)):
        at = choose.randrange(min(len(out), _FIRST_BYTES)) if out else 0
        if what == 1 and out:
            out[at] ^= 1 << choose.randrange(8)
        elif what == 2 and out:
            out[at] = choose.randrange(256)
        elif what == 3:
            out[at:at] = choose.randbytes(choose.randrange(1, 9))
        else:
            del out[at : at + choose.randrange(1, 9)]
    return bytes(out)
