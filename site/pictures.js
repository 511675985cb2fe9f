// Pictures on their way in (chosen, dropped, pasted) and out (arrays painted on a canvas).

/**
 * Calls `take` with every picture that is chosen with `button`, or dropped on or pasted into `part`.
 *
 * @param {HTMLElement} part
 * @param {HTMLElement} button
 * @param {HTMLInputElement} input
 * @param {(file: File) => void} take
 */
export function takePictures(part, button, input, take) {
  button.addEventListener("click", () => input.click());
  input.addEventListener("change", () => {
    const file = input.files?.[0];
    input.value = "";
    if (file) {
      take(file);
    }
  });
  part.addEventListener("dragover", (event) => {
    event.preventDefault();
    part.dataset.over = "";
  });
  part.addEventListener("dragleave", (event) => {
    if (!(event.relatedTarget instanceof Node && part.contains(event.relatedTarget))) {
      delete part.dataset.over;
    }
  });
  part.addEventListener("drop", (event) => {
    event.preventDefault();
    delete part.dataset.over;
    const file = event.dataTransfer?.files[0];
    if (file) {
      take(file);
    }
  });
  document.addEventListener("paste", (event) => {
    const file = event.clipboardData?.files[0];
    if (file && partInUse() === part) {
      event.preventDefault();
      take(file);
    }
  });
}

/** A file dropped beside its part would make the browser leave the page. */
export function keepPageOnDrop() {
  for (const type of ["dragover", "drop"]) {
    document.addEventListener(type, (event) => event.preventDefault());
  }
}

/** The part that a key or a pasted picture is meant for: the one with the focus, else the one in view. */
export function partInUse() {
  const focused = document.activeElement?.closest("[data-part]");
  return (
    focused ?? document.elementFromPoint(innerWidth / 2, innerHeight / 2)?.closest("[data-part]") ?? null
  );
}

/**
 * Shows a picture that Python made. The canvas takes its size in pixels; its size on the page is CSS's.
 *
 * @param {HTMLCanvasElement} canvas
 * @param {{ data: Uint8Array, shape: number[] }} array (height, width), or with 3 or 4 channels, red first
 */
export function paint(canvas, { data, shape }) {
  const [height, width, channels = 1] = shape;
  const image = new ImageData(width, height);
  if (channels === 4) {
    image.data.set(data);
  } else {
    const step = channels === 3 ? 1 : 0;
    for (let from = 0, to = 0; from < data.length; from += channels, to += 4) {
      image.data[to] = data[from];
      image.data[to + 1] = data[from + step];
      image.data[to + 2] = data[from + 2 * step];
      image.data[to + 3] = 255;
    }
  }
  canvas.width = width;
  canvas.height = height;
  canvas.getContext("2d")?.putImageData(image, 0, 0);
}

/**
 * A function that runs `work` on the newest request only: one at a time, and what has been
 * overtaken while one ran is left out.
 *
 * @template {unknown[]} Args
 * @param {(...args: Args) => Promise<void>} work
 * @returns {(...args: Args) => Promise<void>}
 */
export function newestOnly(work) {
  /** @type {Args | null} */
  let next = null;
  /** @type {Promise<void> | null} */
  let running = null;
  const loop = async () => {
    while (next) {
      const args = next;
      next = null;
      await work(...args);
    }
    running = null;
  };
  return (...args) => {
    next = args;
    running ??= loop();
    return running;
  };
}
