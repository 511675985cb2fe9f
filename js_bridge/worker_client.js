// The page's end of the worker: what Comlink lacks is here.

import * as Comlink from "comlink";
import { carryErrors } from "./comlink_errors.js";
import { WorkerEndedError } from "./errors.js";
import { createSharedSignal, InterruptSignal } from "./interrupt_signal.js";
import { keepUntil } from "./keep_until.js";
import { OutputDispatcher } from "./output.js";
import { hasSharedMemory } from "./shared_memory.js";
import { createSharedOutput, SharedOutputReader } from "./shared_output.js";
import { ImshowEvent, WindowDisplay } from "./window_display.js";
import { createSharedKeys, SharedKeys } from "./window_keys.js";
import { withResolvers } from "./with_resolvers.js";
import { workerOf } from "./worker_script.js";

carryErrors();

/** How long code that awaits may take to end when it is cancelled. */
const CANCEL_MILLISECONDS = 200;

/**
 * One worker from birth to end. It never comes back: a restart makes a new client.
 */
export class WorkerClient {
  /**
   * @param {import("./engine_room.js").EngineRoomConfig} config
   * @param {import("./downloads.js").ProgressCallback} report
   * @param {EventTarget} events receives `stdout`, `stderr` and `imshow`
   * @param {() => boolean} hasImshow whether something listens to the last of these
   * @param {(reason: string) => void} onEnd called once, when the worker is gone
   */
  constructor(config, report, events, hasImshow, onEnd) {
    this.config = config;
    this.report = report;
    this.hasImshow = hasImshow;
    this.onEnd = onEnd;
    const output = new OutputDispatcher(events);
    /** @type {import("./output.js").OutputSink} */
    this.dispatch = (stream, bytes) => output.dispatch(stream, bytes);
    this.display = new WindowDisplay(
      (name, image) => events.dispatchEvent(new ImshowEvent(name, image)),
      (code) => this.pressKey(code),
    );
    this.sharedKeys = hasSharedMemory ? createSharedKeys() : null;
    this.keys = this.sharedKeys && new SharedKeys(this.sharedKeys);
    /** The windows that the worker knows to be shown. */
    this.displayed = "";
    /** @type {SharedOutputReader | null} */
    this.reader = null;
    /** @type {Map<Promise<unknown>, (error: Error) => void>} calls, and how to reject each */
    this.inFlight = new Map();
    /** @type {string | null} why the worker is gone */
    this.ended = null;
    this.sharedSignal = hasSharedMemory ? createSharedSignal() : null;
    this.signal = this.sharedSignal && new InterruptSignal(this.sharedSignal);
    this.worker = workerOf(
      config.bundle.worker,
      (address) => new Worker(address, { type: "module", name: "pyinfer" }),
    );
    this.worker.addEventListener("error", this.onLoadError);
    this.worker.addEventListener("message", ({ data }) => {
      if (data?.lastWords) {
        this.end(data.lastWords);
      }
      if (data?.windowChange && this.ended === null) {
        this.changeWindow(data.windowChange);
      }
    });
    /** @type {Comlink.Remote<import("./worker.js").WorkerService>} */
    this.remote = Comlink.wrap(this.worker);
  }

  /** Until it has started, an error event means that the worker's script could not run. */
  onLoadError = (/** @type {ErrorEvent} */ event) => {
    event.preventDefault();
    this.end(event.message ? `the worker failed: ${event.message}` : "the worker could not be loaded");
  };

  /**
   * @param {AbortSignal} [signal]
   * @returns {Promise<void>}
   */
  async start(signal) {
    const abort = () => this.end("loading was aborted", signal?.reason);
    signal?.addEventListener("abort", abort, { once: true });
    try {
      signal?.throwIfAborted();
      await this.watch();
      // Neither gives anything back: the worker would wait for it, and fail if it can't be cloned.
      const report = Comlink.proxy((/** @type {import("./downloads.js").Progress} */ progress) => {
        try {
          this.report(progress);
        } catch (error) {
          reportError(error); // the page's own; loading goes on
        }
      });
      const shared = hasSharedMemory ? createSharedOutput() : null;
      this.reader =
        shared && new SharedOutputReader(shared, this.dispatch, () => this.signal?.isWaiting() ?? false);
      const output = Comlink.proxy((/** @type {any} */ stream, /** @type {any} */ bytes) => {
        if (this.reader) {
          this.reader.announced();
        } else {
          this.dispatch(stream, bytes);
        }
      });
      await this.request((remote) =>
        remote.start(this.config, this.sharedSignal, report, shared, output, this.sharedKeys),
      );
    } catch (error) {
      this.end(`the worker could not start: ${/** @type {Error} */ (error).message}`);
      throw error;
    } finally {
      this.worker.removeEventListener("error", this.onLoadError);
      signal?.removeEventListener("abort", abort);
    }
  }

  /**
   * Notices the worker's end: it holds a Web Lock that is granted to us when it is gone. A page
   * without Web Locks (plain http, site data blocked) learns of it from the worker's own last words.
   */
  async watch() {
    if (!navigator.locks) {
      return;
    }
    const name = `pyinfer-worker-${crypto.randomUUID()}`;
    if (!(await this.request((remote) => remote.holdLock(name)))) {
      return;
    }
    this.released = new AbortController();
    navigator.locks
      .request(name, { signal: this.released.signal }, () => this.end("the worker ended unexpectedly"))
      .catch(() => undefined);
  }

  /**
   * A call that rejects when the worker goes away, which Comlink's own would not.
   *
   * @template T
   * @param {(remote: Comlink.Remote<import("./worker.js").WorkerService>) => Promise<T>} send
   * @returns {Promise<T>}
   */
  request(send) {
    if (this.ended !== null) {
      return Promise.reject(new WorkerEndedError(this.ended));
    }
    const { promise, resolve, reject } = withResolvers();
    this.inFlight.set(promise, reject);
    this.tellWindows();
    this.display.callStarted();
    send(this.remote)
      .finally(() => {
        this.reader?.drain();
        this.display.callEnded();
      })
      .then(resolve, reject)
      .finally(() => this.inFlight.delete(promise));
    return keepUntil(this, promise);
  }

  /** Tells the worker which windows the page shows, since it can't look or ask. */
  tellWindows() {
    const names = [...new Set([...this.display.names(), ...(this.hasImshow() ? [""] : [])])];
    const displayed = JSON.stringify(names);
    if (displayed !== this.displayed) {
      this.displayed = displayed;
      this.remote.displayWindows(names).catch(() => {}); // the request itself tells what is wrong
    }
  }

  /** @param {import("./windows.js").WindowChange} change */
  changeWindow(change) {
    try {
      this.display.apply(change);
    } finally {
      if (change.image) {
        this.keys?.countDrawn();
      }
    }
  }

  /** @param {number} code */
  pressKey(code) {
    if (this.keys) {
      this.keys.press(code);
    } else {
      this.remote.pressKey(code).catch(() => {}); // of a worker that is gone
    }
  }

  /**
   * Stops what Python is doing.
   *
   * @param {number} patience milliseconds to wait for what is in flight to end
   * @returns {Promise<boolean>} whether it ended
   */
  interrupt(patience) {
    return this.stop([...this.inFlight.keys()], (remote) => remote.cancel(), patience);
  }

  /**
   * Stops one call.
   *
   * @param {number} ticket
   * @param {Promise<unknown>} answer
   * @param {number} patience milliseconds to wait for it to end
   * @returns {Promise<boolean>} whether it ended
   */
  interruptCall(ticket, answer, patience) {
    return this.stop([answer], (remote) => remote.cancelCall(ticket), patience);
  }

  /**
   * Code that awaits is cancelled: then the worker is free and answers at once. Code that keeps
   * the worker's thread gets SIGINT, which Python looks for between two bytecodes: after an engine
   * call that is under way, not within it.
   *
   * @param {Promise<unknown>[]} answers
   * @param {(remote: Comlink.Remote<import("./worker.js").WorkerService>) => Promise<void>} cancel
   * @param {number} patience
   * @returns {Promise<boolean>}
   */
  async stop(answers, cancel, patience) {
    if (!answers.length) {
      return true;
    }
    const ended = Promise.allSettled(answers).then(() => true);
    cancel(this.remote).catch(() => {}); // the calls themselves tell how they ended
    if (await before(ended, CANCEL_MILLISECONDS)) {
      return true;
    }
    if (!this.signal) {
      return false;
    }
    const answered = this.signal.send(before(ended, patience));
    this.reader?.look();
    return answered;
  }

  /**
   * @param {string} reason
   * @param {Error} [error] what calls in flight reject with, if not a WorkerEndedError
   */
  end(reason, error) {
    if (this.ended !== null) {
      return;
    }
    this.ended = reason;
    this.released?.abort();
    this.worker.terminate();
    this.reader?.close();
    this.display.close();
    for (const reject of this.inFlight.values()) {
      reject(error ?? new WorkerEndedError(reason));
    }
    this.inFlight.clear();
    this.onEnd(reason);
  }
}

/**
 * @param {Promise<boolean>} promise
 * @param {number} milliseconds
 * @returns {Promise<boolean>} false if the time was up first
 */
function before(promise, milliseconds) {
  return Promise.race([
    promise,
    new Promise((resolve) => {
      setTimeout(resolve, milliseconds, false);
    }),
  ]);
}
