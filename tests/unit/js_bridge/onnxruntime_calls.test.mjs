// The calls that Python makes, on the real engine in Node.js.

import assert from "node:assert/strict";
import { test } from "node:test";
import { model, open, openRunOfStrings, start } from "./engine.mjs";

test("strings come back as they went, byte order marks, too", async () => {
  const { calls } = await start();
  const session = open(calls, await model("identity_string"));
  const texts = ["\ufeffshort", "", "x", "grün 😀", "\ufeff a text of more than sixteen bytes"];
  for (const list of [texts, texts.slice().reverse(), [""]]) {
    const run = openRunOfStrings(calls, session, list);
    calls.execute(run, "");
    assert.deepEqual(JSON.parse(calls.outputStrings(run, 0)), list);
    calls.closeRun(run);
  }
  calls.releaseSession(session);
  assert.equal(calls.liveCount(), 0);
});

test("sessions that are created at the same time have their own files of weights", async () => {
  const { calls } = await start(true);
  const bytes = await model("weights_beside");
  const opened = [1, 2, 3].map((value) => {
    const weights = new Uint8Array(new Float32Array(4).fill(value).buffer);
    calls.externalDataView("weights.bin", 0, weights.length, weights.length).set(weights);
    const session = open(calls, bytes);
    calls.releaseExternalData();
    return session;
  });
  const sums = [];
  for (const session of await Promise.all(opened)) {
    const run = calls.openRun(session, JSON.stringify({ inputs: [["x", 1, [4], 16]], outputs: ["y"] }));
    calls.inputView(run, 0).fill(0);
    await calls.execute(run, "");
    sums.push(new Float32Array(calls.outputView(run, 0, 16).slice().buffer)[0]);
    calls.closeRun(run);
    calls.releaseSession(session);
  }
  assert.deepEqual(sums, [1, 2, 3]);
  assert.equal(calls.liveCount(), 0);
});
