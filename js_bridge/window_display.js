// OpenCV's windows at the page's end: canvases that are drawn on, and the keys that are pressed.

import { keyCode } from "./window_keys.js";

/** An image for a window, or its end: an event of type `imshow`. */
export class ImshowEvent extends Event {
  /**
   * @param {string} name
   * @param {ImageData | null} image
   */
  constructor(name, image) {
    super("imshow");
    /** The window's name, as the script gave it. */
    this.name = name;
    /** What it shows now; null when the script has closed it. */
    this.image = image;
  }
}

/** How long after a call its script's windows still take keys: until its next call, frame by frame. */
const STILL_RUNNING_MILLISECONDS = 500;

/**
 * Shows windows on the page's canvases: `<canvas data-cv2-window="name">` is the window of that
 * name, `<canvas data-cv2-window>` any window that has none of its own.
 *
 * While windows are open, keys go to Python: those pressed on a window's canvas, and those for which
 * the page has no other use, since nothing has the focus.
 */
export class WindowDisplay {
  /**
   * @param {(name: string, image: ImageData | null) => void} announce
   * @param {(code: number) => void} press takes a key for Python
   */
  constructor(announce, press) {
    this.announce = announce;
    this.press = press;
    /** @type {Map<string, ImageData>} */
    this.open = new Map();
    this.calls = 0;
    this.lastCall = -Infinity;
  }

  /** @returns {string[]} names of the windows that there are canvases for; an empty one for any */
  names() {
    return windowCanvases().map((canvas) => canvas.dataset.cv2Window ?? "");
  }

  /** The page has called Python. */
  callStarted() {
    this.calls += 1;
  }

  callEnded() {
    this.calls -= 1;
    this.lastCall = performance.now();
  }

  /** @param {import("./windows.js").WindowChange} change */
  apply({ name, image, size, title, closed }) {
    for (const window of name === null ? [...this.open.keys()] : [name]) {
      if (image) {
        this.draw(window, new ImageData(image.pixels, image.width, image.height));
      }
      for (const canvas of canvasesOf(window)) {
        if (size) {
          canvas.style.width = `${size.width}px`;
          canvas.style.aspectRatio = `${size.width} / ${size.height}`;
        }
        if (title !== undefined) {
          canvas.title = title;
        }
      }
      if (closed) {
        this.closeWindow(window);
      }
    }
  }

  /**
   * @param {string} name
   * @param {ImageData} image
   */
  draw(name, image) {
    if (!this.open.size) {
      globalThis.document?.addEventListener("keydown", this.onKey);
      adoptStyle();
    }
    this.open.set(name, image);
    for (const canvas of canvasesOf(name)) {
      if (!canvas.hasAttribute("tabindex")) {
        canvas.tabIndex = 0; // so that it can have the focus, and keys
      }
      if (!canvas.hasAttribute("role")) {
        canvas.role = "img"; // what has the focus is read out
        canvas.ariaLabel ??= canvas.dataset.cv2Window || "OpenCV's window";
      }
      if (canvas.width !== image.width || canvas.height !== image.height) {
        canvas.width = image.width;
        canvas.height = image.height;
      }
      canvas.getContext("2d")?.putImageData(image, 0, 0);
    }
    this.announce(name, image);
  }

  /** @param {string} name */
  closeWindow(name) {
    if (!this.open.delete(name)) {
      return;
    }
    for (const canvas of canvasesOf(name)) {
      canvas.getContext("2d")?.clearRect(0, 0, canvas.width, canvas.height);
    }
    this.announce(name, null);
    if (!this.open.size) {
      globalThis.document?.removeEventListener("keydown", this.onKey);
    }
  }

  /** Closes all windows: Python is gone. */
  close() {
    this.apply({ name: null, closed: true });
  }

  onKey = (/** @type {KeyboardEvent} */ event) => {
    const isRunning = this.calls > 0 || performance.now() - this.lastCall < STILL_RUNNING_MILLISECONDS;
    const isOnWindow = windowCanvases().some((canvas) => canvas === event.target);
    const code = keyCode(event);
    if (code === undefined || !isRunning || !(isOnWindow || event.target === document.body)) {
      return;
    }
    this.press(code);
    if (isOnWindow) {
      event.preventDefault(); // an arrow or the space bar is not to scroll the page as well
    }
  };
}

/** @type {CSSStyleSheet | undefined} */
let style;

/** Keeps images within the page's width. Any rule of the page's own outweighs `:where`. */
function adoptStyle() {
  if (globalThis.document && !style) {
    style = new CSSStyleSheet(); // which no policy for styles forbids
    style.replaceSync(":where(canvas[data-cv2-window]) { max-width: 100%; height: auto; }");
    document.adoptedStyleSheets.push(style);
  }
}

/** @returns {HTMLCanvasElement[]} */
function windowCanvases() {
  return [...(globalThis.document?.querySelectorAll("canvas") ?? [])].filter(
    (canvas) => canvas.dataset.cv2Window !== undefined,
  );
}

/** @param {string} name */
function canvasesOf(name) {
  const canvases = windowCanvases();
  const own = canvases.filter((canvas) => canvas.dataset.cv2Window === name);
  return own.length ? own : canvases.filter((canvas) => canvas.dataset.cv2Window === "");
}
