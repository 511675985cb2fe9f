// What `loadPyinfer` gives by default: Python in a worker of its own.

import { proxy, transfer } from "comlink";
import { CallQueue } from "./call_queue.js";
import { WorkerEndedError } from "./errors.js";
import { addListeners } from "./listeners.js";
import { createPageModels } from "./page_models.js";
import { raise } from "./page_values.js";
import { WorkerClient } from "./worker_client.js";

/** How long Python has to answer an interrupt before the worker is restarted. */
const PATIENCE_MILLISECONDS = 3000;

/**
 * What a pool of workers asks of one: to carry out calls, and to ask its model store.
 *
 * @typedef {import("./call_queue.js").Lane & { ask: import("./page_models.js").Ask }} RuntimeLane
 */

/** @type {(runtime: WorkerRuntime) => RuntimeLane} */
export let laneOf;

/**
 * Python in a worker.
 *
 * Events: `stdout` and `stderr` ({@link import("./output.js").OutputEvent}); `imshow`
 * ({@link import("./window_display.js").ImshowEvent}) for each image that a script shows; `restart` after
 * `interrupt()` or a call's `signal` had to start the worker anew; `close` (a CustomEvent whose `detail` says why) when
 * the worker is gone.
 */
export class WorkerRuntime extends EventTarget {
  /** @type {import("./engine_room.js").EngineRoomConfig} */
  #config;
  /** @type {import("./downloads.js").ProgressCallback} */
  #report;
  /** @type {WorkerClient} */
  #client;
  #calls = new CallQueue();
  #hasImshow = false;
  #restarting = false;
  /** @type {Promise<void> | null} during a restart: settles when the new worker has started */
  #started = null;
  /** @type {Promise<"interrupted" | "restarted"> | null} */
  #stopping = null;

  /**
   * @param {import("./engine_room.js").EngineRoomConfig} config
   * @param {import("./downloads.js").ProgressCallback} report
   */
  constructor(config, report) {
    super();
    this.#config = config;
    this.#report = (progress) => {
      this.#store.hear(progress);
      report(progress);
    };
    this.#client = this.#createClient();
    this.#calls.add(this.#lane);
  }

  static {
    laneOf = (runtime) => runtime.#lane;
  }

  /**
   * @param {import("./engine_room.js").EngineRoomConfig} config
   * @param {import("./pyinfer.js").LoadOptions} options
   */
  static async load(config, options) {
    const runtime = new WorkerRuntime(config, options.onProgress ?? (() => {}));
    addListeners(runtime, options);
    await runtime.start(options.signal);
    return runtime;
  }

  /**
   * @param {AbortSignal} [signal]
   * @returns {Promise<void>}
   */
  start(signal) {
    return this.#client.start(signal);
  }

  /**
   * Remembers that the page shows images itself, which `cv2.imshow` must know at once.
   *
   * @param {string} type
   * @param {EventListenerOrEventListenerObject | null} listener
   * @param {boolean | AddEventListenerOptions} [options]
   */
  addEventListener(type, listener, options) {
    this.#hasImshow ||= type === "imshow";
    super.addEventListener(type, listener, options);
  }

  /**
   * Asks the worker for something; during a restart, the new one when it is there.
   *
   * @template T
   * @param {(remote: import("comlink").Remote<import("./worker.js").WorkerService>) => Promise<T>} send
   * @returns {Promise<T>}
   */
  #request(send) {
    return this.#started ? this.#started.then(() => this.#client.request(send)) : this.#client.request(send);
  }

  /**
   * Runs Python source, with top-level `await`; resolves to the value of its last expression.
   *
   * @param {string} code
   * @returns {Promise<any>} a JSON value, or an array as `{ data, shape, dtype }`
   */
  async runPythonAsync(code) {
    return raise(await this.#request((remote) => remote.runPythonAsync(code)));
  }

  /**
   * Calls a Python function. Calls are carried out in the order in which they were made: one begins
   * when the one before it has ended, also when that one awaits something. `runPythonAsync`, `install`
   * and `models` don't wait for calls, nor calls for them: they run while a call awaits.
   *
   * The last argument may be options (see {@link import("./page_values.js").CallOptions}). Arrays are
   * copied when the call is made, unless there is `transfer: true`; then their buffers are moved when its
   * turn comes, and can't be used by the page any more. When `signal` aborts, the promise rejects with its
   * reason; a call whose turn has not come is dropped, one that has begun gets a KeyboardInterrupt, as from
   * `interrupt()`, which restarts the worker where there is no other way.
   *
   * @param {string} entry `module:function`
   * @param {...unknown} args JSON values, typed arrays, `{ data, shape, dtype }`, ImageData, Blobs; options
   * @returns {Promise<any>} a JSON value, or an array as `{ data, shape, dtype }`
   */
  call(entry, ...args) {
    return this.#calls.call(entry, args);
  }

  /** @type {import("./page_models.js").Ask} */
  #ask = async (method, args, keywords = {}, onProgress = undefined) => {
    const told = onProgress ? proxy(onProgress) : null;
    return raise(await this.#request((remote) => remote.models(method, args, keywords, told)));
  };

  /** @type {RuntimeLane} */
  #lane = {
    begin: ({ entry, ticket }, { lowered, moved }) =>
      this.#request((remote) => remote.call(entry, transfer(lowered, moved), ticket)),
    stop: ({ ticket }, answer) =>
      this.#stop((client) => client.interruptCall(ticket, answer, PATIENCE_MILLISECONDS)),
    ask: this.#ask,
  };

  /**
   * Installs pure Python packages and what they require.
   *
   * @param {string | string[]} requirements names, specifiers or addresses of wheels
   * @returns {Promise<void>}
   */
  async install(requirements) {
    const list = Array.isArray(requirements) ? requirements : [requirements];
    await this.#request((remote) => remote.install(list.map(absolute)));
  }

  #store = createPageModels(this.#ask, absolute);

  /** Models, kept on this machine. */
  models = this.#store.models;

  /**
   * Settles when the browser has stored all files of a built app: whether it starts without its server now.
   *
   * @type {Promise<boolean>}
   */
  offline = Promise.resolve(false);

  /** The file system that Python sees. It lives in memory and ends with the worker. */
  files = Object.freeze({
    /**
     * @param {string} path
     * @param {string | Blob | ArrayBuffer | ArrayBufferView} content
     * @returns {Promise<void>}
     */
    write: async (path, content) => {
      const bytes = await bytesOf(content);
      return this.#request((remote) => remote.writeFile(path, bytes));
    },
    /**
     * @param {string} path
     * @returns {Promise<Uint8Array<ArrayBuffer>>}
     */
    read: (path) => this.#request((remote) => remote.readFile(path)),
    /**
     * @param {string} path
     * @returns {Promise<string[]>} names of what lies in a folder
     */
    list: (path) => this.#request((remote) => remote.listFiles(path)),
    /**
     * Shows a file or folder of the server's at `path`. A folder's address ends with a slash and
     * answers with a JSON list of entries; each is fetched when Python looks at it.
     *
     * @param {string} path absolute
     * @param {string} url
     * @param {import("./mirror.js").MirrorEntry} entry
     * @returns {Promise<void>}
     */
    mirror: (path, url, entry) => this.#request((remote) => remote.mirror(path, url, entry)),
    /**
     * @returns {Promise<string[]>} paths of the files that Python made or changed in what `mirror` shows
     */
    changed: () => this.#request((remote) => remote.changedFiles()),
  });

  /**
   * Stops what Python is doing, and drops the calls whose turn has not come.
   *
   * With shared memory (a cross-origin isolated page) Python gets a KeyboardInterrupt, after the engine call that
   * may be under way. Where that is impossible or not enough the worker is restarted: what was in
   * flight rejects, and variables, files and installed packages are gone.
   *
   * @param {{ patience?: number }} [options] how many milliseconds Python has before the worker is
   *   restarted
   * @returns {Promise<"interrupted" | "restarted">}
   */
  interrupt({ patience = PATIENCE_MILLISECONDS } = {}) {
    this.#calls.interrupt();
    this.#stopping ??= this.#stop((client) => client.interrupt(patience)).finally(() => {
      this.#stopping = null;
    });
    return this.#stopping;
  }

  /**
   * @param {(client: WorkerClient) => Promise<boolean>} interrupt whether what it was about has ended
   * @returns {Promise<"interrupted" | "restarted">}
   */
  async #stop(interrupt) {
    const client = this.#client;
    if ((await interrupt(client)) || client.ended !== null) {
      await this.#started; // what else was stopped may have taken the worker along
      return "interrupted";
    }
    this.#restarting = true;
    client.end("stopped by an interrupt");
    this.#client = this.#createClient();
    this.#restarting = false;
    this.#started = this.#client.start();
    try {
      await this.#started;
    } finally {
      this.#started = null;
    }
    this.dispatchEvent(new Event("restart"));
    this.#store.changed(); // whoever asked the Python before got no answer
    return "restarted";
  }

  /**
   * Ends the worker. Calls in flight reject.
   *
   * @returns {Promise<void>}
   */
  async close() {
    this.#client.end("closed by close()");
  }

  #createClient() {
    const onEnd = (/** @type {string} */ reason) => {
      this.#store.lose(reason);
      if (!this.#restarting) {
        this.#store.stopHearing();
        this.#calls.close(new WorkerEndedError(reason));
        this.dispatchEvent(new CustomEvent("close", { detail: reason }));
      }
    };
    return new WorkerClient(this.#config, this.#report, this, () => this.#hasImshow, onEnd);
  }
}

/**
 * A name as it is; an address made absolute, since the worker's own is another one than the page's.
 *
 * @param {string} nameOrAddress
 */
export function absolute(nameOrAddress) {
  return /^(\.{0,2}\/|[\w.-]+\/)/.test(nameOrAddress)
    ? new URL(nameOrAddress, globalThis.document?.baseURI).href
    : nameOrAddress;
}

/**
 * @param {string | Blob | ArrayBuffer | ArrayBufferView} content
 * @returns {Promise<Uint8Array>}
 */
export async function bytesOf(content) {
  if (typeof content === "string") {
    return new TextEncoder().encode(content);
  }
  if (ArrayBuffer.isView(content)) {
    return new Uint8Array(content.buffer, content.byteOffset, content.byteLength).slice();
  }
  if (content instanceof Blob) {
    return new Uint8Array(await content.arrayBuffer());
  }
  if (content instanceof ArrayBuffer) {
    return new Uint8Array(content);
  }
  throw new TypeError("a file's content must be a string, a Blob, an ArrayBuffer or a view of one");
}
