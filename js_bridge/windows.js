// OpenCV's windows at Python's end: images go to the page, keys come from it.

/**
 * @typedef {object} WindowImage
 * @property {number} width
 * @property {number} height
 * @property {Uint8ClampedArray<ArrayBuffer>} pixels RGBA, rows from the top
 */

/**
 * What is to happen to a window, or to all of them.
 *
 * @typedef {object} WindowChange
 * @property {string | null} name null: all windows
 * @property {WindowImage} [image]
 * @property {{ width: number, height: number }} [size] in CSS pixels
 * @property {string} [title]
 * @property {boolean} [closed]
 */

/** No key: what OpenCV gives for it. */
const NO_KEY = -1;

/** A screen shows so many images a second at most; more would only fill the page's queue. */
const INTERVAL_MILLISECONDS = 16;
const MOST_UNDRAWN = 2;
const NAP_MILLISECONDS = 50;

/**
 * What Python shows, on its way to the page. Of images that come faster than the page can show
 * them the last counts; it goes out when Python waits, sleeps, or gives the thread back.
 */
export class WindowSender {
  /**
   * @param {object} page
   * @param {() => string[]} page.names windows that the page shows; an empty name stands for any
   * @param {(change: WindowChange) => void} page.send
   * @param {import("./window_keys.js").SharedKeys | import("./window_keys.js").QueuedKeys} page.keys
   * @param {boolean} page.isWorker whether Python may keep its thread waiting
   */
  constructor({ names, send, keys, isWorker }) {
    this.names = names;
    this.send = send;
    this.keys = keys;
    this.isWorker = isWorker;
    /** @type {Map<string, WindowImage>} images that have not been sent, by window */
    this.waiting = new Map();
    this.images = 0;
    this.sentAt = -Infinity;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.timer = undefined;
  }

  /** @param {string} name */
  displays(name) {
    const names = this.names();
    return names.includes(name) || names.includes("");
  }

  /**
   * @param {string} name
   * @param {WindowImage} image
   */
  show(name, image) {
    this.waiting.set(name, image);
    if (this.isDue()) {
      this.flush();
    } else {
      this.timer ??= setTimeout(() => this.flush(), INTERVAL_MILLISECONDS);
    }
  }

  isDue() {
    if (!this.isWorker) {
      return true; // the page draws it before Python goes on
    }
    const undrawn = "drawn" in this.keys ? this.images - this.keys.drawn() : 0;
    return undrawn < MOST_UNDRAWN && performance.now() - this.sentAt >= INTERVAL_MILLISECONDS;
  }

  flush() {
    clearTimeout(this.timer);
    this.timer = undefined;
    for (const [name, image] of this.waiting) {
      this.send({ name, image });
      this.images += 1;
      this.sentAt = performance.now();
    }
    this.waiting.clear();
  }

  /** @param {WindowChange} change */
  change(change) {
    this.flush();
    this.send(change);
  }
}

/**
 * The part of the object that Python imports which is OpenCV's windows.
 *
 * @param {WindowSender} sender
 * @param {any} pyodide
 */
export function createWindowCalls(sender, pyodide) {
  const { keys } = sender;
  const nap = createNap(pyodide);
  /** @type {{ name: string, image: WindowImage } | undefined} */
  let staged;
  return {
    displays: (/** @type {string} */ name) => sender.displays(name),
    stage(/** @type {string} */ name, /** @type {number} */ width, /** @type {number} */ height) {
      const pixels = new Uint8ClampedArray(width * height * 4);
      staged = { name, image: { width, height, pixels } };
      return new Uint8Array(pixels.buffer);
    },
    show() {
      if (staged) {
        sender.show(staged.name, staged.image);
        staged = undefined;
      }
    },
    change: (/** @type {string} */ change) => sender.change(JSON.parse(change)),
    hearsKeys: () => "wait" in keys,
    nextKey(/** @type {number} */ milliseconds) {
      const end = milliseconds < 0 ? Infinity : performance.now() + milliseconds;
      sender.flush();
      for (;;) {
        const code = keys.take();
        const left = end - performance.now();
        if (code !== undefined || left <= 0 || !sender.isWorker) {
          return code ?? NO_KEY;
        }
        const time = Math.min(left, NAP_MILLISECONDS);
        if ("wait" in keys) {
          keys.wait(time);
          pyodide.checkInterrupt();
        } else {
          nap(time);
        }
      }
    },
  };
}

/**
 * A wait that hears of interrupts when it is over; for workers only.
 *
 * @param {any} pyodide
 * @returns {(milliseconds: number) => void}
 */
export function createNap(pyodide) {
  const nothing = new Int32Array(new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true }).buffer);
  return (milliseconds) => {
    Atomics.wait(nothing, 0, 0, Math.min(milliseconds, NAP_MILLISECONDS));
    pyodide.checkInterrupt();
  };
}
