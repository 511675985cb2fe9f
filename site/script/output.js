// The editor's output: a terminal's simpler half, and pictures.

/** The output keeps this many characters; beyond, the oldest go. */
const MOST_CHARACTERS = 100_000;

export class Output {
  /** @type {[string, string][]} stream and text that are still to be shown */
  #waiting = [];
  #waitingLength = 0;
  #length = 0;
  #frame = 0;

  /** @param {HTMLElement} pane */
  constructor(pane) {
    this.pane = pane;
  }

  clear() {
    this.#waiting = [];
    this.#waitingLength = 0;
    this.#length = 0;
    for (const picture of this.pane.querySelectorAll("img")) {
      URL.revokeObjectURL(picture.src);
    }
    this.pane.replaceChildren();
  }

  /**
   * Shows text with the browser's next picture: a script may write faster than anybody can read.
   *
   * @param {string} stream
   * @param {string} text
   */
  write(stream, text) {
    this.#waiting.push([stream, text]);
    this.#waitingLength += text.length;
    while (this.#waitingLength > MOST_CHARACTERS && this.#waiting.length > 1) {
      this.#waitingLength -= /** @type {[string, string]} */ (this.#waiting.shift())[1].length;
    }
    this.#frame ||= requestAnimationFrame(() => this.flush());
  }

  /** Shows what has been written by now. */
  flush() {
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
    if (!this.#waiting.length) {
      return;
    }
    const atEnd = this.#isAtEnd();
    for (const [stream, text] of this.#waiting) {
      this.#append(stream, text.slice(-MOST_CHARACTERS));
    }
    this.#waiting = [];
    this.#waitingLength = 0;
    this.#forget();
    this.#keepUp(atEnd);
  }

  /**
   * Adds a picture, after what has been written.
   *
   * @param {HTMLElement} picture
   * @param {string} words
   */
  add(picture, words) {
    this.flush();
    const atEnd = this.#isAtEnd();
    const figure = document.createElement("figure");
    const caption = document.createElement("figcaption");
    caption.textContent = words;
    figure.append(picture, caption);
    this.pane.append(figure);
    this.#keepUp(atEnd);
  }

  /**
   * @param {string} stream
   * @param {string} text
   */
  #append(stream, text) {
    let last = /** @type {HTMLElement | null} */ (this.pane.lastElementChild);
    if (last?.className !== stream || (last.textContent ?? "").length > MOST_CHARACTERS / 8) {
      last = document.createElement("span");
      last.className = stream;
      this.pane.append(last);
    }
    const before = last.textContent ?? "";
    last.textContent = overwrite(before, text);
    this.#length += last.textContent.length - before.length;
  }

  /** Lets the oldest text go. */
  #forget() {
    for (const each of [...this.pane.querySelectorAll("span")].slice(0, -1)) {
      if (this.#length <= MOST_CHARACTERS) {
        return;
      }
      this.#length -= each.textContent?.length ?? 0;
      each.remove();
    }
  }

  #isAtEnd() {
    return this.pane.scrollTop + this.pane.clientHeight >= this.pane.scrollHeight - 4;
  }

  /** @param {boolean} atEnd whether the visitor was looking at the end before */
  #keepUp(atEnd) {
    if (atEnd) {
      this.pane.scrollTop = this.pane.scrollHeight;
    }
  }
}

/**
 * Adds text as a terminal does: after a carriage return the line is written anew.
 *
 * @param {string} before
 * @param {string} text
 */
function overwrite(before, text) {
  const [first, ...rewritten] = text.replaceAll("\r\n", "\n").split("\r");
  return rewritten.reduce(
    (written, piece) => (piece ? written.slice(0, written.lastIndexOf("\n") + 1) + piece : written),
    before + first,
  );
}
