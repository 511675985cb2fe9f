// Keys on their way from the page to `cv2.waitKey`.

/** What OpenCV's GTK windows give for keys that are no characters: X11's numbers. */
const KEY_CODES = new Map([
  ["Escape", 27],
  ["Enter", 13],
  ["Backspace", 0xff08],
  ["Home", 0xff50],
  ["ArrowLeft", 0xff51],
  ["ArrowUp", 0xff52],
  ["ArrowRight", 0xff53],
  ["ArrowDown", 0xff54],
  ["PageUp", 0xff55],
  ["PageDown", 0xff56],
  ["End", 0xff57],
  ["Insert", 0xff63],
  ["Delete", 0xffff],
  ...Array.from({ length: 12 }, (_, index) => /** @type {const} */ ([`F${index + 1}`, 0xffbe + index])),
]);

/** Where Latin-1 ends X11's numbers are Unicode's, moved up by this. */
const BEYOND_LATIN = 0x1000000;

/**
 * The number that `cv2.waitKeyEx` has for a key. Tab moves the focus on, and shortcuts and the
 * modifiers themselves are the browser's: they have none.
 *
 * @param {KeyboardEvent} event
 * @returns {number | undefined}
 */
export function keyCode(event) {
  if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) {
    return undefined;
  }
  const character = event.key.codePointAt(0) ?? 0;
  if (event.key === String.fromCodePoint(character)) {
    return character > 0xff ? BEYOND_LATIN + character : character;
  }
  return KEY_CODES.get(event.key);
}

const CAPACITY = 16;

// Words at the start of the memory; the keys lie behind them.
const WRITTEN = 0;
const READ = 1;
const DRAWN = 2;
const CONTROL_WORDS = 3;

/** @returns {SharedArrayBuffer} */
export function createSharedKeys() {
  return new SharedArrayBuffer((CONTROL_WORDS + CAPACITY) * Int32Array.BYTES_PER_ELEMENT);
}

/**
 * Keys, and how many images the page has drawn, in memory that Python can look at while it keeps
 * the worker's thread. The page presses and counts, Python takes.
 */
export class SharedKeys {
  /** @param {SharedArrayBuffer} memory */
  constructor(memory) {
    this.words = new Int32Array(memory);
  }

  /** @param {number} code */
  press(code) {
    const written = this.words[WRITTEN];
    if (((written - Atomics.load(this.words, READ)) | 0) >= CAPACITY) {
      return; // Python does not look: this one is lost, as with a keyboard's own buffer
    }
    this.words[CONTROL_WORDS + (written & (CAPACITY - 1))] = code;
    Atomics.store(this.words, WRITTEN, (written + 1) | 0);
    Atomics.notify(this.words, WRITTEN);
  }

  /** @returns {number | undefined} */
  take() {
    const read = this.words[READ];
    if (read === Atomics.load(this.words, WRITTEN)) {
      return undefined;
    }
    const code = this.words[CONTROL_WORDS + (read & (CAPACITY - 1))];
    Atomics.store(this.words, READ, (read + 1) | 0);
    return code;
  }

  /**
   * Waits for a key.
   *
   * @param {number} milliseconds at most
   */
  wait(milliseconds) {
    Atomics.wait(this.words, WRITTEN, this.words[READ], milliseconds);
  }

  countDrawn() {
    Atomics.add(this.words, DRAWN, 1);
  }

  drawn() {
    return Atomics.load(this.words, DRAWN);
  }
}

/** The same where there is no shared memory: keys come between two calls of the page. */
export class QueuedKeys {
  constructor() {
    /** @type {number[]} */
    this.codes = [];
  }

  /** @param {number} code */
  press(code) {
    if (this.codes.length < CAPACITY) {
      this.codes.push(code);
    }
  }

  take() {
    return this.codes.shift();
  }
}
