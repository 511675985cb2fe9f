// What a user would lose: a Stop button that works every time, and stops once.

import assert from "node:assert/strict";
import { test } from "node:test";
import { createSharedSignal, InterruptSignal } from "../../../js_bridge/interrupt_signal.js";

const SIGINT = 2;

/**
 * Pyodide's two steps, and C's word that it has the signal.
 *
 * @param {Uint8Array} shared
 * @param {number} losing how many signals come between the two steps
 */
function python(shared, losing) {
  let taken = 0;
  /** @type {() => void} */
  let answer = () => {};
  const answered = new Promise((resolve) => {
    answer = () => resolve(undefined);
  });
  const loop = setInterval(() => {
    const signal = shared[0];
    shared[0] = 0;
    if (signal === SIGINT && losing-- <= 0) {
      Atomics.add(shared, 1, 1);
      taken += 1;
      setTimeout(answer, 150); // an `except KeyboardInterrupt` that takes its time
    }
  }, 1);
  return { answered, taken: () => taken, end: () => clearInterval(loop) };
}

for (const losing of [0, 1, 3]) {
  test(`a signal that is lost ${losing} times arrives once`, async () => {
    const shared = createSharedSignal();
    const signal = new InterruptSignal(shared);
    const { answered, taken, end } = python(shared, losing);
    await signal.send(answered);
    end();
    assert.equal(taken(), 1);
    assert.equal(signal.isWaiting(), false);
  });
}

test("a signal that nobody takes waits, and is taken back when patience ends", async () => {
  const signal = new InterruptSignal(createSharedSignal());
  const sent = signal.send(new Promise((resolve) => setTimeout(resolve, 100, "the end")));
  assert.equal(signal.isWaiting(), true);
  assert.equal(await sent, "the end");
  assert.equal(signal.isWaiting(), false);
});
