// What the engine asks of WebNN, with a context that refuses some of it.

import assert from "node:assert/strict";
import { test } from "node:test";
import { WebNNBackend } from "../../../js_bridge/webnn_backend.js";

const FLOAT = 1;

function context() {
  const made = {
    destroyed: 0,
    refuses: false,
    opSupportLimits: () => ({ input: { dataTypes: ["float32"] } }),
    createTensor: async () => {
      if (made.refuses) {
        throw new Error("no memory");
      }
      const tensor = {
        destroyed: false,
        destroy: () => {
          tensor.destroyed = true;
        },
      };
      return tensor;
    },
    destroy: () => {
      made.destroyed += 1;
    },
  };
  return made;
}

test("a tensor that could not be made anew is not the one that was destroyed", async () => {
  const backend = new WebNNBackend(/** @type {any} */ ({}));
  const only = context();
  backend.register(7, /** @type {any} */ (only));
  const id = backend.reserve();
  const first = /** @type {any} */ (await backend.ensure(7, id, FLOAT, [2], false));
  only.refuses = true;
  await assert.rejects(backend.ensure(7, id, FLOAT, [3], false), /no memory/);
  assert.ok(first.destroyed);
  only.refuses = false;
  const again = /** @type {any} */ (await backend.ensure(7, id, FLOAT, [2], false));
  assert.equal(again.destroyed, false);
  backend.release(id);
  assert.equal(backend.size, 0);
});

test("a session's context goes with it", () => {
  const backend = new WebNNBackend(/** @type {any} */ ({}));
  const only = context();
  backend.register(7, /** @type {any} */ (only));
  backend.onReleaseSession(7);
  backend.onReleaseSession(7);
  assert.equal(only.destroyed, 1);
});
