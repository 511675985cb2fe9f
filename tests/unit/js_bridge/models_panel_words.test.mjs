// What a visitor would misread: sizes in other units than their total, and moments that a moved clock makes.

import assert from "node:assert/strict";
import { test } from "node:test";
import { ago, arrivedInBytes, inBytes, roomOf, sumOf, wordsOf } from "../../../js_bridge/models_panel_words.js";

const now = () => Date.now() / 1000;

test("sizes have a digit after the point where that tells more", () => {
  const sizes = [0, 1, 999, 1000, 136_973, 999_499, 999_999, 9_400_000, 99_949_999, 123_456_789, 2e9, 5e15];
  assert.deepEqual(
    sizes.map(inBytes),
    [
      ...["0 bytes", "1 byte", "999 bytes", "1 kB", "137 kB", "999 kB", "1.0 MB", "9.4 MB", "99.9 MB"],
      ...["123 MB", "2.0 GB", "5,000 TB"],
    ],
  );
});

test("what has arrived is told in the unit of the whole", () => {
  assert.equal(arrivedInBytes(45_000, 4_000_000), "0.0 of 4.0 MB");
  assert.equal(arrivedInBytes(45_300_000, 120_000_000), "45 of 120 MB");
  assert.equal(arrivedInBytes(45_300_000, 0), "45.3 MB so far");
});

test("moments are told by how long ago they were, and those to come by their date", () => {
  assert.equal(ago(now()), "just now");
  assert.equal(ago(now() - 61), "1 minute ago");
  assert.equal(ago(now() - 7300), "2 hours ago");
  assert.equal(ago(now() - 86_500), "yesterday");
  assert.match(ago(now() - 40 * 86_400), /^[A-Z][a-z]{2} \d+, \d{4}$/);
  assert.match(ago(now() + 7300), /\d{4}$/);
});

test("sums and room", () => {
  assert.equal(sumOf([]), "No models are stored");
  const usage = { used: 12e6, quota: 10e9, models: 9e6, persisted: false };
  assert.equal(roomOf(usage), "This site uses 12.0 MB of 10.0 GB · 3.0 MB is other data");
  assert.equal(roomOf({ ...usage, used: 1e6 }), "This site uses 1.0 MB of 10.0 GB");
  const untold = { ...usage, used: 0, quota: Number.MAX_SAFE_INTEGER };
  assert.equal(roomOf(untold), "The browser does not tell how much room there is.");
});

test("errors have words for visitors", () => {
  assert.equal(wordsOf({ type: "KeyboardInterrupt", message: "" }), "it was stopped");
  assert.equal(wordsOf({ name: "WorkerEndedError", message: "closed" }), "Python has ended (closed)");
  assert.equal(wordsOf(new Error("full")), "full");
});
