// `<pyinfer-app>`: an app on a page. It takes a file, has a Python function work on it, and shows what comes of it.

import { callWithFile, FileFormError } from "./app_call.js";
import { AppErrorEvent, AppProgressEvent, AppResultEvent } from "./app_panel_events.js";
import { FileIntake } from "./app_panel_file.js";
import { StateLine } from "./app_panel_state.js";
import { STYLE } from "./app_panel_style.js";
import { detailsOf, failureOf, lastWordsOf } from "./failure_view.js";
import { arrivedInBytes } from "./models_panel_words.js";
import { make, say } from "./panel_elements.js";
import { sheetOf } from "./panel_style.js";
import { pictureOf, viewsOf } from "./result_view.js";

export { AppErrorEvent, AppProgressEvent, AppResultEvent };

/** @typedef {import("./worker_runtime.js").WorkerRuntime} WorkerRuntime */

/**
 * @callback Load
 * @param {import("./pyinfer.js").LoadOptions} options
 * @returns {Promise<WorkerRuntime>}
 */

const TAG = "pyinfer-app";

/** @type {Load} */
let load = () => Promise.reject(new Error("pyinfer is not there yet"));

/** Workers can import pyinfer.js too, and have no elements. */
const Element = /** @type {typeof HTMLElement} */ (globalThis.HTMLElement ?? class {});

/**
 * An app on a page: `<pyinfer-app src="/locator/" entry="locator:locate">`.
 *
 * Attributes: `src`, the folder that `pyinfer build` wrote (without it the page sets `runtime`); `entry`,
 * `module:function`, called with each file; `file-as`, what the function gets: `path` (the default),
 * `bytes`, or `image`, a uint8 array (height, width, 4); `accept`, as of `<input type="file">`;
 * `channel-order`, `bgr` if it gives pictures as OpenCV has them; `label`, its name.
 *
 * The slot `prompt` has the words on what to give. Events: `progress` ({@link AppProgressEvent}), `result`
 * ({@link AppResultEvent}), `error` ({@link AppErrorEvent}). Colours are those of `<pyinfer-models>`;
 * `::part(panel)`, `::part(zone)`, `::part(state)`, `::part(result)`, `::part(error)`, `::part(picture)`,
 * `::part(table)` and `::part(button)` reach the rest.
 */
export class AppPanel extends Element {
  static observedAttributes = ["accept", "label", "src"];

  /** @type {WorkerRuntime | null} */
  #runtime = null;
  /** Whether the runtime was loaded by this element, which then ends it too. */
  #isOwn = false;
  /** @type {AbortController | null} ends what belongs to the present runtime */
  #living = null;
  /** @type {AbortController | null} ends while the element is on no page */
  #connected = null;
  /** @type {File | null} the newest, while Python is not there or works on another */
  #waiting = null;
  #isWorking = false;
  #task = "";
  /** Whether an app of this panel's own is still to arrive, in part. */
  #isLoading = false;
  /** @type {Map<string, ImageData>} what cv2.imshow shows, by window */
  #windows = new Map();
  #printed = "";
  #line = new StateLine(
    () => void this.#stop(),
    () => this.#intake.input.focus(),
  );
  #intake = new FileIntake(this, {
    take: (file) => this.#take(file),
    refuse: (words) => this.#show([failureOf(words, "")], words),
  });
  #result = make("div", { class: "result", part: "result", role: "region", "aria-label": "Result" });
  #spoken = make("p", { class: "unseen", role: "status" });
  #panel = make("div", { class: "panel", part: "panel", role: "group", "aria-label": "App" });

  constructor() {
    super();
    const root = this.attachShadow({ mode: "open" });
    root.adoptedStyleSheets = [sheet()];
    this.#panel.append(this.#intake.element, this.#line.element, this.#result, this.#spoken);
    root.append(this.#panel);
    this.#result.hidden = true;
  }

  /** The Python that works; the page's own, if it has set one, which the element then does not end. */
  get runtime() {
    return this.#runtime;
  }

  set runtime(runtime) {
    if (runtime !== this.#runtime) {
      this.#release();
      this.#isOwn = false;
      if (runtime) {
        this.#living = new AbortController();
        this.#adopt(runtime);
      } else if (this.isConnected) {
        this.#start();
      }
    }
  }

  connectedCallback() {
    this.#connected = new AbortController();
    this.#intake.listen(this.#connected.signal);
    // An element that a script makes has its runtime or its attributes when that script has run.
    queueMicrotask(() => {
      if (this.isConnected && !this.#living) {
        this.#start();
      }
    });
  }

  disconnectedCallback() {
    this.#connected?.abort();
    // An element that is only moved comes back at once.
    queueMicrotask(() => {
      if (!this.isConnected && (this.#isOwn || !this.#runtime)) {
        this.#release();
      }
    });
  }

  /**
   * @param {string} name
   * @param {string | null} before
   * @param {string | null} value
   */
  attributeChangedCallback(name, before, value) {
    if (name === "accept") {
      this.#intake.setAccept(value ?? "");
    } else if (name === "label") {
      this.#panel.ariaLabel = value ?? "App";
    } else if (before !== value && this.isConnected && (this.#isOwn || !this.#runtime)) {
      this.#release();
      this.#start();
    }
  }

  /** Loads the app, or waits for the page's Python. */
  async #start() {
    const bundleURL = this.getAttribute("src");
    this.#line.work("Loading");
    this.#isLoading = true;
    if (bundleURL === null) {
      return;
    }
    const living = new AbortController();
    this.#living = living;
    try {
      const runtime = await load({
        bundleURL: new URL(bundleURL, document.baseURI),
        signal: living.signal,
        onProgress: (each) => {
          this.dispatchEvent(new AppProgressEvent(each));
          if (!living.signal.aborted) {
            this.#follow(each);
          }
        },
        imshow: (name, image) => {
          if (image) {
            this.#windows.set(name, image);
          }
        },
      });
      if (living.signal.aborted) {
        await runtime.close();
        return;
      }
      this.#isOwn = true;
      this.#adopt(runtime);
    } catch (error) {
      if (!living.signal.aborted) {
        this.#lose(/** @type {Error} */ (error), "The app could not be loaded.", "Try again");
      }
    }
  }

  /** @param {WorkerRuntime} runtime */
  #adopt(runtime) {
    this.#runtime = runtime;
    const { signal } = /** @type {AbortController} */ (this.#living);
    const print = (/** @type {Event} */ event) => {
      this.#printed += this.#isWorking ? /** @type {import("./output.js").OutputEvent} */ (event).text : "";
    };
    runtime.addEventListener("stdout", print, { signal });
    runtime.addEventListener("stderr", print, { signal });
    runtime.models.addEventListener(
      "progress",
      (event) => {
        const { name, loaded, total, ended } = /** @type {import("./page_models.js").ModelProgressEvent} */ (
          event
        );
        if (this.#isWorking && !ended) {
          this.#line.work(
            `Fetching ${name}: ${arrivedInBytes(loaded, total)}`,
            total ? loaded / total : undefined,
          );
        }
      },
      { signal },
    );
    runtime.addEventListener(
      "close",
      (event) => {
        const { detail } = /** @type {CustomEvent<string>} */ (event);
        this.#lose(new Error(detail), "The app has stopped.", "Start again");
      },
      { signal },
    );
    if (!this.#isOwn || !this.#isLoading) {
      this.#line.rest("Ready");
    }
    this.#work();
  }

  /**
   * Shows how the start is getting on, which goes on after Python is there.
   *
   * @param {import("./downloads.js").Progress} progress
   */
  #follow({ phase, words = "Starting", share }) {
    if (!this.#isLoading) {
      return;
    }
    if (phase !== "ready") {
      this.#line.work(words, share);
      return;
    }
    this.#isLoading = false;
    if (this.#isWorking) {
      this.#line.work(this.#task);
    } else if (this.#runtime) {
      this.#line.rest("Ready");
    }
  }

  /** Gives up the present runtime. */
  #release() {
    this.#living?.abort();
    this.#living = null;
    const runtime = this.#runtime;
    this.#runtime = null;
    if (runtime && this.#isOwn) {
      void runtime.close();
    }
    this.#line.rest("");
  }

  /**
   * There is no Python, or no longer.
   *
   * @param {Error} error
   * @param {string} words
   * @param {string} again
   */
  #lose(error, words, again) {
    this.#release();
    if (this.dispatchEvent(new AppErrorEvent(error, null))) {
      const action = { words: again, act: () => this.#restart() };
      this.#show([failureOf(words, detailsOf(error), action)], words);
    }
  }

  #restart() {
    this.#show([], "");
    this.#intake.input.focus();
    this.#start();
  }

  /**
   * Has Python work on a file, as if the visitor had given it.
   *
   * @param {File} file
   */
  run(file) {
    this.#take(file);
  }

  /** @param {File} file */
  #take(file) {
    this.#waiting = file;
    if (!this.#isWorking) {
      this.#show([], "");
      this.#work();
    }
  }

  /** Works on the newest file, if there is one and Python is there. */
  async #work() {
    const runtime = this.#runtime;
    const file = this.#waiting;
    if (!runtime || !file || this.#isWorking) {
      return;
    }
    this.#waiting = null;
    this.#isWorking = true;
    this.#printed = "";
    this.#windows.clear();
    this.#panel.ariaBusy = "true";
    this.#task = `Working on ${file.name}`;
    if (!this.#isLoading) {
      this.#line.work(this.#task);
    }
    this.#line.offerStop(true);
    try {
      const form = /** @type {import("./app_call.js").FileForm} */ (this.getAttribute("file-as") ?? "path");
      const value = await callWithFile(runtime, this.#entry(), file, form);
      this.#line.rest(`Done: ${file.name}`);
      if (this.dispatchEvent(new AppResultEvent(value, file))) {
        this.#show(this.#views(value), "The result is there");
      }
    } catch (error) {
      this.#fail(/** @type {Error} */ (error), file);
    } finally {
      this.#isWorking = false;
      this.#isLoading = false; // what may still come this file did not need
      this.#panel.ariaBusy = null;
      void this.#work();
    }
  }

  #entry() {
    const entry = this.getAttribute("entry");
    if (!entry) {
      throw new TypeError('<pyinfer-app> needs the attribute entry, such as entry="module:function"');
    }
    return entry;
  }

  /** @param {unknown} value */
  #views(value) {
    const order = this.getAttribute("channel-order") === "bgr" ? "bgr" : "rgb";
    const pictures = [...this.#windows].map(([name, image]) => pictureOf(image, name));
    const printed = this.#printed.trimEnd();
    const views = [
      ...viewsOf(value, order),
      ...pictures,
      ...(printed ? [make("pre", { tabindex: "0", role: "group", "aria-label": "Output" }, printed)] : []),
    ];
    return views.length ? views : [make("p", { class: "text" }, "Done.")];
  }

  /**
   * @param {Error} error
   * @param {File} file
   */
  #fail(error, file) {
    const { name, type } = /** @type {{ name: string, type?: string }} */ (error);
    if (name === "WorkerEndedError" || type === "KeyboardInterrupt") {
      if (this.#runtime) {
        this.#line.rest("Stopped"); // by the visitor; what ends by itself has been told
      }
      return;
    }
    this.#line.rest(`Could not work on ${file.name}`);
    if (!this.dispatchEvent(new AppErrorEvent(error, file))) {
      return;
    }
    const lastWords = lastWordsOf(error);
    if (lastWords !== null) {
      this.#show(lastWords ? [failureOf(lastWords, "")] : this.#views(null), lastWords);
    } else if (error instanceof FileFormError) {
      this.#show([failureOf(error.message, "")], error.message);
    } else {
      const words = `The app could not work on ${file.name}.`;
      const printed = this.#printed.endsWith("\n") || !this.#printed ? this.#printed : `${this.#printed}\n`;
      this.#show([failureOf(words, printed + detailsOf(error))], words);
    }
  }

  async #stop() {
    this.#waiting = null;
    this.#line.work("Stopping");
    this.#line.offerStop(false);
    await this.#runtime?.interrupt().catch(() => {}); // the call that ends tells how
  }

  /**
   * @param {Node[]} views
   * @param {string} words for who does not see them
   */
  #show(views, words) {
    this.#result.replaceChildren(...views);
    this.#result.hidden = !views.length;
    say(this.#spoken, words);
  }
}

const sheet = sheetOf(STYLE);

/**
 * Lets pages write `<pyinfer-app>`.
 *
 * @param {Load} loadPyinfer
 */
export function defineAppPanel(loadPyinfer) {
  load = loadPyinfer;
  const registry = globalThis.customElements;
  if (registry && !registry.get(TAG)) {
    registry.define(TAG, AppPanel);
  }
}
