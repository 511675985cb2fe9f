"""Writes the JPEG files of the parity tests; the files are committed, since encoders differ by version."""

from __future__ import annotations

from pathlib import Path

from PIL import Image

from tests.parity.images import photo

FOLDER = Path(__file__).parent


def main() -> None:
    colour, grey = Image.fromarray(photo(97, 131)), Image.fromarray(photo(97, 131, 1))
    colour.save(FOLDER / "420.jpg", quality=88, subsampling="4:2:0")
    colour.save(FOLDER / "444.jpg", quality=95, subsampling="4:4:4")
    colour.save(FOLDER / "progressive.jpg", quality=75, progressive=True)
    grey.save(FOLDER / "grey.jpg", quality=90)
    exif = Image.Exif()
    exif[0x0112] = 6
    colour.save(FOLDER / "turned.jpg", quality=80, exif=exif.tobytes())


if __name__ == "__main__":
    main()
