// The page's own film: still drawings, one after the other, over which a virtual camera moves.

import { SourceError } from "./sources.js";

const STILLS = new URL("camera/film.jpg", document.baseURI);
/** Height of the strip of stills, each of which is as wide. */
const STILL = 288;
const SIDE = 320;
const FRAMES_A_SECOND = 30;
const MILLISECONDS_OF_A_STILL = 1800;

/** @returns {Promise<import("./sources.js").Source>} */
export async function openFilm() {
  const strip = await fetchStills();
  const canvas = document.createElement("canvas");
  canvas.width = SIDE;
  canvas.height = SIDE;
  const drawing = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d", { alpha: false }));
  const started = performance.now();
  let last = -1;
  let request = 0;
  const draw = (/** @type {number} */ now) => {
    request = requestAnimationFrame(draw);
    const frame = Math.max(0, Math.floor(((now - started) * FRAMES_A_SECOND) / 1000));
    if (frame !== last) {
      last = frame;
      drawFrame(drawing, strip, (frame * 1000) / FRAMES_A_SECOND / MILLISECONDS_OF_A_STILL);
    }
  };
  draw(started);
  // WebKit wants a rate; at the film's own, Firefox would miss every other frame.
  const stream = canvas.captureStream(2 * FRAMES_A_SECOND);
  return {
    kind: "film",
    name: "Our film",
    stream,
    url: "",
    mirrored: false,
    close: () => {
      cancelAnimationFrame(request);
      for (const track of stream.getTracks()) {
        track.stop();
      }
      strip.close();
    },
  };
}

async function fetchStills() {
  try {
    const response = await fetch(STILLS);
    if (!response.ok) {
      throw new Error(`the server answered ${response.status}`);
    }
    return await createImageBitmap(await response.blob());
  } catch (error) {
    throw new SourceError(`Our film could not be fetched: ${/** @type {Error} */ (error).message}.`);
  }
}

/**
 * @param {CanvasRenderingContext2D} drawing
 * @param {ImageBitmap} strip
 * @param {number} time in stills
 */
function drawFrame(drawing, strip, time) {
  const still = Math.floor(time) % (strip.width / STILL);
  const turn = 2 * Math.PI * (time % 1);
  const scale = (SIDE / STILL) * (1.12 + 0.06 * Math.cos(turn));
  drawing.setTransform(1, 0, 0, 1, SIDE / 2, SIDE / 2);
  drawing.rotate(0.06 * Math.sin(turn));
  drawing.scale(scale, scale);
  drawing.drawImage(strip, still * STILL, 0, STILL, STILL, -STILL / 2, -STILL / 2, STILL, STILL);
}
