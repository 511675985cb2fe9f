// What stands around each call on the engine.
//
// A call that takes time on a device is a generator: it yields what the engine's export gave, and goes
// on with the number. The build for the CPU gives numbers, so the call ends at once; the build that
// waits gives promises, and the call becomes one. Its stack lies in the engine's memory until then,
// below that of calls which come meanwhile: they may, if they are over at once. Those that wait, too,
// have to come one after another.

import { LostError, OnnxRuntimeError, RUNTIME_EXCEPTION } from "./onnxruntime_memory.js";

/** @typedef {Generator<any, any, any>} Steps */

/**
 * A call that takes time on a device, and comes to a `T`.
 *
 * @template T
 * @typedef {Generator<unknown, T, any>} Waiting
 */

const GeneratorFunction = Object.getPrototypeOf(function* () {}).constructor;

/**
 * Makes each call give back the stack and what did not fit there, and name what stops the engine for good: a trap leaves its
 * memory in a state that nobody knows. From then on nothing can be given back, and that is no error.
 *
 * @template {Record<string, (...args: any[]) => any>} C
 * @param {import("./onnxruntime_memory.js").OrtModule} ort
 * @param {ReturnType<typeof import("./onnxruntime_memory.js").openMemory>} memory
 * @param {boolean} waits whether the engine's exports give promises
 * @param {() => string} stopped is told of that, and says how things go on
 * @param {C} calls
 * @returns {C}
 */
export function guardAll(ort, { spilledCount, freeSpilled }, waits, stopped, calls) {
  let failure = "";
  /** @type {Promise<unknown>} the last call that waits */
  let last = Promise.resolve();

  function refuseAfterFailure() {
    if (failure) {
      throw new OnnxRuntimeError(RUNTIME_EXCEPTION, failure);
    }
  }

  /** @param {unknown} error */
  function translated(error) {
    if (error instanceof OnnxRuntimeError) {
      return error;
    }
    if (error instanceof Error && !(error instanceof WebAssembly.RuntimeError)) {
      return new OnnxRuntimeError(RUNTIME_EXCEPTION, String(error));
    }
    failure ||= `the engine stopped (${error}): ${stopped()}`;
    return new OnnxRuntimeError(RUNTIME_EXCEPTION, failure);
  }

  /**
   * @param {number} stack
   * @param {number} spilled
   */
  function giveBack(stack, spilled) {
    ort.stackRestore(stack);
    if (!failure) {
      freeSpilled(spilled);
    }
  }

  /**
   * @param {(...args: any[]) => any} call
   * @param {any[]} args
   */
  function atOnce(call, args) {
    refuseAfterFailure();
    const stack = ort.stackSave();
    const spilled = spilledCount();
    try {
      return call(...args);
    } catch (error) {
      throw translated(error);
    } finally {
      giveBack(stack, spilled);
    }
  }

  /**
   * @param {(...args: any[]) => Steps} call
   * @param {any[]} args
   */
  async function later(call, args) {
    refuseAfterFailure();
    const stack = ort.stackSave();
    const spilled = spilledCount();
    try {
      return await waitFor(call(...args));
    } catch (error) {
      throw translated(error);
    } finally {
      giveBack(stack, spilled);
    }
  }

  /**
   * @param {string} name
   * @param {(...args: any[]) => any} call
   */
  function guard(name, call) {
    if (!(call instanceof GeneratorFunction)) {
      const givesBack = name.startsWith("release") || name.startsWith("close");
      if (!givesBack) {
        return (/** @type {any[]} */ ...args) => atOnce(call, args);
      }
      return (/** @type {any[]} */ ...args) => {
        try {
          return failure ? undefined : atOnce(call, args);
        } catch (error) {
          if (!(error instanceof LostError)) {
            throw error;
          }
        }
      };
    }
    if (!waits) {
      const whole = (/** @type {any[]} */ ...args) => finish(call(...args));
      return (/** @type {any[]} */ ...args) => atOnce(whole, args);
    }
    return (/** @type {any[]} */ ...args) => {
      const turn = last.then(() => later(call, args));
      last = turn.catch(() => {}); // whoever made that call hears of it
      return turn;
    };
  }

  return /** @type {C} */ (
    Object.fromEntries(Object.entries(calls).map(([name, call]) => [name, guard(name, call)]))
  );
}

/** @param {Steps} steps */
function finish(steps) {
  let step = steps.next();
  while (!step.done) {
    step = steps.next(step.value);
  }
  return step.value;
}

/** @param {Steps} steps */
async function waitFor(steps) {
  let step = steps.next();
  while (!step.done) {
    /** @type {unknown} */
    let answer;
    try {
      answer = await step.value;
    } catch (error) {
      step = steps.throw(error);
      continue;
    }
    step = steps.next(answer);
  }
  return step.value;
}
