// Standard output and standard error on their way from Python to the page.

/**
 * @typedef {"stdout" | "stderr"} StreamName
 * @typedef {(stream: StreamName, bytes: Uint8Array<ArrayBuffer>) => Promise<unknown> | void} OutputSink
 *   takes a piece; may give a promise (which never rejects) that more had better wait for
 */

/**
 * Takes what Python writes.
 *
 * @typedef {object} OutputWriter
 * @property {(stream: StreamName, data: Uint8Array) => void} write
 * @property {() => void} flush hands on what has been held back
 */

// A message a line stalls the page (60,000 lines took 150 s), so a flood is sent in chunks: a
// message each 20 ms. A trickle, such as a progress bar, and a burst of some lines are sent at once.
const CHUNK_BYTES = 64 * 1024;
const INTERVAL_MILLISECONDS = 20;
const BURST = 50;

/**
 * Collects writes and hands them on in order, in chunks. Where there is shared memory,
 * shared_output.js does better.
 *
 * What a flood leaves behind is handed on by the next write, by `flush`, or by a timer once
 * Python gives the thread back, whichever comes first.
 */
export class OutputBuffer {
  /** @param {OutputSink} sink */
  constructor(sink) {
    this.sink = sink;
    /** @type {StreamName} */
    this.stream = "stdout";
    this.bytes = new Uint8Array(CHUNK_BYTES);
    this.length = 0;
    this.allowance = BURST;
    this.counted = 0;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.timer = undefined;
  }

  /**
   * @param {StreamName} stream
   * @param {Uint8Array} data
   */
  write(stream, data) {
    if (stream !== this.stream || this.length + data.length > CHUNK_BYTES) {
      this.flush();
      this.stream = stream;
    }
    if (data.length > CHUNK_BYTES) {
      this.sink(stream, data.slice());
      return;
    }
    this.bytes.set(data, this.length);
    this.length += data.length;
    if (this.mayFlush()) {
      this.flush();
    } else {
      this.timer ??= setTimeout(() => this.flush(), INTERVAL_MILLISECONDS);
    }
  }

  /** Whether a message is due; one comes due in each interval, and some may be saved up. */
  mayFlush() {
    const now = performance.now();
    const due = (now - this.counted) / INTERVAL_MILLISECONDS;
    this.allowance = Math.min(BURST, this.allowance + due);
    this.counted = now;
    if (this.allowance < 1) {
      return false;
    }
    this.allowance -= 1;
    return true;
  }

  flush() {
    clearTimeout(this.timer);
    this.timer = undefined;
    if (this.length) {
      const bytes = this.bytes.slice(0, this.length);
      this.length = 0;
      this.sink(this.stream, bytes);
    }
  }
}

/** A piece of what Python wrote: an event of type `stdout` or `stderr`. */
export class OutputEvent extends Event {
  /** @type {Promise<unknown>[]} */
  #awaited = [];

  /**
   * @param {StreamName} stream
   * @param {Uint8Array<ArrayBuffer>} bytes
   * @param {string} text
   */
  constructor(stream, bytes, text) {
    super(stream);
    /** What was written, exactly. */
    this.bytes = bytes;
    /** The same as text; a character that two chunks share comes with the second. */
    this.text = text;
  }

  /**
   * Asks Python to wait with more output than some until a promise settles; called while the event
   * is dispatched. Without shared memory Python can't wait, and goes on.
   *
   * @param {Promise<unknown>} promise
   */
  waitUntil(promise) {
    this.#awaited.push(promise);
  }

  /** @returns {Promise<unknown> | undefined} when all that is waited for has settled */
  get settled() {
    return this.#awaited.length ? Promise.allSettled(this.#awaited) : undefined;
  }
}

/** Turns chunks into events on `target`, decoding each stream as UTF-8. */
export class OutputDispatcher {
  /** @param {EventTarget} target */
  constructor(target) {
    this.target = target;
    this.decoders = { stdout: new TextDecoder(), stderr: new TextDecoder() };
  }

  /**
   * @param {StreamName} stream
   * @param {Uint8Array<ArrayBuffer>} bytes
   * @returns {Promise<unknown> | undefined} as listeners asked with `waitUntil`
   */
  dispatch(stream, bytes) {
    const text = this.decoders[stream].decode(bytes, { stream: true });
    const event = new OutputEvent(stream, bytes, text);
    this.target.dispatchEvent(event);
    return event.settled;
  }
}
