// How a visitor gives a file: by choosing, dropping or pasting one.

import { isAccepted } from "./accepted_files.js";
import { make } from "./panel_elements.js";

export class FileIntake {
  #depth = 0;

  /**
   * @param {HTMLElement} host the whole of it takes what is dropped
   * @param {object} actions
   * @param {(file: File) => void} actions.take
   * @param {(words: string) => void} actions.refuse
   */
  constructor(host, { take, refuse }) {
    this.host = host;
    this.take = take;
    this.refuse = refuse;
    this.accept = "";
    this.input = make("input", { type: "file", class: "unseen" });
    this.input.addEventListener("change", () => {
      const [file] = this.input.files ?? [];
      this.input.value = ""; // or the same file could not be chosen again
      this.#receive(file);
    });
    const prompt = make("slot", { name: "prompt" }, "Choose a file, drop it here, or paste it");
    this.element = make("label", { class: "zone", part: "zone" }, this.input, prompt);
    host.addEventListener("dragenter", (event) => this.#over(event, 1));
    host.addEventListener("dragleave", (event) => this.#over(event, -1));
    host.addEventListener("dragover", (event) => holdsFiles(event) && event.preventDefault());
    host.addEventListener("drop", (event) => {
      if (holdsFiles(event)) {
        event.preventDefault();
        this.#depth = 0;
        this.element.removeAttribute("data-over");
        this.#receive(event.dataTransfer?.files[0]);
      }
    });
  }

  /**
   * What is pasted is for the element that has the focus, and if none has it, for the page's first.
   *
   * @param {AbortSignal} signal
   */
  listen(signal) {
    document.addEventListener(
      "paste",
      (event) => {
        const [file] = event.clipboardData?.files ?? [];
        const { activeElement: focused } = document;
        const isFree = !focused || focused === document.body;
        const isOurs = isFree
          ? document.querySelector(this.host.localName) === this.host
          : this.host.contains(focused);
        if (file && isOurs) {
          event.preventDefault();
          this.#receive(file);
        }
      },
      { signal },
    );
  }

  /** @param {string} accept as of `<input type="file">` */
  setAccept(accept) {
    this.accept = accept;
    this.input.accept = accept;
  }

  /** @param {File | undefined} file */
  #receive(file) {
    if (!file) {
      return;
    }
    if (isAccepted(file, this.accept)) {
      this.take(file);
    } else {
      this.refuse(`${file.name} is not a kind of file that can be taken here (${this.accept}).`);
    }
  }

  /**
   * @param {DragEvent} event
   * @param {number} step what is dragged enters the parts of the element one by one
   */
  #over(event, step) {
    if (holdsFiles(event)) {
      this.#depth = Math.max(0, this.#depth + step);
      this.element.toggleAttribute("data-over", this.#depth > 0);
    }
  }
}

/** @param {DragEvent} event */
function holdsFiles({ dataTransfer }) {
  return dataTransfer?.types.includes("Files") ?? false;
}
