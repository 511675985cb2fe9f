// Where it was measured: browser, machine, versions.

/** @typedef {import("./results.js").Surroundings} Surroundings */

/**
 * @param {Record<string, string>} versions of Python and what it has
 * @returns {Surroundings}
 */
export function surroundings(versions) {
  return {
    browser: browserName(),
    cores: navigator.hardwareConcurrency || 1,
    isolated: globalThis.crossOriginIsolated,
    versions,
  };
}

/**
 * @param {Surroundings} surroundings
 * @param {import("./race.js").Entry[]} entries
 */
export function describe({ browser, cores, isolated, versions }, entries) {
  const engines = [...new Set(entries.map(({ version }) => version).filter(Boolean))];
  const isolation = isolated ? "isolated" : "not isolated, so with one thread and a coarser clock";
  const machine = `${browser}, ${cores} ${cores === 1 ? "core" : "cores"}, ${isolation}`;
  return `Measured in ${machine}. OpenCV ${versions.opencv}; ${engines.join("; ")}.`;
}

/** The name and version that a visitor knows. */
function browserName() {
  const { userAgent } = navigator;
  const known = [
    ["Firefox", /Firefox\/([\d.]+)/],
    ["Edge", /Edg\/([\d.]+)/],
    ["Chrome", /Chrom(?:e|ium)\/([\d.]+)/],
    ["Safari", /Version\/([\d.]+).*Safari/],
  ];
  for (const [name, pattern] of /** @type {[string, RegExp][]} */ (known)) {
    const found = pattern.exec(userAgent);
    if (found) {
      return `${name} ${found[1]}`;
    }
  }
  return userAgent;
}
