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
