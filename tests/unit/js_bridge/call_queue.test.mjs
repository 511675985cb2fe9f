// What a user would lose: calls in their order, and a Cancel button that cancels one call and no other.

import assert from "node:assert/strict";
import { test } from "node:test";
import { CallQueue } from "../../../js_bridge/call_queue.js";

/** A lane whose calls end when the test says so. */
function lane() {
  /** @type {Map<string, { answer: (value: unknown) => void, fail: (error: Error) => void }>} */
  const running = new Map();
  /** @type {string[]} */
  const stopped = [];
  return {
    running,
    stopped,
    begun: () => [...running.keys()],
    begin(/** @type {any} */ { entry }, /** @type {any} */ { lowered }) {
      return new Promise((resolve, reject) => {
        running.set(entry, {
          answer: (value = JSON.parse(lowered.json)) => {
            running.delete(entry);
            resolve({ json: JSON.stringify(value), buffers: [] });
          },
          fail: (error) => {
            running.delete(entry);
            reject(error);
          },
        });
      });
    },
    stop(/** @type {any} */ { entry }, /** @type {any} */ answer) {
      stopped.push(entry);
      return answer;
    },
  };
}

const turn = () => new Promise((resolve) => setTimeout(resolve));

test("a call begins when the one before it has ended, even if its arguments are ready sooner", async () => {
  const calls = new CallQueue();
  const only = lane();
  calls.add(only);
  const first = calls.call("first", [new Blob(["abc"])]);
  const second = calls.call("second", [2]);
  while (!only.begun().length) {
    await turn();
  }
  assert.deepEqual(only.begun(), ["first"]);
  only.running.get("first")?.fail(new Error("of Python"));
  await assert.rejects(first, /of Python/);
  await turn();
  assert.deepEqual(only.begun(), ["second"]);
  only.running.get("second")?.answer(undefined);
  assert.deepEqual(await second, [2]);
});

test("calls go to lanes that are free, and none to one that was taken away", async () => {
  const calls = new CallQueue();
  const lanes = [lane(), lane()];
  for (const one of lanes) {
    calls.add(one);
  }
  const answers = ["a", "b", "c", "d"].map((entry) => calls.call(entry, []));
  await turn();
  assert.deepEqual(lanes.map((one) => one.begun()), [["a"], ["b"]]);
  calls.remove(lanes[0]);
  lanes[0].running.get("a")?.answer(1);
  lanes[1].running.get("b")?.answer(2);
  assert.deepEqual(await Promise.all(answers.slice(0, 2)), [1, 2]);
  await turn();
  assert.deepEqual(lanes.map((one) => one.begun()), [[], ["c"]]);
  calls.add(lanes[0]);
  await turn();
  assert.deepEqual(lanes.map((one) => one.begun()), [["d"], ["c"]]);
});

test("an abort drops a call that waits, and stops one that runs before the next begins", async () => {
  const calls = new CallQueue();
  const only = lane();
  calls.add(only);
  const controllers = [new AbortController(), new AbortController()];
  const bytes = new Uint8Array([1, 2]);
  const running = calls.call("running", [{ signal: controllers[0].signal }]);
  const waiting = calls.call("waiting", [bytes, { signal: controllers[1].signal, transfer: true }]);
  const last = calls.call("last", []);
  await turn();
  controllers[1].abort("not needed");
  controllers[0].abort();
  assert.equal(await waiting.catch((reason) => reason), "not needed");
  assert.equal(bytes.length, 2);
  assert.equal(await running.catch((reason) => reason.name), "AbortError");
  await turn();
  assert.deepEqual([only.begun(), only.stopped], [["running"], ["running"]]); // Python has not stopped yet
  only.running.get("running")?.fail(new Error("KeyboardInterrupt"));
  await turn();
  assert.deepEqual(only.begun(), ["last"]);
  only.running.get("last")?.answer("done");
  assert.equal(await last, "done");
  await assert.rejects(calls.call("never", [{ signal: AbortSignal.abort("before") }]), (reason) => reason === "before");
});

test("an interrupt drops all that waits, and after the end there are no calls", async () => {
  const calls = new CallQueue();
  const only = lane();
  calls.add(only);
  const running = calls.call("running", []);
  const waiting = calls.call("waiting", []);
  await turn();
  calls.interrupt();
  assert.equal(await waiting.catch((error) => error.type), "KeyboardInterrupt");
  only.running.get("running")?.answer(1);
  assert.equal(await running, 1);
  calls.close(new Error("the end"));
  await assert.rejects(calls.call("later", []), /the end/);
});
