// OpenCV's windows, matplotlib's figures and last values, below what has been printed by then.

import { pictureOf } from "./values.js";

const FIGURES = "pyinfer_demo.workbench:figures";

export class Windows {
  /** @type {Map<string, HTMLCanvasElement>} */
  #canvases = new Map();

  /**
   * @param {import("./output.js").Output} output
   * @param {import("../runtime.js").Runtime} runtime
   */
  constructor(output, runtime) {
    this.output = output;
    this.runtime = runtime;
    runtime.addEventListener("start", () => {
      runtime.python?.addEventListener("imshow", (event) => {
        const { name, image } = /** @type {import("../pyinfer.js").ImshowEvent} */ (event);
        this.#show(name, image);
      });
    });
  }

  /** A new run begins; what the last one showed is gone. */
  forget() {
    this.#canvases.clear();
  }

  /** Adds the figures that the script left open. */
  async showFigures() {
    const figures = await this.runtime.call(FIGURES);
    for (const [index, bytes] of figures.entries()) {
      const picture = document.createElement("img");
      picture.alt = `Figure ${index + 1}`;
      picture.src = URL.createObjectURL(new Blob([bytes], { type: "image/png" }));
      await picture.decode();
      const { naturalWidth: width, naturalHeight: height } = picture;
      this.output.add(picture, `Figure ${index + 1}, ${width} × ${height}`);
    }
  }

  /** @param {unknown} value the script's last */
  showValue(value) {
    const image = pictureOf(value);
    if (image) {
      this.output.add(draw(image, "The last value"), `The last value, ${size(image)}, blue first`);
    }
  }

  /**
   * @param {string} name
   * @param {ImageData | null} image null when the script closes the window: its last picture stays
   */
  #show(name, image) {
    if (!image) {
      this.#canvases.delete(name);
      return;
    }
    const known = this.#canvases.get(name);
    if (known) {
      put(known, image);
      return;
    }
    const canvas = draw(image, name);
    canvas.dataset.cv2Window = name; // so that its keys go to cv2.waitKey
    canvas.tabIndex = 0;
    this.#canvases.set(name, canvas);
    this.output.add(canvas, `${name}, ${size(image)}`);
  }
}

/**
 * @param {ImageData} image
 * @param {string} name
 */
function draw(image, name) {
  const canvas = document.createElement("canvas");
  canvas.role = "img";
  canvas.ariaLabel = `${name}, ${image.width} by ${image.height} pixels`;
  put(canvas, image);
  return canvas;
}

/**
 * @param {HTMLCanvasElement} canvas
 * @param {ImageData} image
 */
function put(canvas, image) {
  canvas.width = image.width;
  canvas.height = image.height;
  canvas.getContext("2d")?.putImageData(image, 0, 0);
}

/** @param {ImageData} image */
function size({ width, height }) {
  return `${width} × ${height}`;
}
