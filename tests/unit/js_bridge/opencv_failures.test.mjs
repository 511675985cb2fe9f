// What a user would lose: the reason of a failed call.

import assert from "node:assert/strict";
import { test } from "node:test";
import { createFailureReader } from "../../../js_bridge/opencv_failures.js";

const describe = createFailureReader({}, () => new ArrayBuffer(0));

/**
 * @param {string} name
 * @param {string} message
 * @param {object} fields
 */
const thrown = (name, message, fields = {}) => Object.assign(new Error(message), { name, ...fields });

test("an exception of OpenCV has all its fields", () => {
  const fields = { code: -215, err: "a > 0", func: "resize", file: "/io/opencv/a.cpp", line: 7 };
  assert.deepEqual(describe(thrown("cv::Exception", "OpenCV(5.0.0) ...", fields)), {
    kind: "opencv",
    msg: "OpenCV(5.0.0) ...",
    ...fields,
  });
});

test("another C++ exception says what it says, without its mangled type", () => {
  const error = thrown("std::exception", "St12length_error: vector: too long");
  assert.deepEqual(describe(error), { kind: "std", msg: "vector: too long" });
});

test("an exception that no binding caught is told in words", () => {
  const tag = new WebAssembly.Tag({ parameters: [] });
  const { kind, msg } = describe(new WebAssembly.Exception(tag, []));
  assert.equal(kind, "exception");
  assert.match(msg, /C\+\+ exception/);
});

test("a mistake in a call is JavaScript's own error", () => {
  assert.deepEqual(describe(new TypeError("no such argument - expects one of 1, 2")), {
    kind: "TypeError",
    msg: "no such argument",
  });
});
