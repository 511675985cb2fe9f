// The page of `pyinfer run`: runs one script in a worker and tells the host what comes of it.

const BATCH_MILLISECONDS = 15;
const BATCH_BYTES = 4 << 20;
const FOR_EVER = 2 ** 31 - 1; // the longest time a timer takes
const FRAME_HEADER = 5;
const GONE = 410;
const REFUSED = 409; // the host has said why
const STREAM_NUMBERS = { stdout: 1, stderr: 2 };

/**
 * Hands output to the host: in order, one request at a time. While the host takes no more, because
 * nobody reads what it writes, the script waits too.
 */
class OutputSender {
  constructor() {
    /** @type {Array<Uint8Array<ArrayBuffer>>} */
    this.parts = [];
    this.waitingBytes = 0;
    /** @type {PromiseWithResolvers<void> | null} there is no room for more, until it resolves */
    this.full = null;
    /** @type {Promise<void> | null} */
    this.sending = null;
    /** Nobody reads any more. */
    this.gone = false;
    /** @type {PromiseWithResolvers<never>} */
    this.failure = Promise.withResolvers();
  }

  /**
   * @param {"stdout" | "stderr"} stream
   * @param {Uint8Array<ArrayBuffer>} bytes
   */
  add(stream, bytes) {
    if (this.gone) {
      return;
    }
    const header = new DataView(new ArrayBuffer(FRAME_HEADER));
    header.setUint8(0, STREAM_NUMBERS[stream]);
    header.setUint32(1, bytes.length);
    this.parts.push(new Uint8Array(header.buffer), bytes);
    this.waitingBytes += bytes.length;
    if (this.waitingBytes >= BATCH_BYTES) {
      this.full ??= Promise.withResolvers();
    }
    this.sending ??= this.send().catch(this.failure.reject);
  }

  async send() {
    await new Promise((resolve) => setTimeout(resolve, BATCH_MILLISECONDS));
    while (this.parts.length) {
      const batch = new Blob(this.parts.splice(0));
      this.waitingBytes = 0;
      this.full?.resolve();
      this.full = null;
      const response = await post("output", batch);
      this.gone ||= response.status === GONE;
      if (!response.ok && !this.gone) {
        throw new Error(`the script's output is lost: HTTP ${response.status}`);
      }
    }
    this.sending = null;
  }

  async finished() {
    await this.sending;
  }
}

/**
 * @param {string} address
 * @param {BodyInit} body
 */
function post(address, body) {
  return fetch(address, { method: "POST", body });
}

/** @param {string} path */
function encodePath(path) {
  return path.split("/").map(encodeURIComponent).join("/");
}

/**
 * Says which phases the start consists of, for `--verbose`.
 *
 * @param {Record<string, number>} phases milliseconds since the page began, by what was reached
 */
function recorder(phases) {
  return (/** @type {{ phase: string, name: string, loaded: number, total: number }} */ progress) => {
    if (progress.phase !== "download" && progress.loaded >= progress.total) {
      phases[`${progress.phase} ${progress.name}`] = Math.round(performance.now());
    }
  };
}

/**
 * @param {import("/pyinfer.js").WorkerRuntime} pyodide
 * @param {string[]} wanted what `--out` names
 */
async function bringBack(pyodide, wanted) {
  const isWanted = (/** @type {string} */ path) =>
    wanted.some((out) => out === "/" || path === out || path.startsWith(`${out}/`));
  const changed = await pyodide.files.changed();
  let complete = true;
  for (const path of changed.filter(isWanted)) {
    const response = await post(`out${encodePath(path)}`, await pyodide.files.read(path));
    if (!response.ok && response.status !== REFUSED) {
      throw new Error(`${path} could not be brought back: HTTP ${response.status}`);
    }
    complete &&= response.ok;
  }
  return { complete, left: changed.filter((/** @type {string} */ path) => !isWanted(path)) };
}

/** @param {OutputSender} output */
async function run(output) {
  const { loadPyinfer } = await import("/pyinfer.js");
  const settings = await (await fetch("settings.json")).json();
  /** @type {Record<string, number>} */
  const phases = {};
  const pyodide = await loadPyinfer({
    bundleURL: new URL(settings.bundle, location.href),
    app: { packages: settings.packages },
    env: settings.environment,
    terminal: settings.terminal,
    stdinURL: new URL("input", location.href).href,
    onProgress: recorder(phases),
  });
  for (const stream of /** @type {const} */ (["stdout", "stderr"])) {
    pyodide.addEventListener(stream, (event) => {
      const piece = /** @type {import("/pyinfer.js").OutputEvent} */ (event);
      output.add(stream, piece.bytes);
      if (output.full) {
        piece.waitUntil(output.full.promise);
      }
    });
  }
  Object.assign(globalThis, { interrupt: () => pyodide.interrupt({ patience: FOR_EVER }) });
  for (const { path, entry } of settings.mirrors) {
    const suffix = entry.kind === "folder" && path !== "/" ? "/" : "";
    await pyodide.files.mirror(path, new URL(`files${encodePath(path)}${suffix}`, location.href).href, entry);
  }
  await post("begin", "");
  phases["script begins"] = Math.round(performance.now());
  const { arguments: args, module, folder } = settings;
  const status = await pyodide.call("pyinfer.browser.script:run_here", args, module, folder);
  phases["script ends"] = Math.round(performance.now());
  if (settings.variables?.names.length) {
    const { names, path } = settings.variables;
    await pyodide.call("pyinfer.browser.variables:save", names, path);
  }
  const { complete, left } = await bringBack(pyodide, settings.outputs);
  return { status, complete, left, phases };
}

const output = new OutputSender();
const outcome = await Promise.race([run(output), output.failure.promise]).catch((error) => ({
  error: String(error.traceback || error.message),
}));
await output.finished();
await post("end", JSON.stringify(outcome));
