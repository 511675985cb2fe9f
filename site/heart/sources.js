// Where slices come from: the phantom that Python makes, or files. Each gives them in batches.

import { nameOf } from "./files.js";

/**
 * @typedef {object} Source
 * @property {string} name of a file that is saved from it
 * @property {number} total slices or files
 * @property {string} stage what its time is called
 * @property {(done: number) => string} words for people, when so many are done
 * @property {(start: number, stop: number) => Promise<Batch>} load
 */

/** @typedef {{ refused: import("./python.js").Refusal[], milliseconds: number }} Batch */

/**
 * @param {import("./python.js").PythonSeries} python
 * @param {number} count
 * @returns {Source}
 */
export function phantom(python, count) {
  return {
    name: `phantom-${count}`,
    total: count,
    stage: "Make the slices",
    words: (done) => `Making slice ${Math.min(done + 1, count)} of ${count}`,
    load: async (start, stop) => ({
      refused: [],
      milliseconds: await python.addPhantom(count, start, stop),
    }),
  };
}

/**
 * @param {import("./python.js").PythonSeries} python
 * @param {File[]} files
 * @returns {Source}
 */
export function chosenFiles(python, files) {
  return {
    name: nameOf(files[0])
      .split("/")[0]
      .replace(/\.\w+$/, ""),
    total: files.length,
    stage: "Read the files",
    words: (done) => `Reading file ${Math.min(done + 1, files.length)} of ${files.length}`,
    load: async (start, stop) => {
      const some = files.slice(start, stop);
      const contents = await Promise.allSettled(some.map((file) => file.arrayBuffer()));
      /** @type {Batch["refused"]} */
      const lost = [];
      /** @type {string[]} */
      const names = [];
      /** @type {ArrayBuffer[]} */
      const buffers = [];
      for (const [index, content] of contents.entries()) {
        if (content.status === "fulfilled") {
          names.push(nameOf(some[index]));
          buffers.push(content.value);
        } else {
          lost.push({ name: nameOf(some[index]), reason: "not to be read any more" });
        }
      }
      const { refused, milliseconds } = await python.addFiles(names, buffers);
      return { refused: [...lost, ...refused], milliseconds };
    },
  };
}
