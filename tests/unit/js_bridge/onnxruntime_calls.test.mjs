// The calls that Python makes, on the real engine in Node.js.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
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
    calls.externalDataView("weights.bin", weights.length).set(weights);
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

test("files of weights are read where they lie", async () => {
  const { calls } = await start();
  const { pathname } = new URL("../../data/weights.bin", import.meta.url);
  calls.externalDataFile("weights.bin", pathname);
  assert.equal(calls.liveCount(), 1);
  const session = open(calls, await model("weights_beside"));
  assert.equal(calls.liveCount(), 1);
  const run = calls.openRun(session, JSON.stringify({ inputs: [["x", 1, [4], 16]], outputs: ["y"] }));
  calls.inputView(run, 0).fill(0);
  calls.execute(run, "");
  assert.deepEqual(calls.outputView(run, 0, 16).slice(), new Uint8Array(readFileSync(pathname)));
  calls.closeRun(run);
  calls.releaseSession(session);
  assert.equal(calls.liveCount(), 0);
});

test("names and options may be longer than the engine's stack", async () => {
  const { calls } = await start();
  const session = open(calls, await model("identity_string"));
  const bytes = await model("add_fixed");
  for (const length of [5_900_000]) {
    const name = "n".repeat(length);
    const unknown = (/** @type {any} */ error) => {
      const { code, message } = JSON.parse(error.message);
      return code === 2 && message === `Invalid input name: ${name}`;
    };
    const attempt = () => {
      const run = openRunOfStrings(calls, session, ["text"], name);
      try {
        assert.throws(() => calls.execute(run, ""), unknown);
      } finally {
        calls.closeRun(run);
      }
    };
    attempt();
    attempt(); // into memory that the first one has fragmented
    const before = calls.memorySize();
    for (let time = 0; time < 2; time += 1) {
      attempt();
    }
    assert.equal(calls.memorySize(), before);
    calls.releaseSession(open(calls, bytes, { logId: name }));
  }
  const run = openRunOfStrings(calls, session, ["text"]);
  assert.equal(calls.execute(run, ""), "8:1");
  calls.closeRun(run);
  calls.releaseSession(session);
  assert.equal(calls.liveCount(), 0);
});

test("sessions and values may be released while runs wait for their turn", async () => {
  const { ort, calls } = await start(true);
  const session = await open(calls, await model("identity_string"));
  const released = { sessions: 0, tensors: 0 };
  const { _OrtReleaseSession, _OrtReleaseTensor } = ort;
  ort._OrtReleaseSession = (/** @type {number} */ handle) => {
    released.sessions += 1;
    return _OrtReleaseSession(handle);
  };
  ort._OrtReleaseTensor = (/** @type {number} */ tensor) => {
    released.tensors += 1;
    return _OrtReleaseTensor(tensor);
  };
  const value = calls.createStringValue("[1]", '["text"]');
  const { _OrtRun } = ort;
  ort._OrtRun = async (/** @type {any[]} */ ...args) => {
    await new Promise((resolve) => setTimeout(resolve)); // what comes later in this test comes meanwhile
    assert.equal(released.sessions, 0);
    return _OrtRun(...args);
  };
  const run = openRunOfStrings(calls, session, ["text"]);
  const request = JSON.stringify({ inputs: [["x", value]], outputs: [["y", 0]] });
  const first = calls.runValues(session, request, "");
  const second = calls.execute(run, "");
  await null;
  await null;
  calls.releaseValue(value);
  calls.releaseSession(session);
  assert.deepEqual(released, { sessions: 0, tensors: 0 });
  const [made] = (await first).split("=");
  assert.deepEqual(JSON.parse(calls.valueStrings(Number(made))), ["text"]);
  assert.deepEqual(released, { sessions: 0, tensors: 1 });
  assert.equal(await second, "8:1");
  calls.closeRun(run);
  assert.equal(released.sessions, 1);
  calls.releaseValue(Number(made));
  assert.equal(calls.liveCount(), 0);
});

test("what a device says of a run that failed, or of a session's creation, is no later run's", async () => {
  const { ort, calls } = await start(true);
  const session = await open(calls, await model("identity_string"));
  let failure = "";
  ort.takeDeviceFailure = () => {
    const taken = failure;
    failure = "";
    return taken;
  };
  failure = "no such tensor";
  const unknown = openRunOfStrings(calls, session, ["text"], "unknown");
  await assert.rejects(calls.execute(unknown, ""), /Invalid input name/);
  calls.closeRun(unknown);
  const run = openRunOfStrings(calls, session, ["text"]);
  assert.equal(await calls.execute(run, ""), "8:1");
  calls.closeRun(run);
  failure = "weights too large";
  await assert.rejects(Promise.resolve(open(calls, await model("add_fixed"))), /weights too large/);
  calls.releaseSession(session);
  assert.equal(calls.liveCount(), 0);
});
