"""Protobuf's wire format, as far as models are written here: a message is its fields, one after another."""

from __future__ import annotations

__all__ = ["BYTES", "VARINT", "message_field", "number_field", "text_field"]

#: Wire types.
VARINT, BYTES = 0, 2


def _varint(number: int) -> bytes:
    """A number that is not negative, seven bits a byte."""
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)


def number_field(field: int, value: int) -> bytes:
    """A field that is a number."""
    return _varint(field << 3 | VARINT) + _varint(value)


def message_field(field: int, content: bytes) -> bytes:
    """A field that a length stands before: a message, or bytes."""
    return _varint(field << 3 | BYTES) + _varint(len(content)) + content


def text_field(field: int, text: str) -> bytes:
    """A field that is text."""
    return message_field(field, text.encode())
