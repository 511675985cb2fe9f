// Comlink keeps of an error its name, message and stack; Python's type and traceback go too.

import { transferHandlers } from "comlink";
import { describeError, reviveError } from "./errors.js";

/** Makes Comlink carry errors whole. Both sides call it once, before anything else. */
export function carryErrors() {
  const original = transferHandlers.get("throw");
  if (!original) {
    throw new Error("this Comlink has no handler for errors");
  }
  transferHandlers.set("throw", {
    canHandle: original.canHandle,
    serialize: (/** @type {any} */ { value }) => [describeError(value), []],
    deserialize: (record) => {
      throw reviveError(/** @type {import("./errors.js").ErrorRecord} */ (record));
    },
  });
}
