// What a visitor would see of a start: a bar that runs back or stands still, words for something long over.

import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { StartProgress } from "../../../js_bridge/start_progress.js";

mock.timers.enable({ apis: ["setInterval"] });
let now = 0;
mock.method(performance, "now", () => now);

function pass(milliseconds) {
  now += milliseconds;
  mock.timers.tick(milliseconds);
}

function startOf(expected) {
  const seen = [];
  const progress = new StartProgress((each) => seen.push(each), expected);
  progress.begin();
  return { progress, seen, shares: () => seen.map(({ share }) => share) };
}

const download = (name, loaded, total) => ({ phase: "download", name, loaded, total });
const step = (name, loaded) => ({ phase: "start", name, loaded, total: 1 });

test("the share never goes back, also when a large file joins late", () => {
  const { progress, shares } = startOf(100);
  progress.hear(download("a", 90, 100));
  pass(100);
  progress.hear(download("b", 0, 100000));
  progress.hear(step("Python", 0));
  pass(300);
  progress.hear(step("Python", 1));
  progress.end();
  const all = shares();
  assert.deepEqual(
    all,
    all.toSorted((one, other) => one - other),
  );
});

test("it moves while nothing is heard, and stays below the end", () => {
  const { progress, shares } = startOf(100);
  progress.hear(download("a", 50, 100));
  for (let tick = 0; tick < 50; tick++) {
    pass(100);
  }
  progress.end();
  const all = shares();
  assert.equal(all.length, 51);
  assert.equal(new Set(all).size, 51);
  assert.ok(all.at(-1) < 1);
});

test("the end is the end: the share is 1, and what comes later passes as it is", () => {
  const { progress, seen } = startOf(100);
  progress.hear(step("Python", 0));
  progress.hear({ phase: "ready", name: "ready", loaded: 1, total: 1 });
  assert.equal(seen.at(-1).share, 1);
  progress.end();
  const model = { phase: "model", name: "digits", loaded: 3, total: 9 };
  progress.hear(model);
  pass(1000);
  assert.equal(seen.at(-1), model);
});

test("words say what is going on", () => {
  const { progress, seen } = startOf(4_000_000);
  const words = () => seen.at(-1).words;
  progress.hear(download("numpy.zip", 1_000_000, 2_000_000));
  assert.match(words(), /^Loading · 1(\.0)? MB$/);
  progress.hear(step("Python", 0));
  assert.equal(words(), "Starting Python");
  progress.hear({ phase: "app", name: "digits", loaded: 0, total: 1 });
  assert.equal(words(), "Starting the app");
  progress.end();
});
