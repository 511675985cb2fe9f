// Accepted frames on their way to the demo server: off until the visitor switches it on.

import { find } from "../progress.js";

const ADDRESS = new URL("route", document.baseURI);
const INTERVAL_MILLISECONDS = 1000;
const PATIENCE_MILLISECONDS = 8000;
const SHOWN = 4;
const OFF = "Off. Nothing leaves this page.";
const ON = "On. One accepted frame a second goes out at most; the server counts its bytes and forgets it.";

/** @typedef {{ object: string, to: string, bytes: number, url: string }} Sent a frame, and its picture's address */

export class Sending {
  #sentAt = Number.NEGATIVE_INFINITY;
  /** @type {Sent[]} the newest first */
  #sent = [];
  /** @type {AbortController | null} of the frame that is under way */
  #underWay = null;

  /** @param {Document} page */
  constructor(page) {
    this.toggle = /** @type {HTMLInputElement} */ (find(page, "camera-send"));
    this.words = find(page, "camera-send-words");
    this.list = find(page, "camera-sent");
    this.toggle.checked = false; // browsers remember it over a reload
    this.toggle.addEventListener("change", () => {
      this.#underWay?.abort();
      this.#say(this.toggle.checked ? ON : OFF);
    });
  }

  /**
   * Sends a frame if it may be sent now: one at a time, and not too often.
   *
   * @param {import("./classifier.js").Answer} answer
   * @param {() => Promise<Blob>} picture takes the frame at once
   */
  async offer(answer, picture) {
    const now = performance.now();
    const isSoon = now - this.#sentAt < INTERVAL_MILLISECONDS;
    if (!this.toggle.checked || !answer.accepted || this.#underWay || isSoon) {
      return;
    }
    this.#sentAt = now;
    const controller = new AbortController();
    this.#underWay = controller;
    const patience = setTimeout(() => controller.abort(), PATIENCE_MILLISECONDS);
    try {
      const body = await picture();
      controller.signal.throwIfAborted();
      const { to } = await send(answer.label, body, controller.signal);
      this.#list({ object: answer.label, to, bytes: body.size, url: URL.createObjectURL(body) });
    } catch (error) {
      if (this.toggle.checked) {
        this.toggle.checked = false;
        this.#say(`${inWords(error)} Sending has been switched off.`, true);
      }
    } finally {
      clearTimeout(patience);
      this.#underWay = null;
    }
  }

  /** @param {Sent} sent */
  #list(sent) {
    this.#sent.unshift(sent);
    for (const { url } of this.#sent.splice(SHOWN)) {
      URL.revokeObjectURL(url);
    }
    // All anew: nothing is seen to move.
    this.list.replaceChildren(...this.#sent.map(itemOf));
  }

  /**
   * @param {string} words
   * @param {boolean} [isTrouble]
   */
  #say(words, isTrouble = false) {
    this.words.textContent = words;
    this.words.classList.toggle("trouble", isTrouble);
  }
}

/** @param {Sent} sent */
function itemOf({ object, to, bytes, url }) {
  const item = document.createElement("li");
  const image = new Image();
  image.alt = "";
  image.src = url;
  const words = document.createElement("span");
  words.textContent = `${object} → ${to}`;
  const size = document.createElement("small");
  size.textContent = `${(bytes / 1000).toFixed(1)} kB`;
  item.append(image, words, size);
  return item;
}

/** A server that answers, but does not take frames. */
class NotTakenError extends Error {}

/**
 * @param {string} object
 * @param {Blob} body
 * @param {AbortSignal} signal
 * @returns {Promise<{ to: string }>}
 */
async function send(object, body, signal) {
  const address = new URL(ADDRESS);
  address.searchParams.set("object", object);
  const response = await fetch(address, { method: "POST", body, signal });
  if (response.ok) {
    return response.json();
  }
  const isMissing = response.status === 404 || response.status === 405;
  throw new NotTakenError(
    isMissing
      ? "This server takes no frames: the one that pyinfer demo starts does."
      : `The server did not take the frame: it answered ${response.status}.`,
  );
}

/** @param {unknown} error */
function inWords(error) {
  return error instanceof NotTakenError ? error.message : "The server does not answer.";
}
