// Packages that Pyodide loads itself, from the bundle's lock file or an address.

/**
 * Loads packages, of which some may be there. Pyodide itself only logs what it could not download
 * or what has another hash than its lock file says, and goes on without it.
 *
 * @param {any} pyodide
 * @param {string[]} packages names in the lock file, or addresses of wheels
 */
export async function loadPackages(pyodide, packages) {
  /** @type {string[]} */
  const complaints = [];
  const errorCallback = (/** @type {string} */ message) => complaints.push(message);
  await pyodide.loadPackage(packages, { messageCallback: () => {}, errorCallback });
  if (complaints.length) {
    throw new Error(`Python packages could not be loaded: ${complaints.join("; ")}`);
  }
}
