// What a user would lose: answers that are about what the camera shows now, and not about a minute ago.

import assert from "node:assert/strict";
import { test } from "node:test";
import { FrameLoop } from "../../../site/frames.js";

let look = () => {};
Object.assign(globalThis, {
  requestAnimationFrame: (/** @type {() => void} */ callback) => {
    look = callback;
    return 1;
  },
  cancelAnimationFrame: () => {
    look = () => {};
  },
});

/**
 * A camera whose frames come when the test says so, and a Python that takes as long as it says.
 *
 * @param {boolean} tells whether the browser tells of frames
 */
function setUp(tells = true) {
  const taken = /** @type {number[]} */ ([]);
  let shown = 0;
  let hear = () => {};
  let answer = () => {};
  const video = /** @type {any} */ ({
    requestVideoFrameCallback: (/** @type {() => void} */ callback) => {
      hear = tells ? callback : () => {};
      return 1;
    },
    getVideoPlaybackQuality: () => ({ totalVideoFrames: shown }),
    cancelVideoFrameCallback: () => {
      hear = () => {};
    },
  });
  const loop = new FrameLoop(video, () => {
    taken.push(shown);
    return new Promise((resolve) => {
      answer = resolve;
    });
  });
  return {
    loop,
    taken,
    frame: (/** @type {number} */ number) => {
      shown = number;
      hear();
      look();
    },
    answer: async () => {
      answer();
      await new Promise((resolve) => setTimeout(resolve));
    },
  };
}

test("while Python is busy the newest frame waits, and the others are dropped", async () => {
  const { loop, taken, frame, answer } = setUp();
  loop.start();
  for (const number of [1, 2, 3]) {
    frame(number);
  }
  assert.deepEqual(taken, [0]);
  await answer();
  assert.deepEqual(taken, [0, 3]);
  assert.equal(loop.dropped, 2);
});

test("no frame is worked on twice", async () => {
  const { loop, taken, frame, answer } = setUp();
  loop.start();
  await answer();
  await answer();
  assert.deepEqual(taken, [0]);
  frame(1);
  assert.deepEqual(taken, [0, 1]);
  assert.equal(loop.dropped, 0);
});

test("a stop waits for the frame that is being worked on, and takes no other", async () => {
  const { loop, taken, frame, answer } = setUp();
  loop.start();
  frame(1);
  let isStopped = false;
  const stopped = loop.stop().then(() => {
    isStopped = true;
  });
  frame(2);
  await Promise.resolve();
  assert.equal(isStopped, false);
  await answer();
  await stopped;
  assert.deepEqual(taken, [0]);
  loop.start();
  assert.deepEqual(taken, [0, 2]);
});

test("a browser that does not tell of frames is asked for their count", async () => {
  const { loop, taken, frame, answer } = setUp(false);
  loop.start();
  frame(1);
  frame(1);
  frame(2);
  await answer();
  await answer();
  frame(2);
  assert.deepEqual(taken, [0, 2]);
  assert.equal(loop.dropped, 1);
  await loop.stop();
  frame(3);
  assert.deepEqual(taken, [0, 2]);
});
