// Calls of Python functions in the order they were made: each begins when a lane is free, and keeps it until
// Python has answered, also while it awaits something.

import { PythonError } from "./errors.js";
import { lowerArguments, raise, splitOptions } from "./page_values.js";

/** @typedef {import("./page_values.js").Lowered} Lowered */

/**
 * @typedef {object} Call
 * @property {number} ticket its number, among all calls of the page
 * @property {string} entry `module:function`
 */

/**
 * What carries out one call at a time.
 *
 * @typedef {object} Lane
 * @property {(call: Call, args: { lowered: Lowered, moved: ArrayBufferLike[] }) => Promise<Lowered>} begin
 * @property {(call: Call, answer: Promise<unknown>) => Promise<unknown>} stop ends a call that was begun;
 *   settles when the lane can take another
 */

/**
 * @typedef {object} Waiting
 * @property {Call} call
 * @property {Promise<{ lowered: Lowered, moved: ArrayBufferLike[] }>} args
 * @property {AbortSignal} [signal]
 * @property {(value: any) => void} resolve
 * @property {(reason: unknown) => void} reject
 */

let lastTicket = 0;

export class CallQueue {
  /** @type {Set<Lane>} */
  #lanes = new Set();
  /** @type {Set<Lane>} */
  #busy = new Set();
  /** @type {Waiting[]} */
  #waiting = [];
  /** @type {Error | null} why there will be no more answers */
  #closed = null;

  /**
   * @param {string} entry `module:function`
   * @param {unknown[]} args the last may be options, `{ signal, transfer }`
   * @returns {Promise<any>}
   */
  async call(entry, args) {
    const { values, signal, transfer } = splitOptions(args);
    signal?.throwIfAborted();
    if (this.#closed) {
      throw this.#closed;
    }
    lastTicket += 1;
    const call = { ticket: lastTicket, entry };
    const lowering = lowerArguments(values, transfer);
    lowering.catch(() => {}); // it is heard of when the call's turn has come
    const answer = new Promise((resolve, reject) => {
      this.#waiting.push({ call, args: lowering, signal, resolve, reject });
    });
    const drop = () => this.#drop((waiting) => waiting.call === call, signal?.reason);
    signal?.addEventListener("abort", drop, { once: true });
    this.#next();
    try {
      return raise(await answer);
    } finally {
      signal?.removeEventListener("abort", drop);
    }
  }

  /** @param {Lane} lane takes calls from now on */
  add(lane) {
    this.#lanes.add(lane);
    this.#next();
  }

  /** @param {Lane} lane gets no more calls; the one that it has goes on */
  remove(lane) {
    this.#lanes.delete(lane);
  }

  /** Rejects the calls that have not begun with what Python says of an interrupt. */
  interrupt() {
    const type = "KeyboardInterrupt";
    this.#drop(() => true, new PythonError({ type, message: "", traceback: `${type}\n` }));
  }

  /** @param {Error} reason what calls that have not begun reject with, and all that are made later */
  close(reason) {
    this.#closed ??= reason;
    this.#drop(() => true, reason);
  }

  /**
   * @param {(waiting: Waiting) => boolean} which
   * @param {unknown} reason
   */
  #drop(which, reason) {
    const dropped = this.#waiting.filter(which);
    this.#waiting = this.#waiting.filter((waiting) => !which(waiting));
    for (const { reject } of dropped) {
      reject(reason);
    }
  }

  #next() {
    for (const lane of this.#lanes) {
      if (!this.#busy.has(lane)) {
        const waiting = this.#waiting.shift();
        if (!waiting) {
          return;
        }
        this.#busy.add(lane);
        this.#carryOut(lane, waiting).finally(() => {
          this.#busy.delete(lane);
          this.#next();
        });
      }
    }
  }

  /**
   * The page hears of an abort at once, as `fetch` does it; the lane is free when Python has stopped.
   *
   * @param {Lane} lane
   * @param {Waiting} waiting
   */
  async #carryOut(lane, { call, args, signal, resolve, reject }) {
    /** @type {Promise<unknown> | undefined} */
    let stopping;
    /** @type {Promise<Lowered> | undefined} */
    let answer;
    const abort = () => {
      reject(signal?.reason);
      stopping = answer && lane.stop(call, answer);
    };
    signal?.addEventListener("abort", abort, { once: true });
    try {
      const ready = await args;
      if (!signal?.aborted) {
        answer = lane.begin(call, ready);
        resolve(await answer);
      }
    } catch (error) {
      reject(error);
    } finally {
      signal?.removeEventListener("abort", abort);
    }
    await stopping?.catch(() => {}); // of a lane that is no more: its next call tells why
  }
}
