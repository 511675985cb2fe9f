// What `loadPyinfer({ workers: n })` gives: Python in several workers, each with engines of its own.

import { CallQueue } from "./call_queue.js";
import { READY } from "./downloads.js";
import { WorkerEndedError } from "./errors.js";
import { addListeners } from "./listeners.js";
import { OutputEvent } from "./output.js";
import { createPageModels } from "./page_models.js";
import { ImshowEvent } from "./window_display.js";
import { absolute, bytesOf, laneOf, WorkerRuntime } from "./worker_runtime.js";

/** @typedef {import("./downloads.js").Progress} Progress */

/**
 * Several workers that take turns at calls.
 *
 * What prepares Python (`runPythonAsync`, `install`, `files.write`, `models.fetch`) is done in each worker, and
 * again in one that takes the place of another; what is called runs in one of them, and nobody says in which.
 *
 * Events: those of {@link WorkerRuntime}. `restart` tells that one worker was started anew, `close` that all
 * are gone.
 */
export class WorkerPool extends EventTarget {
  /** @type {import("./engine_room.js").EngineRoomConfig} */
  #config;
  /** @type {WorkerRuntime[]} */
  #runtimes = [];
  /** @type {Map<WorkerRuntime, import("./call_queue.js").Lane>} */
  #lanes = new Map();
  #calls = new CallQueue();
  /** @type {Map<string, (runtime: WorkerRuntime) => Promise<any>>} what made the workers what they are, in order */
  #preparations = new Map();
  /** @type {Set<Promise<void>>} workers on their way */
  #opening = new Set();
  /** @type {Set<WorkerRuntime>} the same */
  #starting = new Set();
  /** @type {(progress: Progress) => void} */
  #report;
  #hasImshow = false;
  /** @type {string | null} why there are no workers any more */
  #ended = null;

  /**
   * @param {import("./engine_room.js").EngineRoomConfig} config
   * @param {(progress: Progress) => void} report
   */
  constructor(config, report) {
    super();
    this.#config = config;
    this.#report = report;
  }

  /**
   * The first worker starts alone, so that the others find in the browser's cache what it has downloaded.
   *
   * @param {import("./engine_room.js").EngineRoomConfig} config
   * @param {import("./pyinfer.js").LoadOptions} options
   */
  static async load(config, options) {
    const { workers = 1, signal, onProgress } = options;
    if (!Number.isInteger(workers) || workers < 1) {
      throw new TypeError(`workers must be a whole number from 1 on, not ${JSON.stringify(workers)}`);
    }
    const report = onProgress ?? (() => {});
    const pool = new WorkerPool(config, report);
    addListeners(pool, options);
    const tell = (/** @type {number} */ loaded) =>
      report({ phase: "start", name: "workers", loaded, total: workers });
    try {
      await pool.#open((progress) => progress.phase !== "ready" && report(progress), signal);
      tell(1);
      const others = Array.from({ length: workers - 1 }, () =>
        pool.#open((progress) => pool.#reportLater(progress), signal).then(() => tell(pool.#runtimes.length)),
      );
      await Promise.all(others);
    } catch (error) {
      pool.#end("not all workers could start");
      throw error;
    }
    report(READY);
    return pool;
  }

  /**
   * Remembers that the page shows images itself, which `cv2.imshow` must know at once.
   *
   * @param {string} type
   * @param {EventListenerOrEventListenerObject | null} listener
   * @param {boolean | AddEventListenerOptions} [options]
   */
  addEventListener(type, listener, options) {
    if (type === "imshow" && !this.#hasImshow) {
      this.#hasImshow = true;
      for (const runtime of this.#runtimes) {
        this.#forwardImages(runtime);
      }
    }
    super.addEventListener(type, listener, options);
  }

  /**
   * Calls a Python function in a worker that is free, as {@link WorkerRuntime#call}. Calls begin in the order
   * in which they were made.
   *
   * @param {string} entry `module:function`
   * @param {...unknown} args JSON values, typed arrays, `{ data, shape, dtype }`, ImageData, Blobs; options
   * @returns {Promise<any>} a JSON value, or an array as `{ data, shape, dtype }`
   */
  call(entry, ...args) {
    return this.#calls.call(entry, args);
  }

  /**
   * Runs Python source in every worker, and later in those that take the place of one.
   *
   * @param {string} code
   * @returns {Promise<any>} the value of its last expression, as the first worker has it
   */
  runPythonAsync(code) {
    return this.#everywhere(`python:${code}`, (runtime) => runtime.runPythonAsync(code));
  }

  /**
   * Installs pure Python packages and what they require, in every worker.
   *
   * @param {string | string[]} requirements names, specifiers or addresses of wheels
   * @returns {Promise<void>}
   */
  install(requirements) {
    return this.#everywhere(`install:${requirements}`, (runtime) => runtime.install(requirements));
  }

  #store = createPageModels(
    (method, args, keywords, onProgress) => this.#askModels(method, args, keywords, onProgress),
    absolute,
  );

  /** Models, kept on this machine: one download for all workers. */
  models = this.#store.models;

  /**
   * Settles when the browser has stored all files of a built app: whether it starts without its server now.
   *
   * @type {Promise<boolean>}
   */
  offline = Promise.resolve(false);

  /** The workers' file systems: what is written is written in each, what is read is the first one's. */
  files = Object.freeze({
    /**
     * @param {string} path
     * @param {string | Blob | ArrayBuffer | ArrayBufferView} content kept by the page for workers to come
     * @returns {Promise<void>}
     */
    write: async (path, content) => {
      const bytes = await bytesOf(content);
      await this.#everywhere(`file:${path}`, (runtime) => runtime.files.write(path, bytes));
    },
    /**
     * @param {string} path
     * @returns {Promise<Uint8Array<ArrayBuffer>>}
     */
    read: async (path) => (await this.#first()).files.read(path),
    /**
     * @param {string} path
     * @returns {Promise<string[]>} names of what lies in a folder
     */
    list: async (path) => (await this.#first()).files.list(path),
  });

  /**
   * Stops what Python is doing in all workers, and drops the calls whose turn has not come. See
   * {@link WorkerRuntime#interrupt}; a worker that has to be restarted is prepared as it was.
   *
   * @param {{ patience?: number }} [options]
   * @returns {Promise<"interrupted" | "restarted">} whether any worker had to be restarted
   */
  async interrupt(options) {
    this.#calls.interrupt();
    const hows = await Promise.all(
      [...this.#lanes].map(async ([runtime, lane]) => {
        this.#calls.remove(lane); // it gets no call before it is what it was
        const how = await this.#restored(runtime, runtime.interrupt(options));
        if (this.#lanes.has(runtime)) {
          this.#calls.add(lane);
        }
        return how;
      }),
    );
    return hows.includes("restarted") ? "restarted" : "interrupted";
  }

  /**
   * Ends all workers. Calls in flight reject.
   *
   * @returns {Promise<void>}
   */
  async close() {
    this.#end("closed by close()");
  }

  /**
   * @param {(progress: Progress) => void} report
   * @param {AbortSignal} [signal]
   * @returns {Promise<void>}
   */
  #open(report, signal) {
    const opening = this.#start(report, signal).finally(() => this.#opening.delete(opening));
    this.#opening.add(opening);
    return opening;
  }

  /**
   * @param {(progress: Progress) => void} report
   * @param {AbortSignal} [signal]
   */
  async #start(report, signal) {
    let complete = () => {};
    /** @type {(reason: unknown) => void} */
    let fail = () => {};
    const runtime = new WorkerRuntime(this.#config, (progress) => {
      this.#store.hear(progress);
      report(progress);
      if (progress.phase === "ready") {
        complete();
      }
    });
    this.#forward(runtime);
    /** @type {Promise<void>} */
    const completed = new Promise((resolve, reject) => {
      complete = resolve;
      fail = reject;
    });
    runtime.addEventListener("close", (event) =>
      fail(new WorkerEndedError(/** @type {CustomEvent} */ (event).detail)),
    );
    completed.catch(() => {}); // of a worker that could not start
    const abort = () => fail(signal?.reason);
    signal?.addEventListener("abort", abort, { once: true });
    this.#starting.add(runtime);
    try {
      await runtime.start(signal);
      await completed; // what comes next would share the line and the processors with its engines
      await this.#prepare(runtime);
      if (this.#ended !== null) {
        throw new WorkerEndedError(this.#ended);
      }
    } catch (error) {
      await runtime.close();
      throw error;
    } finally {
      signal?.removeEventListener("abort", abort);
      this.#starting.delete(runtime);
    }
    const own = laneOf(runtime);
    const lane = {
      ...own,
      stop: (/** @type {import("./call_queue.js").Call} */ call, /** @type {Promise<unknown>} */ answer) =>
        this.#restored(runtime, own.stop(call, answer)),
    };
    runtime.addEventListener("close", (event) =>
      this.#replace(runtime, /** @type {CustomEvent} */ (event).detail),
    );
    this.#runtimes.push(runtime);
    this.#lanes.set(runtime, lane);
    this.#calls.add(lane);
  }

  /**
   * Waits for a runtime to be stopped; one that was restarted is made what it was.
   *
   * @template T
   * @param {WorkerRuntime} runtime
   * @param {Promise<T>} stopped how
   * @returns {Promise<T>}
   */
  async #restored(runtime, stopped) {
    const how = await stopped;
    if (how === "restarted") {
      await this.#prepare(runtime).catch(() => runtime.close()); // then another takes its place
    }
    return how;
  }

  /** @param {WorkerRuntime} runtime that has just started */
  async #prepare(runtime) {
    for (const work of this.#preparations.values()) {
      await work(runtime);
    }
  }

  /**
   * @param {WorkerRuntime} runtime that is gone
   * @param {string} reason
   */
  #replace(runtime, reason) {
    const lane = this.#lanes.get(runtime);
    if (lane) {
      this.#calls.remove(lane);
    }
    this.#lanes.delete(runtime);
    this.#runtimes = this.#runtimes.filter((other) => other !== runtime);
    if (this.#ended !== null) {
      return;
    }
    this.#open((progress) => this.#reportLater(progress)).then(
      () => this.dispatchEvent(new CustomEvent("restart", { detail: reason })),
      () => {
        if (!this.#runtimes.length && !this.#opening.size) {
          this.#end(`${reason}, and no other could be started`);
        }
      },
    );
  }

  /** @param {string} reason */
  #end(reason) {
    if (this.#ended !== null) {
      return;
    }
    this.#ended = reason;
    this.#calls.close(new WorkerEndedError(reason));
    for (const runtime of [...this.#runtimes, ...this.#starting]) {
      runtime.close();
    }
    this.#store.stopHearing();
    this.dispatchEvent(new CustomEvent("close", { detail: reason }));
  }

  /** @returns {Promise<WorkerRuntime>} the one that has been there for longest */
  async #first() {
    while (!this.#runtimes.length && this.#opening.size) {
      await Promise.race(this.#opening).catch(() => {});
    }
    if (!this.#runtimes.length) {
      throw new WorkerEndedError(this.#ended ?? "no worker is left");
    }
    return this.#runtimes[0];
  }

  /**
   * @template T
   * @param {string} name of what is done; the same again takes its place
   * @param {(runtime: WorkerRuntime) => Promise<T>} work
   * @returns {Promise<T>} what the first worker gives
   */
  async #everywhere(name, work) {
    await this.#first();
    this.#preparations.delete(name);
    this.#preparations.set(name, work);
    const done = await Promise.allSettled(this.#runtimes.map(work));
    for (const result of done) {
      if (result.status === "rejected") {
        this.#preparations.delete(name);
        throw result.reason;
      }
    }
    return /** @type {PromiseFulfilledResult<T>} */ (done[0]).value;
  }

  /**
   * What one worker has fetched the others take from the store. The rest is about the store itself, and any
   * worker can answer; but a path is given back in each.
   *
   * @type {import("./page_models.js").Ask}
   */
  async #askModels(method, args, keywords, onProgress) {
    const first = await this.#first();
    const name = `model:${args[0]}`;
    if (method === "unmount") {
      const path = String(args[0]);
      this.#preparations.delete(this.#paths.get(path) ?? "");
      this.#paths.delete(path);
      await Promise.all(this.#runtimes.map((runtime) => laneOf(runtime).ask(method, args)));
      return null;
    }
    const answer = await laneOf(first).ask(method, args, keywords, onProgress);
    if (method === "fetch") {
      this.#paths.set(answer, name);
      await this.#everywhere(name, (runtime) => laneOf(runtime).ask(method, args, keywords));
    }
    return answer;
  }

  /** @type {Map<string, string>} names of preparations, by the path of the model that they fetch */
  #paths = new Map();

  /** @param {Progress} progress of a worker that is not the first: what concerns all, or what goes wrong */
  #reportLater(progress) {
    if (progress.phase === "model" || progress.about === "models") {
      this.#report(progress);
    }
  }

  /** @param {WorkerRuntime} runtime whose events are to be the pool's */
  #forward(runtime) {
    for (const stream of /** @type {const} */ (["stdout", "stderr"])) {
      runtime.addEventListener(stream, (event) => {
        const output = /** @type {OutputEvent} */ (event);
        const { bytes, text } = output;
        const told = new OutputEvent(stream, bytes, text);
        this.dispatchEvent(told);
        if (told.settled) {
          output.waitUntil(told.settled);
        }
      });
    }
    runtime.addEventListener("restart", () => this.dispatchEvent(new Event("restart")));
    if (this.#hasImshow) {
      this.#forwardImages(runtime);
    }
  }

  /** @param {WorkerRuntime} runtime */
  #forwardImages(runtime) {
    runtime.addEventListener("imshow", (event) => {
      const { name, image } = /** @type {ImshowEvent} */ (event);
      this.dispatchEvent(new ImshowEvent(name, image));
    });
  }
}
