// What a visitor would lose: a start that reads the wrong bytes of an archive, or takes a page of words for one.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { test } from "node:test";
import { membersOf } from "../../../js_bridge/stored_zip.js";

const ZIP = `
import io, sys, zipfile
data = io.BytesIO()
with zipfile.ZipFile(data, "w", getattr(zipfile, sys.argv[1])) as archive:
    archive.mkdir("folder")
    archive.writestr("folder/ä.py", "x = 1\\n")
    archive.writestr("empty.py", "")
    archive.writestr("last.bin", bytes(range(256)))
sys.stdout.buffer.write(data.getvalue())
`;

const zip = (kind) => Uint8Array.from(execFileSync("python3", ["-c", ZIP, kind]));

test("files are found where they lie, folders are none", () => {
  const bytes = zip("ZIP_STORED");
  const text = (offset, size) => new TextDecoder().decode(bytes.subarray(offset, offset + size));
  const members = membersOf(bytes);
  assert.deepEqual(
    members.map(([path, , size]) => [path, size]),
    [
      ["folder/ä.py", 6],
      ["empty.py", 0],
      ["last.bin", 256],
    ],
  );
  const [[, source, length], , [, last]] = members;
  assert.equal(text(source, length), "x = 1\n");
  assert.deepEqual([bytes[last], bytes[last + 255]], [0, 255]);
});

test("what is no archive, or one that is compressed, is refused", () => {
  assert.throws(() => membersOf(new TextEncoder().encode("<!doctype html>".repeat(9))), /no archive/);
  assert.throws(() => membersOf(new Uint8Array(3)), /no archive/);
  assert.throws(() => membersOf(zip("ZIP_DEFLATED")), /no archive/);
});
