// Objects of opencv.js's classes: a detector, a network. Python knows each by an integer.

import { createCorrections } from "./opencv_corrections.js";

/** `new ORB`, `ORB#detect`, `aruco_Dictionary.getBitsFromByteList`, `get aruco_Dictionary#bytesList`. */
const NAME = /^(?:(new|get|set) )?(\w+)(?:([#.])(\w+))?$/;

/**
 * @param {any} cv the loaded opencv.js module
 * @param {ReturnType<typeof import("./opencv_vectors.js").createVectorPacker>} vectors
 * @param {number} firstObject
 */
export function createObjectTable(cv, vectors, firstObject) {
  const corrections = createCorrections(cv, vectors);

  /** @type {Map<number, any>} */
  const table = new Map();

  /** @type {Map<string, (args: any[]) => any>} */
  const members = new Map();
  let lastId = firstObject;

  /**
   * What a name of a constructor, method or property does; a method's first argument is the object.
   *
   * @param {string} name
   * @returns {(args: any[]) => any}
   */
  function resolve(name) {
    const [, verb, owner, separator, member] = NAME.exec(name) ?? [];
    const owning = cv[owner];
    if (verb === "new") {
      return (args) => corrections.construct(owner, args);
    }
    const accessor = cv[`${owner}_${verb}_${member}`]; // our own build has functions for most
    if (accessor) {
      return (args) => accessor(...args);
    }
    if (verb === "get") {
      return ([self]) => self[member];
    }
    if (verb === "set") {
      return ([self, value]) => {
        self[member] = value;
      };
    }
    if (separator === ".") {
      return (args) => {
        const self = new owning(); // opencv.js's static methods want an object
        try {
          return owning[member](self, ...args);
        } finally {
          self.delete();
        }
      };
    }
    return ([self, ...args]) => corrections.invoke(self, member, args);
  }

  return {
    /**
     * Constructs an object, calls a method, reads or writes a property.
     *
     * @param {string} name
     * @param {any[]} args
     */
    invoke(name, args) {
      let member = members.get(name);
      if (member === undefined) {
        member = resolve(name);
        members.set(name, member);
      }
      return member(args);
    },

    /** @param {any} thing @returns {number} its identifier */
    register(thing) {
      lastId += 1;
      table.set(lastId, thing);
      return lastId;
    },

    /** @param {number} id */
    lookUp(id) {
      const thing = table.get(id);
      if (thing === undefined) {
        throw new Error(
          "it has no such object: what OpenCV's neural networks made can be given to functions and objects " +
            "of theirs alone, and nothing else to these",
        );
      }
      return thing;
    },

    /** @param {readonly number[]} ids */
    release(ids) {
      for (const id of ids) {
        table.get(id)?.delete();
        table.delete(id);
      }
    },

    /** @param {string} name of a class: its methods and properties, those of its base classes and its own */
    membersOf(name) {
      const found = [];
      for (const member in cv[name]?.prototype) {
        found.push(member);
      }
      return [...found, ...Object.keys(cv[name] ?? {}), ...corrections.membersOf(name)];
    },

    /** How many objects there are. */
    count: () => table.size,
  };
}
