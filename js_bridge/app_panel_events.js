// What `<pyinfer-app>` tells its page.

/** How the start is getting on, and the fetches of models later: an event of type `progress`. */
export class AppProgressEvent extends Event {
  /** @param {import("./downloads.js").Progress} progress */
  constructor({ phase, name, loaded, total }) {
    super("progress");
    this.phase = phase;
    /** What is being worked on. */
    this.name = name;
    /** Bytes, or steps. */
    this.loaded = loaded;
    /** The same unit; 0 when it is not known. */
    this.total = total;
  }
}

/** What Python's function gave: an event of type `result`. A page that shows it itself calls `preventDefault()`. */
export class AppResultEvent extends Event {
  /**
   * @param {any} value
   * @param {File} file
   */
  constructor(value, file) {
    super("result", { cancelable: true });
    /** As `call` gives it. */
    this.value = value;
    this.file = file;
  }
}

/** Why there is no result, or no app: an event of type `error`. A page that shows it itself calls `preventDefault()`. */
export class AppErrorEvent extends Event {
  /**
   * @param {Error} error
   * @param {File | null} file null: the app could not be loaded, or ended by itself
   */
  constructor(error, file) {
    super("error", { cancelable: true });
    this.error = error;
    this.file = file;
  }
}
