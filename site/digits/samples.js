// The sample digits, which are drawn as a hand would.

import samples from "../strokes.json" with { type: "json" };

/** @typedef {import("./paper.js").Point} Point */

const MILLISECONDS = 450;

/**
 * @param {HTMLElement} group of a button for each digit
 * @param {(strokes: Point[][]) => void} draw
 */
export function offerSamples(group, draw) {
  for (const button of group.querySelectorAll("button")) {
    const styles = samples.filter(({ digit }) => digit === Number(button.value));
    let shown = 0;
    button.addEventListener("click", () => {
      const { strokes } = styles[shown++ % styles.length];
      draw(/** @type {Point[][]} */ (strokes));
    });
  }
}

/**
 * Draws strokes point by point; at once if the visitor wants nothing to move, or Python needs the processor to start.
 *
 * @param {Point[][]} strokes
 * @param {boolean} isStarting
 * @param {(begun: Point[][]) => boolean} show takes what is drawn by now; false: something else is
 * @returns {Promise<boolean>} whether all was drawn
 */
export async function drawSlowly(strokes, isStarting, show) {
  const points = strokes.reduce((count, stroke) => count + stroke.length, 0);
  const still = isStarting || matchMedia("(prefers-reduced-motion: reduce)").matches;
  const started = performance.now();
  for (let drawn = 0; drawn < points; ) {
    const passed = (performance.now() - started) / MILLISECONDS;
    drawn = still ? points : Math.min(points, Math.max(2, Math.round(points * passed)));
    if (!show(beginning(strokes, drawn))) {
      return false;
    }
    await new Promise(requestAnimationFrame);
  }
  return true;
}

/**
 * The first `count` points of some strokes.
 *
 * @param {Point[][]} strokes
 * @param {number} count
 */
function beginning(strokes, count) {
  const drawn = [];
  for (const stroke of strokes) {
    if (count > 0) {
      drawn.push(stroke.slice(0, count));
    }
    count -= stroke.length;
  }
  return drawn;
}
