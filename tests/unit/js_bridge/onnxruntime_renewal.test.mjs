// A new engine in place of one that stopped, in Node.js.

import assert from "node:assert/strict";
import { test } from "node:test";
import { createRenewedCalls } from "../../../js_bridge/onnxruntime_renewal.js";
import { load, model, open, viewFile } from "./engine.mjs";

test("a new engine that could not be loaded is loaded when Python asks for it again", async () => {
  const first = await load();
  let attempts = 0;
  let ended = 0;
  const loadAtLast = async () => {
    attempts += 1;
    if (attempts < 3) {
      throw new Error("offline");
    }
    return load();
  };
  const endThreads = () => ended++;
  const { calls, renewal } = createRenewedCalls({ ...first, endThreads }, loadAtLast, viewFile);
  const bytes = await model("add_fixed");
  first.ort._OrtCreateSession = () => {
    throw new WebAssembly.RuntimeError("unreachable");
  };
  assert.equal(renewal(), undefined);
  assert.throws(() => open(calls, bytes), /the engine stopped/);
  assert.equal(ended, 1);
  await assert.rejects(Promise.resolve(renewal()), /offline/);
  await assert.rejects(Promise.resolve(renewal()), /offline/);
  await renewal();
  assert.equal(renewal(), undefined);
  calls.releaseSession(open(calls, bytes));
  assert.equal(calls.liveCount(), 0);
  assert.equal(attempts, 3);
});
