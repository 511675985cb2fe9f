// How far a start has come, over all of its downloads. Pure.

import { inBytes } from "./models_panel_words.js";

export class LoadProgress {
  /** @type {Map<string, { loaded: number, total: number }>} */
  #downloads = new Map();
  #share = 0;

  /**
   * @param {import("./downloads.js").Progress} progress
   * @returns {{ share: number, words: string }} a share that never goes back, though downloads that begin
   *   late make the whole larger
   */
  hear({ phase, name, loaded, total }) {
    if (phase === "download") {
      this.#downloads.set(name, { loaded, total });
    }
    let here = 0;
    let all = 0;
    for (const download of this.#downloads.values()) {
      here += download.loaded;
      all += download.total;
    }
    this.#share = phase === "ready" ? 1 : Math.max(this.#share, all ? here / all : 0);
    return {
      share: this.#share,
      words: phase === "download" || !all ? `Loading · ${inBytes(here)}` : "Starting",
    };
  }
}
