// What a visitor would see wrong: colours, numbers cut short, a picture taken for a table.

import assert from "node:assert/strict";
import { test } from "node:test";
import { pixelsOf } from "../../../js_bridge/picture_pixels.js";
import { descriptionOf } from "../../../js_bridge/result_description.js";

const array = (data, shape, dtype) => ({ data, shape, dtype });
const text = (value) => descriptionOf(value).text;

test("scalars are written as people write them", () => {
  const written = [true, 3, 0.1 + 0.2, 1e21, Number.NaN, "two\nlines"].map(text);
  assert.deepEqual(written, ["yes", "3", "0.3", "1e+21", "NaN", "two\nlines"]);
  assert.equal(descriptionOf(null).kind, "nothing");
  assert.equal(text(array(new BigInt64Array([2n ** 60n]), [], "int64")), String(2 ** 60));
});

test("records and rows are tables, long ones cut with the number of what is left", () => {
  const records = [{ left: 1, top: 2 }, { left: 3, name: "x" }];
  assert.deepEqual(descriptionOf(records), {
    kind: "table",
    columns: ["left", "top", "name"],
    rows: [
      ["1", "2", "–"],
      ["3", "–", "x"],
    ],
    left: 0,
  });
  const boxes = descriptionOf(array(new Float32Array(150 * 4).fill(0.1), [150, 4], "float32"));
  assert.deepEqual([boxes.kind, boxes.rows.length, boxes.left], ["table", 100, 50]);
  assert.deepEqual(boxes.rows[0], ["0.1", "0.1", "0.1", "0.1"]);
  assert.equal(text([1, 2.5]), "1, 2.5");
  assert.equal(text([]), "–");
});

test("a picture is told from a table and from a tensor by its shape", () => {
  const kind = (...shape) => descriptionOf(array(new Uint8Array(shape.reduce((a, b) => a * b)), shape, "uint8")).kind;
  assert.deepEqual(
    [kind(20, 30), kind(20, 30, 1), kind(4, 5, 3), kind(20, 30, 4), kind(4, 4), kind(1, 3, 8, 8), kind(0, 5, 3)],
    ["picture", "picture", "picture", "picture", "table", "text", "text"],
  );
  assert.equal(text(array(new Uint8Array(192), [1, 3, 8, 8], "uint8")).startsWith("1 × 3 × 8 × 8 numbers: 0, 0"), true);
});

test("parts of a result are shown by their names, and what lies too deep as text", () => {
  const { kind, fields } = descriptionOf({ shapes: 2, picture: array(new Uint8Array(12), [2, 2, 3], "uint8") });
  assert.deepEqual([kind, ...fields.map(([name, part]) => [name, part.kind])], ["fields", ["shapes", "text"], ["picture", "picture"]]);
  let deep = { bytes: new Uint8Array(5) };
  for (let level = 0; level < 8; level += 1) {
    deep = { deep };
  }
  assert.match(JSON.stringify(descriptionOf(deep)), /5 bytes/);
});

test("bytes that begin like a picture are one", () => {
  const png = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10);
  assert.deepEqual([descriptionOf(png).type, descriptionOf(png).name], ["image/png", "result.png"]);
  assert.deepEqual([descriptionOf(Uint8Array.of(1, 2)).type, descriptionOf(new Uint8Array(0)).words], ["", "0 bytes"]);
});

test("pixels have the colours that Python meant", () => {
  const pixels = (data, shape, dtype, order = "rgb") => [...pixelsOf(array(data, shape, dtype), order).pixels];
  const colour = Uint8Array.of(10, 20, 30);
  assert.deepEqual(pixels(colour, [1, 1, 3], "uint8"), [10, 20, 30, 255]);
  assert.deepEqual(pixels(colour, [1, 1, 3], "uint8", "bgr"), [30, 20, 10, 255]);
  assert.deepEqual(pixels(Uint8Array.of(10, 20, 30, 40), [1, 1, 4], "uint8", "bgr"), [30, 20, 10, 40]);
  assert.deepEqual(pixels(Uint8Array.of(7), [1, 1], "uint8"), [7, 7, 7, 255]);
  const shades = (data, dtype) => pixels(data, [1, data.length], dtype).filter((_, index) => index % 4 === 0);
  assert.deepEqual(shades(Uint8Array.of(0, 1), "bool"), [0, 255]);
  assert.deepEqual(shades(Float32Array.of(0, 0.2, 0.4), "float32"), [0, 51, 102]);
  assert.deepEqual(shades(Float32Array.of(-10, 0, 10, Number.NaN), "float32"), [0, 128, 255, 0]);
  assert.deepEqual(shades(Uint16Array.of(0x0000, 0x3800, 0x3c00), "float16"), [0, 128, 255]);
  assert.deepEqual(shades(BigInt64Array.of(5n, 5n), "int64"), [0, 0]);
});
