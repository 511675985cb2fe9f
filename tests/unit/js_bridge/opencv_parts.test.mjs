// What a visitor would lose: OpenCV's neural networks beside the rest of it, downloaded only where they are used.

import assert from "node:assert/strict";
import { test } from "node:test";
import { createOpenCVParts, FIRST_OBJECT_OF_NETWORKS } from "../../../js_bridge/opencv_parts.js";

const LATER = {
  functions: ["readNet", "dnn_Net_dump"],
  classes: {
    dnn_Net: { base: "", members: ["forward"] },
    barcode_BarcodeDetector: { base: "GraphicalCodeDetector", members: ["decodeWithType"] },
  },
};

/**
 * A part that notes what it is asked for.
 *
 * @param {string} name
 * @returns {any}
 */
function part(name) {
  /** @type {any[]} */
  const asked = [];
  const note =
    (/** @type {string} */ what) =>
    (/** @type {any[]} */ ...given) => {
      asked.push([what, ...given]);
      return `${name} ${what}`;
    };
  const names = ["prepare", "stage", "call", "fetch", "failure", "release"];
  return {
    ...Object.fromEntries(names.map((what) => [what, note(what)])),
    functions: () => "blur",
    members: (/** @type {string} */ owner) => (owner === "GraphicalCodeDetector" ? "detect delete" : ""),
    isLater: () => false,
    heapEnd: () => 1,
    liveCount: () => 2,
    asked,
  };
}

/** @returns {{ first: any, second: any, parts: any }} */
function loaded() {
  const [first, second] = [part("first"), part("second")];
  const { calls, add } = createOpenCVParts(first, LATER);
  add(second);
  return { first, second, parts: calls };
}

test("everything is known by name before the networks are there", () => {
  const { calls: parts } = createOpenCVParts(part("first"), LATER);
  assert.equal(parts.functions(), "blur readNet dnn_Net_dump");
  assert.equal(parts.members("dnn_Net").trim().split(/\s+/).join(), "forward,delete");
  assert.match(parts.members("barcode_BarcodeDetector"), /^decodeWithType +detect delete$/);
  const later = ["readNet", "dnn_Net#forward", "new dnn_Net", "get dnn_Net#x", "barcode_BarcodeDetector.create"];
  assert.deepEqual(later.filter(parts.isLater), later);
  assert.deepEqual(["blur", "new ORB", "Feature2D#detect", "dnn_NMSBoxes"].filter(parts.isLater), []);
});

test("nothing is later when they are there", () => {
  assert.equal(loaded().parts.isLater("readNet"), false);
});

for (const [words, name, layout, flat, expected] of /** @type {[string, string, string, any[], string][]} */ ([
  ["a function of the first part", "blur", "ao", [7], "first"],
  ["a function of the networks", "readNet", "s", ["a.onnx"], "second"],
  ["a method of an object of the networks", "Feature2D#detect", "Oa", [FIRST_OBJECT_OF_NETWORKS + 1, 7], "second"],
  ["a function of objects of the networks", "f", "Aa", [1, FIRST_OBJECT_OF_NETWORKS + 1, 7], "second"],
  ["a method of another object", "Feature2D#detect", "Oa", [1, 7], "first"],
  ["a number that is no object", "blur", "n", [FIRST_OBJECT_OF_NETWORKS + 1], "first"],
])) {
  test(`${words} is the ${expected}'s, and so is what follows the call`, () => {
    const { first, second, parts } = loaded();
    const [asked, other] = expected === "first" ? [first.asked, second.asked] : [second.asked, first.asked];
    assert.equal(parts.call(name, layout, ...flat), `${expected} call`);
    parts.fetch(5);
    assert.equal(parts.failure(), `${expected} failure`);
    assert.deepEqual(asked, [["call", name, layout, ...flat], ["fetch", 5], ["failure"]]);
    assert.deepEqual(other, []);
  });
}

test("staged arguments go to the part that is called", () => {
  const { first, second, parts } = loaded();
  parts.stage(FIRST_OBJECT_OF_NETWORKS, 2);
  parts.stage(3);
  parts.call("Feature2D#detect", "Ov", 4);
  assert.deepEqual(second.asked, [
    ["stage", FIRST_OBJECT_OF_NETWORKS, 2],
    ["stage", 3],
    ["call", "Feature2D#detect", "Ov", 4],
  ]);
  assert.deepEqual(first.asked, []);
});

test("objects are given back to the part that made them", () => {
  const { first, second, parts } = loaded();
  parts.release(1, FIRST_OBJECT_OF_NETWORKS + 1, 2);
  assert.deepEqual(first.asked, [["release", 1, 2]]);
  assert.deepEqual(second.asked, [["release", FIRST_OBJECT_OF_NETWORKS + 1]]);
  assert.deepEqual([parts.heapEnd(), parts.liveCount()], [2, 4]);
});

test("both parts are told of element types", () => {
  const { first, second, parts } = loaded();
  assert.equal(parts.prepare("{}", 3), "first prepare and second prepare");
  assert.deepEqual([first.asked, second.asked], [[["prepare", "{}", 3]], [["prepare", "{}", 3]]]);
});
