// `<pyinfer-models>`: shows what models are stored on the visitor's machine, and lets them be deleted or kept.

import { Messages } from "./models_panel_messages.js";
import { Room } from "./models_panel_room.js";
import { ModelRow } from "./models_panel_row.js";
import { STYLE } from "./models_panel_style.js";
import { inBytes, wordsOf } from "./models_panel_words.js";
import { make } from "./panel_elements.js";
import { sheetOf } from "./panel_style.js";

/** @typedef {import("./page_models.js").PageModels} PageModels */
/** @typedef {import("./page_models.js").StoredModel} StoredModel */

const TAG = "pyinfer-models";
const MINUTE = 60_000;

/** How far below or above what is seen of the page a panel asks already what is stored. */
const AHEAD = "50%";

/** The message that it is not known what is stored; it goes when that is known. */
const UNKNOWN = "unknown";

/** Where `interrupt()` cancels the question what is stored it is asked again, so often. */
const MOST_TRIES = 3;

/** Workers can import pyinfer.js too, and have no elements. */
const Element = /** @type {typeof HTMLElement} */ (globalThis.HTMLElement ?? class {});

/**
 * The storage panel: give it `runtime.models` as its `models`. It follows what happens by itself, from when it
 * is in view: at the foot of a page it takes nothing from the start above.
 *
 * Its colours are the page's own, light or dark; the custom properties `--pyinfer-ink`, `-soft`,
 * `-surface`, `-line`, `-accent`, `-on-accent`, `-error` and `-radius` change them, `::part(panel)`,
 * `::part(model)`, `::part(name)` and `::part(button)` reach the rest.
 */
export class ModelsPanel extends Element {
  /** @type {PageModels | null} */
  #models = null;
  /** @type {AbortController | null} ends while the panel is on no page */
  #listening = null;
  /** @type {ReturnType<typeof setInterval> | undefined} */
  #clock;
  /** @type {ModelRow[]} in the order of their names */
  #rows = [];
  /** @type {Promise<void> | null} */
  #refreshing = null;
  #isStale = false;
  #isKnown = false;
  #isSeen = false;
  #eye = new IntersectionObserver((entries) => this.#look(entries), { rootMargin: AHEAD });
  #room = new Room({ clear: () => this.#clear(), persist: () => this.#persist() });
  #messages = new Messages(() => this.#room.sum.focus());
  #list = make("ul", { class: "list", role: "list", "aria-label": "Models" });
  #empty = make("p", { class: "empty" }, "A model appears here when it is fetched, and stays for next time.");
  #spoken = make("p", { class: "unseen", role: "status" });

  constructor() {
    super();
    const root = this.attachShadow({ mode: "open" });
    root.adoptedStyleSheets = [sheet()];
    root.append(
      make(
        "div",
        { class: "panel", part: "panel", role: "group", "aria-label": "Stored models" },
        this.#room.element,
        make("div", { class: "body" }, this.#list, this.#empty),
        this.#messages.element,
        this.#spoken,
      ),
    );
    this.#arrange();
  }

  /** The models to show: `models` of what `loadPyinfer` gives. */
  get models() {
    return this.#models;
  }

  set models(models) {
    if (models === this.#models) {
      return;
    }
    this.#models = models;
    this.#rows = [];
    this.#isKnown = false;
    this.#arrange();
    this.#messages.clear();
    this.#room.wait(models ? "Looking for stored models" : "Waiting for Python");
    if (this.isConnected) {
      this.#listen();
    }
  }

  connectedCallback() {
    this.#listen();
    this.#eye.observe(this);
    this.#clock = setInterval(() => {
      for (const row of this.#rows) {
        row.show(); // how long ago it was used
      }
    }, MINUTE);
  }

  disconnectedCallback() {
    this.#listening?.abort();
    this.#eye.disconnect();
    clearInterval(this.#clock);
  }

  /** @param {IntersectionObserverEntry[]} entries */
  #look(entries) {
    if (entries.some(({ isIntersecting }) => isIntersecting)) {
      this.#eye.disconnect();
      this.#isSeen = true;
      this.#follow();
    }
  }

  #listen() {
    this.#listening?.abort();
    this.#listening = new AbortController();
    const { signal } = this.#listening;
    const models = this.#models;
    if (!models) {
      return;
    }
    models.addEventListener("change", () => this.#follow(), { signal });
    models.addEventListener(
      "progress",
      (event) => this.#progress(/** @type {import("./page_models.js").ModelProgressEvent} */ (event)),
      { signal },
    );
    models.addEventListener(
      "notice",
      (event) =>
        this.#messages.give(/** @type {import("./page_models.js").ModelNoticeEvent} */ (event).message),
      { signal },
    );
    for (const download of models.downloads) {
      this.#progress(download);
    }
    this.#follow();
  }

  #follow() {
    if (this.#isSeen) {
      void this.refresh();
    }
  }

  /**
   * Shows what is stored now. The panel does so by itself when that changes.
   *
   * @returns {Promise<void>}
   */
  refresh() {
    this.#isStale = true;
    this.#refreshing ??= this.#untilFresh().finally(() => {
      this.#refreshing = null;
    });
    return this.#refreshing;
  }

  /** One question at a time; what changes meanwhile makes it be asked again. */
  async #untilFresh() {
    let tries = 0;
    while (this.#isStale && this.#models) {
      this.#isStale = false;
      const models = this.#models;
      const arrived = this.#rows.filter((row) => row.hasArrived);
      try {
        const [stored, usage] = await Promise.all([models.list(), models.usage()]);
        if (models === this.#models && !this.#isStale) {
          this.#show(stored, usage, arrived);
        }
      } catch (error) {
        const wasCancelled = /** @type {{ type?: string }} */ (error).type === "KeyboardInterrupt";
        if (wasCancelled && ++tries < MOST_TRIES) {
          this.#isStale = true;
        } else if (models === this.#models) {
          this.#showUnknown(error);
        }
      }
    }
  }

  /**
   * @param {StoredModel[]} stored
   * @param {import("./page_models.js").ModelUsage} usage
   * @param {ModelRow[]} arrived rows whose models were there before it was asked what is stored
   */
  #show(stored, usage, arrived) {
    this.#messages.take(UNKNOWN);
    this.#isKnown = true;
    this.#room.show(stored, usage);
    for (const row of arrived) {
      row.settle();
    }
    const identities = new Set(stored.map(({ identity }) => identity));
    for (const row of this.#rows) {
      if (row.model && !identities.has(row.model.identity)) {
        row.lose();
      }
    }
    for (const model of stored) {
      const row =
        this.#rows.find((each) => each.model?.identity === model.identity) ??
        this.#rows.find((each) => !each.model && each.name === model.name) ??
        this.#add(model.name);
      row.store(model);
    }
    this.#arrange();
  }

  /** @param {unknown} error */
  #showUnknown(error) {
    if (!this.#isKnown) {
      this.#room.wait("It is not known what is stored");
    }
    const again = { words: "Try again", act: () => void this.refresh() };
    this.#messages.give(`What is stored could not be read: ${wordsOf(error)}.`, UNKNOWN, again);
  }

  /** @param {{ name: string, loaded: number, total: number, ended?: boolean, failure?: string }} progress */
  #progress({ name, loaded, total, ended = false, failure = "" }) {
    const row =
      this.#rows.find((each) => each.download && each.name === name) ??
      this.#rows.find((each) => each.name === name) ??
      this.#add(name);
    if (failure) {
      row.fail(failure);
      this.#spoken.textContent = `${name} did not arrive`;
    } else {
      row.fetch({ name, loaded, total }, ended);
    }
    if (ended) {
      this.#follow();
    }
    this.#arrange();
  }

  /** @param {string} name */
  #add(name) {
    const row = new ModelRow(name, {
      keep: (each, kept) => void this.#keep(each, kept),
      verify: (each) => void this.#verify(each),
      evict: (each) => void this.#evict(each),
      dismiss: (each) => {
        each.forgive();
        this.#arrange();
      },
    });
    this.#rows.push(row);
    return row;
  }

  /** Brings the list into the order of names. Lines that stay are not moved, and keep the focus. */
  #arrange() {
    const focused = this.shadowRoot?.activeElement;
    const left = [...this.#list.children].findIndex((line) => line.contains(focused ?? null));
    this.#rows = this.#rows.filter((row) => !row.isEmpty);
    this.#rows.sort((one, other) => one.name.localeCompare(other.name));
    const lines = this.#rows.map(({ element }) => element);
    for (const line of [...this.#list.children]) {
      if (!lines.includes(/** @type {HTMLLIElement} */ (line))) {
        line.remove();
      }
    }
    let place = this.#list.firstElementChild;
    for (const line of lines) {
      if (line === place) {
        place = place.nextElementSibling;
      } else {
        this.#list.insertBefore(line, place);
      }
    }
    this.#empty.toggleAttribute("data-behind", !this.#isKnown || lines.length > 0);
    if (left >= 0 && !focused?.isConnected) {
      (this.#rows[Math.min(left, lines.length - 1)]?.control ?? this.#room.sum).focus();
    }
  }

  /**
   * @param {ModelRow} row
   * @param {boolean} kept
   */
  async #keep(row, kept) {
    await this.#ask(row, async (models, identity) => {
      await models.keep(identity, kept);
      row.store({ .../** @type {StoredModel} */ (row.model), kept });
      this.#spoken.textContent = kept ? `${row.name} is kept` : `${row.name} may go to make room`;
    });
  }

  /** @param {ModelRow} row */
  async #verify(row) {
    const size = inBytes(row.model?.size ?? 0);
    row.note(`Reading ${size} again …`);
    await this.#ask(row, async (models, identity) => {
      if (await models.verify(identity)) {
        row.note(`Verified: all ${size} are what was fetched`, "good");
        this.#spoken.textContent = `${row.name} is verified`;
      } else {
        this.#messages.give(
          `${row.name} had changed on this machine and was deleted. It is fetched again when it is needed.`,
        );
      }
    });
  }

  /** @param {ModelRow} row */
  async #evict(row) {
    row.note("Deleting …");
    await this.#ask(row, async (models, identity) => {
      await models.evict(identity);
      await this.refresh(); // the line goes together with its bytes in the sum, which may get the focus
      row.lose();
      this.#arrange();
      this.#spoken.textContent = `${row.name} was deleted`;
    });
  }

  async #clear() {
    try {
      await this.#models?.clear();
      this.#spoken.textContent = "All models were deleted";
    } catch (error) {
      this.#messages.give(`Not all models could be deleted: ${wordsOf(error)}.`);
    }
    await this.refresh();
  }

  async #persist() {
    try {
      this.#room.answer((await this.#models?.persist()) ?? false);
    } catch (error) {
      this.#messages.give(`The browser could not be asked: ${wordsOf(error)}.`);
    }
    await this.refresh();
  }

  /**
   * @param {ModelRow} row
   * @param {(models: PageModels, identity: string) => Promise<void>} work
   */
  async #ask(row, work) {
    const models = this.#models;
    const identity = row.model?.identity;
    if (!models || identity === undefined) {
      return;
    }
    row.setBusy(true);
    try {
      await work(models, identity);
    } catch (error) {
      await this.refresh();
      if (row.model) {
        row.note(`That did not work: ${wordsOf(error)}`, "bad");
      } else {
        this.#spoken.textContent = `${row.name} is not stored any more`;
      }
    } finally {
      row.setBusy(false);
      void this.refresh();
    }
  }
}

const sheet = sheetOf(STYLE);

/** Lets pages write `<pyinfer-models>`. */
export function defineModelsPanel() {
  const registry = globalThis.customElements;
  if (registry && !registry.get(TAG)) {
    registry.define(TAG, ModelsPanel);
  }
}
