// One line of the storage panel: a model that is stored, is being fetched, or did not arrive.

import { Question } from "./models_panel_question.js";
import { ago, arrivedInBytes, atMoment, inBytes, otherHost } from "./models_panel_words.js";
import { make, makeButton, say, showOf } from "./panel_elements.js";

/** @typedef {import("./page_models.js").StoredModel} StoredModel */

const KEEPING = "Don’t delete it to make room for other models";

/**
 * What the visitor asks of a line's model.
 *
 * @typedef {object} RowActions
 * @property {(row: ModelRow, kept: boolean) => void} keep
 * @property {(row: ModelRow) => void} verify
 * @property {(row: ModelRow) => void} evict
 * @property {(row: ModelRow) => void} dismiss
 */

export class ModelRow {
  /** @type {StoredModel | null} */
  model = null;
  /** @type {import("./page_models.js").ModelDownload | null} */
  download = null;
  /** It has arrived, but whether it is stored has not been asked since. */
  hasArrived = false;
  /** Why it did not arrive. */
  failure = "";
  #note = "";
  #isBusy = false;

  /**
   * @param {string} name
   * @param {RowActions} actions
   */
  constructor(name, actions) {
    this.name = name;
    this.keep = make("input", {
      type: "checkbox",
      role: "switch",
      "aria-label": `Keep ${name}`,
      "aria-description": KEEPING,
    });
    this.keep.addEventListener("click", (event) => {
      event.preventDefault(); // it shows what is so, once it is so
      if (!this.#isBusy && this.model) {
        actions.keep(this, !this.model.kept);
      }
    });
    this.verify = makeButton("Verify", { "aria-label": `Verify ${name}` }, () => actions.verify(this));
    this.evict = makeButton("Delete", { "aria-label": `Delete ${name}` }, () =>
      this.question.open(this.evict),
    );
    this.verify.title = "Read it again, and compare it with what was fetched";
    const keepLabel = make("label", { class: "control keep", part: "button" }, this.keep, "Keep");
    keepLabel.title = KEEPING;
    this.choices = make("div", { class: "actions" }, keepLabel, this.verify, this.evict);
    const words = { label: `Delete ${name}?`, question: "Delete it?", yes: "Delete" };
    this.question = new Question(this.choices, words, () => actions.evict(this));
    this.dismiss = makeButton("Dismiss", { "aria-label": `Dismiss the failure of ${name}` }, () =>
      actions.dismiss(this),
    );
    this.dismissal = make("div", { class: "actions" }, this.dismiss);
    this.question.element.append(this.dismissal);

    this.title = make("bdi", { class: "name", part: "name" }, name);
    this.size = make("span", { class: "size" });
    this.details = make("p", { class: "details" });
    this.progress = make("progress", { "aria-label": `Fetching ${name}`, max: "1" });
    this.amount = make("span", { class: "amount" });
    this.fetching = make("div", { class: "fetching" }, this.progress, this.amount);
    this.states = make("div", { class: "stack" }, this.details, this.fetching);
    this.element = make(
      "li",
      { class: "row", part: "model" },
      this.title,
      this.size,
      this.states,
      this.question.element,
    );
    this.show();
  }

  /**
   * What verifying it has found, for example; gone when the model is used or kept.
   *
   * @param {string} words
   * @param {"good" | "bad" | ""} [tone]
   */
  note(words, tone = "") {
    this.#note = words;
    this.details.dataset.tone = tone;
    this.show();
  }

  /** @param {boolean} isBusy */
  setBusy(isBusy) {
    this.#isBusy = isBusy;
    this.element.ariaBusy = String(isBusy);
    for (const control of [this.keep, this.verify, this.evict]) {
      control.ariaDisabled = String(isBusy); // what is really disabled loses the focus
    }
  }

  /** @param {StoredModel} model */
  store(model) {
    if (this.model && (this.model.used !== model.used || this.model.kept !== model.kept)) {
      this.#note = "";
    }
    this.model = model;
    this.failure = "";
    this.show();
  }

  /** It is not stored any more. */
  lose() {
    this.model = null;
    this.#note = "";
    this.show();
  }

  /**
   * @param {import("./page_models.js").ModelDownload} download
   * @param {boolean} hasArrived the line goes on telling so until `settle`
   */
  fetch(download, hasArrived) {
    this.download = download;
    this.hasArrived = hasArrived;
    this.failure = "";
    this.show();
  }

  /** What has arrived is stored now, or is not. */
  settle() {
    this.download = null;
    this.hasArrived = false;
    this.show();
  }

  /** @param {string} failure why it did not arrive */
  fail(failure) {
    this.download = null;
    this.hasArrived = false;
    if (this.model) {
      this.note(capitalised(failure), "bad");
    } else {
      this.failure = failure;
      this.show();
    }
  }

  forgive() {
    this.failure = "";
  }

  /** What has the focus when that of a line beside it is gone. */
  get control() {
    return this.failure ? this.dismiss : this.model && this.evict;
  }

  /** Whether nothing keeps this line in the list. */
  get isEmpty() {
    return !this.model && !this.download && !this.failure;
  }

  show() {
    const { model, download, failure } = this;
    this.keep.checked = model?.kept ?? false;
    this.title.title = model ? `${model.url}\nSHA-256 ${model.sha256}` : this.name;
    say(this.size, model ? inBytes(model.size) : "");
    if (download) {
      const { loaded, total } = download;
      if (total) {
        this.progress.value = Math.min(1, loaded / total);
      } else {
        this.progress.removeAttribute("value");
      }
      say(this.amount, arrivedInBytes(loaded, total));
    }
    say(this.details, this.#details());
    this.details.title = model && !this.#note ? `Fetched ${atMoment(model.fetched)}` : "";
    if (failure) {
      this.details.dataset.tone = "bad";
    } else if (!this.#note) {
      this.details.dataset.tone = "";
    }
    showOf(this.states, download ? this.fetching : this.details);
    if (!this.question.isOpen || !model) {
      showOf(this.question.element, failure ? this.dismissal : this.choices);
    }
    this.element.toggleAttribute("data-stored", Boolean(model));
    this.element.toggleAttribute("data-failed", Boolean(failure));
  }

  #details() {
    if (this.failure) {
      return capitalised(this.failure);
    }
    if (this.#note) {
      return this.#note;
    }
    if (!this.model) {
      return "";
    }
    const host = otherHost(this.model.url);
    const { kept, used } = this.model;
    const words = [`Used ${ago(used)}`, host && `from ${host}`, kept && "stays when room is needed"];
    return words.filter(Boolean).join(" · ");
  }
}

/** @param {string} words */
function capitalised(words) {
  return words.charAt(0).toUpperCase() + words.slice(1);
}
