// The parts of our own opencv.js as one engine: each is a library with a heap of its own. The second has OpenCV's
// neural networks and comes when one is first used; an object lives in the part that made it.

/** Where the numbers of objects begin that the second part made. */
export const FIRST_OBJECT_OF_NETWORKS = 2 ** 30;

/** @typedef {ReturnType<typeof import("./opencv_calls.js").createOpenCVCalls>} OpenCVCalls */

/** A function's name, or that of the class it belongs to. */
const OWNER = /^(?:(?:new|get|set) )?(\w+)/;

/** What every class has. */
const MEMBERS_OF_ALL = ["delete"];

/**
 * @typedef {object} Later what the first part says of the second
 * @property {string[]} functions
 * @property {Record<string, { base: string, members: string[] }>} classes
 */

/**
 * Calls of both parts, of which the second is added when it is there.
 *
 * @param {OpenCVCalls} first
 * @param {Later} later
 */
export function createOpenCVParts(first, { functions, classes }) {
  const names = new Set([...functions, ...Object.keys(classes)]);

  /** @type {Map<string, boolean>} */
  const known = new Map();

  /** @type {any[][]} */
  const staged = [];

  /** @type {OpenCVCalls | undefined} */
  let networks;
  let last = first;

  /** @param {string} name @returns {boolean} whether it is one of the second part's */
  function isOfNetworks(name) {
    let answer = known.get(name);
    if (answer === undefined) {
      answer = names.has(OWNER.exec(name)?.[1] ?? "");
      known.set(name, answer);
    }
    return answer;
  }

  /** @param {string} name */
  const partOf = (name) => (networks && isOfNetworks(name) ? networks : first);

  /** @returns {OpenCVCalls[]} */
  const parts = () => (networks ? [first, networks] : [first]);

  /**
   * The part that a call is for: that of the function, or of the object or objects that come first.
   *
   * @param {string} name
   * @param {string} layout
   * @param {any[]} flat
   */
  function partFor(name, layout, flat) {
    const object = layout[0] === "O" ? flat[0] : layout[0] === "A" ? flat[1] : 0;
    return networks && object >= FIRST_OBJECT_OF_NETWORKS ? networks : partOf(name);
  }

  const calls = {
    ...first,

    functions: () => [first.functions(), ...functions].join(" "),

    members(/** @type {string} */ name) {
      const { base, members } = classes[name] ?? {};
      const inherited = base ? [first.members(base)] : MEMBERS_OF_ALL;
      return members ? [...members, first.members(name), ...inherited].join(" ") : first.members(name);
    },

    isLater: (/** @type {string} */ name) => networks === undefined && isOfNetworks(name),

    prepare(/** @type {string} */ elementTypes, /** @type {number} */ probe) {
      return parts()
        .map((part) => part.prepare(elementTypes, probe))
        .reduce((one, other) => (one === other ? one : `${one} and ${other}`));
    },

    stage(/** @type {any[]} */ ...flat) {
      staged.push(flat);
    },

    call(/** @type {string} */ name, /** @type {string} */ layout, /** @type {any[]} */ ...flat) {
      last = partFor(name, layout, staged[0] ?? flat);
      for (const some of staged.splice(0)) {
        last.stage(...some);
      }
      return last.call(name, layout, ...flat);
    },

    fetch: (/** @type {number[]} */ ...ids) => last.fetch(...ids),
    failure: () => last.failure(),

    release(/** @type {number[]} */ ...ids) {
      for (const part of parts()) {
        part.release(...ids.filter((id) => id >= FIRST_OBJECT_OF_NETWORKS === (part === networks)));
      }
    },

    heapEnd: () => parts().reduce((all, part) => all + part.heapEnd(), 0),
    liveCount: () => parts().reduce((all, part) => all + part.liveCount(), 0),
  };

  /** @param {OpenCVCalls} second */
  function add(second) {
    networks = second;
  }

  return { calls, add };
}
