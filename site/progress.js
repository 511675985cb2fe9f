// The status strip under the page's head: how the start is getting on, in words and bytes.

/** @typedef {import("./pyinfer.js").Progress} Progress */

/** What a file belongs to, by how its name begins. */
const PARTS = [
  ["opencv", "OpenCV"],
  ["ort-", "ONNX Runtime"],
  ["jpeg", "the JPEG codec"],
  ["numpy", "NumPy"],
  ["_", "NumPy"],
  ["pillow", "Pillow"],
];

const LONGEST_MESSAGE = 240;
const MEGABYTE = 1024 * 1024;

/** How long news of a start is gathered: each change of the page takes time from the start itself. */
const GATHERING_MILLISECONDS = 200;

export class StatusStrip {
  /** @type {Map<string, Progress>} */
  #downloads = new Map();
  #restingWords = "";
  /** Whether all has been heard of a start. */
  #isComplete = false;
  /** Shows that everything runs, once that is known. */
  #showReady = () => {};
  /** What of a start is still to be shown. */
  #share = 0;
  #startingWords = "";
  #gathering = 0;

  /** @param {Document} page */
  constructor(page) {
    this.strip = find(page, "status");
    this.words = find(page, "status-words");
    this.amount = find(page, "status-amount");
    this.track = find(page, "status-track");
    this.retry = /** @type {HTMLButtonElement} */ (find(page, "status-retry"));
  }

  /** A start begins. */
  begin() {
    this.#downloads.clear();
    this.#isComplete = false;
    this.#showReady = () => {};
    this.retry.hidden = true;
    this.#share = 0;
    this.#startingWords = "Starting";
    this.#showStart();
  }

  /** @param {Progress} progress */
  report(progress) {
    const { phase, name, loaded, total, share } = progress;
    this.#share = share ?? this.#share;
    if (phase === "ready") {
      this.#isComplete = true;
      this.#showStart();
      this.#showReady();
      return;
    }
    if (this.#isComplete) {
      return; // of a later time: what models do is shown elsewhere
    }
    if (phase === "download") {
      this.#downloads.set(name, progress);
      this.#startingWords = `Downloading ${partOf(name)}`;
    } else if (phase === "start" && !name.includes("'s ")) {
      // Steps on the way, such as Python's files, are none that a visitor knows.
      this.#startingWords = loaded < total ? `Starting ${name}` : `${name} runs`;
    } else if (phase === "app") {
      this.#startingWords = "Importing the page’s Python";
    }
    this.#gathering ||= setTimeout(() => this.#showStart(), GATHERING_MILLISECONDS);
  }

  /**
   * Python runs, of these versions; with the last engine everything does.
   *
   * @param {{ python: string, opencv: string, onnxruntime: string }} versions
   * @param {number} started when the start began, by `performance.now()`
   */
  finish(versions, started) {
    this.#showReady = () => this.#finish(versions, performance.now() - started);
    if (this.#isComplete) {
      this.#showReady();
    }
  }

  /**
   * @param {{ python: string, opencv: string, onnxruntime: string }} versions
   * @param {number} milliseconds since the start
   */
  #finish(versions, milliseconds) {
    const { python, opencv, onnxruntime } = versions;
    const isIsolated = globalThis.crossOriginIsolated;
    const hasThreads = isIsolated && typeof globalThis.SharedArrayBuffer === "function";
    const obstacle = isIsolated
      ? "this browser has no SharedArrayBuffer"
      : "this server sends no isolation headers";
    this.#restingWords = hasThreads
      ? `Ready: Python ${python}, OpenCV ${opencv}, ONNX Runtime ${onnxruntime}`
      : `Ready, on one thread: ${obstacle}`;
    if (hasThreads) {
      this.amount.textContent = `${(milliseconds / 1000).toFixed(1)} s`;
    } else {
      const link = document.createElement("a");
      link.href = "index.html#threads";
      link.textContent = "What is lost";
      this.amount.replaceChildren(link);
    }
    this.#show("ready", this.#restingWords);
  }

  /**
   * Something long is under way.
   *
   * @param {string} words
   */
  work(words) {
    this.#show("ready", words);
  }

  /** What was under way is over; if it took Python with it, the strip goes on saying so. */
  rest() {
    if (this.strip.dataset.state === "ready") {
      this.#show("ready", this.#restingWords);
    }
  }

  /**
   * It went wrong.
   *
   * @param {string} words
   * @param {() => void} [retry]
   */
  fail(words, retry) {
    this.#endGathering();
    this.#showReady = () => {};
    this.amount.textContent = "";
    this.#show("failed", words);
    this.retry.hidden = !retry;
    this.retry.onclick = retry ?? null;
  }

  #showStart() {
    this.#endGathering();
    this.#show("starting", this.#startingWords);
    this.#advance(this.#share);
    if (this.#downloads.size) {
      this.#showDownloads();
    }
  }

  #endGathering() {
    clearTimeout(this.#gathering);
    this.#gathering = 0;
  }

  #showDownloads() {
    let loaded = 0;
    let total = 0;
    for (const download of this.#downloads.values()) {
      loaded += download.loaded;
      total += download.total;
    }
    this.amount.textContent = `${megabytes(loaded)} of ${megabytes(total)} MB`;
  }

  /** @param {number} share */
  #advance(share) {
    this.track.style.setProperty("--done", String(share));
    this.track.setAttribute("aria-valuenow", String(Math.round(share * 100)));
  }

  /**
   * @param {"starting" | "ready" | "failed"} state
   * @param {string} words
   */
  #show(state, words) {
    this.strip.dataset.state = state;
    if (this.words.textContent !== words) {
      this.words.textContent = words;
      this.words.title = words;
    }
  }
}

/** @param {string} file */
function partOf(file) {
  return PARTS.find(([start]) => file.startsWith(start))?.[1] ?? "Python";
}

/** @param {number} bytes */
function megabytes(bytes) {
  return (bytes / MEGABYTE).toFixed(1);
}

/**
 * An error's message, short enough for a line of the page.
 *
 * @param {unknown} error
 */
export function messageOf(error) {
  const message = error instanceof Error ? error.message : String(error);
  return message.length > LONGEST_MESSAGE ? `${message.slice(0, LONGEST_MESSAGE)}…` : message;
}

/**
 * @param {Document} page
 * @param {string} id
 * @returns {HTMLElement}
 */
export function find(page, id) {
  const element = page.getElementById(id);
  if (!element) {
    throw new Error(`the page has no #${id}`);
  }
  return element;
}
