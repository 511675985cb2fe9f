// The bundle: what `pyinfer build` wrote, found through pyinfer.json.

import { pickVariant } from "./opencv_variant.js";
import { VERSION } from "./version.js";

/** The names under which a bundle holds the page's API. */
const OWN_SCRIPT = /\/pyinfer(\.classic)?\.js$/;

/**
 * @typedef {object} ModelPiece
 * @property {string} url
 * @property {string} sha256
 * @property {number} size
 * @property {string[]} [mirrors] other addresses of the same bytes
 */

/** @typedef {ModelPiece & { path?: string, shards?: ModelPiece[] }} ModelFile */

/** @typedef {ModelFile & { name: string, external_data?: ModelFile[] }} ModelSpec */

/** @typedef {{ path: string, url: string, sha256: string, size: number }} AppAsset */

/**
 * @typedef {object} AppManifest
 * @property {string} [name]
 * @property {string | null} [entry] `module` or `module:function`; the module is imported at the start
 * @property {string[]} [packages] names in the bundle's own lock file
 * @property {AppAsset[]} [assets] files that lie in Python's working folder from the start
 * @property {string[]} [wheels] addresses of wheels
 * @property {ModelSpec[]} [models]
 */

/**
 * What a start reads of Python and its packages, and where the rest is.
 *
 * @typedef {object} StartParts
 * @property {string} key changes with anything of it
 * @property {string} standard the standard library's part
 * @property {string[]} archives of packages
 * @property {import("./python_libraries.js").PythonLibrary[]} libraries
 * @property {{ modules: string[], archive: string, folder: string }[]} onUse
 * @property {string[]} imports
 * @property {Record<string, string>} packages versions by name
 * @property {import("./engines.js").EngineName[]} engines
 */

/**
 * @typedef {object} Bundle
 * @property {string} folder its address
 * @property {string} worker
 * @property {string} engineRoom
 * @property {{ version: string, indexURL: string, lockFileURL: string, packageBaseUrl: string }} pyodide
 * @property {OpenCVFiles} opencv
 * @property {OnnxRuntimeFiles} onnxruntime
 * @property {{ module: string, wasm: string }} jpeg
 * @property {StartParts} start
 * @property {string[]} packages
 * @property {AppManifest | null} app
 * @property {string | null} serviceWorker what keeps the app for offline use
 * @property {Record<string, number>} sizes bytes by absolute address
 */

/**
 * @typedef {object} OpenCVFiles
 * @property {"full" | "npm"} build our own, or npm's
 * @property {string} version
 * @property {string} module of our own build, that of the variant that this browser gets
 * @property {string} wasm
 * @property {string} [worker] of the variant with threads, the script of one
 * @property {import("./opencv_variant.js").EngineFiles} [networks] of our own build, its neural networks
 */

/**
 * The build of onnxruntime-web that every page loads, and the one that knows other providers than
 * the CPU, for which a session must ask.
 *
 * @typedef {object} OnnxRuntimeFiles
 * @property {string} version
 * @property {string} module
 * @property {string} wasm
 * @property {{ module: string, wasm: string }} accelerated
 */

/**
 * The address of the bundle's folder: the one the page names, or else the script's own.
 *
 * @param {string | URL | undefined} bundleURL relative to the page, with or without a slash at its end
 * @param {string | undefined} scriptURL of the page's API, as far as that is known
 */
export function bundleFolder(bundleURL, scriptURL) {
  if (bundleURL) {
    const url = new URL(bundleURL, globalThis.document?.baseURI);
    url.pathname = url.pathname.replace(/\/?$/, "/");
    return url.href;
  }
  if (!scriptURL || !OWN_SCRIPT.test(new URL(scriptURL).pathname)) {
    throw new TypeError(
      "pyinfer needs the address of the folder that `pyinfer build` wrote, since it was bundled into another " +
        'script and lies no longer beside it: loadPyinfer({ bundleURL: "/pyinfer/" })',
    );
  }
  return new URL("./", scriptURL).href;
}

/**
 * Reads pyinfer.json and makes every address in it absolute.
 *
 * @param {string} bundleURL the folder that holds pyinfer.json
 * @param {AbortSignal} [signal]
 * @returns {Promise<Bundle>}
 */
export async function readBundle(bundleURL, signal) {
  const manifestURL = new URL("pyinfer.json", bundleURL);
  const raw = await fetchJSON(manifestURL, signal);
  refuseOther(raw.pyinfer, manifestURL);
  return parseBundle(raw, manifestURL);
}

/**
 * @param {any} raw the content of pyinfer.json
 * @param {URL | string} manifestURL where it is
 * @returns {Bundle}
 */
export function parseBundle(raw, manifestURL) {
  const absolute = (/** @type {string} */ url) => new URL(url, manifestURL).href;
  return {
    folder: absolute("./"),
    worker: absolute(raw.worker),
    engineRoom: absolute(raw.engineRoom),
    pyodide: {
      version: raw.pyodide.version,
      indexURL: absolute(raw.pyodide.indexURL),
      lockFileURL: absolute(raw.pyodide.lockFileURL),
      packageBaseUrl: absolute(raw.pyodide.packageBaseUrl),
    },
    opencv: opencvFiles(raw.opencv, absolute),
    onnxruntime: {
      ...engine(raw.onnxruntime, absolute),
      accelerated: engine(raw.onnxruntime.accelerated, absolute),
    },
    jpeg: engine(raw.jpeg, absolute),
    start: startParts(raw.start, absolute),
    packages: raw.packages,
    app: raw.app ? absoluteApp(raw.app, absolute) : null,
    serviceWorker: raw.serviceWorker ? absolute(raw.serviceWorker) : null,
    sizes: Object.fromEntries(
      Object.entries(raw.sizes ?? {}).map(([url, size]) => [absolute(url), Number(size)]),
    ),
  };
}

/**
 * The page's half and the worker's speak a language of their own, which may change with every version.
 *
 * @param {unknown} version of pyinfer that built the bundle
 * @param {URL} manifestURL
 */
function refuseOther(version, manifestURL) {
  if (typeof version !== "string") {
    throw new Error(`${manifestURL.href} is no pyinfer.json: is this the address of a pyinfer bundle?`);
  }
  if (version !== VERSION) {
    throw new Error(
      `${manifestURL.href} was built by pyinfer ${version}, but the page's pyinfer.js is version ${VERSION}: ` +
        `build it again with pyinfer-web==${VERSION} of pip, or take pyinfer@${version} of npm`,
    );
  }
}

/**
 * Bytes of what a first visit's start downloads.
 *
 * @param {Bundle} bundle
 */
export function startSize(bundle) {
  const { standard, archives, libraries } = bundle.start;
  const packages = [standard, ...archives, ...libraries.map(({ url }) => url)];
  const urls = [...packages, ...enginesOf(bundle), pythonOf(bundle)];
  return urls.reduce((all, url) => all + (bundle.sizes[url] ?? 0), 0);
}

/**
 * The WebAssembly of the engines that a start loads.
 *
 * @param {Bundle} bundle
 */
export function enginesOf(bundle) {
  return bundle.start.engines.flatMap((name) => filesOf(bundle, name)?.wasm ?? []);
}

/**
 * An engine's files. The neural networks of npm's opencv.js are part of it.
 *
 * @param {Bundle} bundle
 * @param {import("./engines.js").EngineName} name
 * @returns {import("./opencv_variant.js").EngineFiles | undefined}
 */
export function filesOf(bundle, name) {
  return name === "networks" ? bundle.opencv.networks : bundle[name];
}

/**
 * What the service worker can't know to be among the files of a start: it runs where pages' threads don't.
 *
 * @param {Bundle} bundle
 */
export function chosenFiles({ opencv: { build, module, wasm, worker, networks }, start }) {
  if (build !== "full" || !start.engines.includes("opencv")) {
    return [];
  }
  const later = networks && start.engines.includes("networks") ? [networks.module, networks.wasm] : [];
  return [module, wasm, ...(worker ? [worker] : []), ...later];
}

/**
 * Python's own WebAssembly.
 *
 * @param {Bundle} bundle
 */
export function pythonOf({ pyodide }) {
  return `${pyodide.indexURL}pyodide.asm.wasm`;
}

/**
 * The manifest of the app to run: the one given, the one at an address, or the bundle's own.
 *
 * @param {AppManifest | string | URL | null | undefined} app
 * @param {Bundle} bundle
 * @param {AbortSignal} [signal]
 * @returns {Promise<AppManifest>}
 */
export async function readApp(app, bundle, signal) {
  if (app === undefined || app === null) {
    return bundle.app ?? {};
  }
  if (typeof app === "string" || app instanceof URL) {
    const url = new URL(app, globalThis.document?.baseURI ?? globalThis.location?.href);
    const raw = await fetchJSON(url, signal);
    return absoluteApp(raw.app ?? raw, (relative) => new URL(relative, url).href);
  }
  const base = globalThis.document?.baseURI ?? globalThis.location?.href;
  return absoluteApp(app, (relative) => new URL(relative, base).href);
}

/**
 * @param {AppManifest} app
 * @param {(url: string) => string} absolute
 * @returns {AppManifest}
 */
function absoluteApp(app, absolute) {
  return {
    ...app,
    wheels: (app.wheels ?? []).map(absolute),
    assets: (app.assets ?? []).map((asset) => ({ ...asset, url: absolute(asset.url) })),
    models: (app.models ?? []).map((model) => absoluteModel(model, absolute)),
  };
}

/**
 * @template {ModelFile} F
 * @param {F} file
 * @param {(url: string) => string} absolute
 * @returns {F}
 */
function absoluteFile(file, absolute) {
  return {
    ...file,
    url: absolute(file.url),
    ...(file.mirrors && { mirrors: file.mirrors.map(absolute) }),
    ...(file.shards && { shards: file.shards.map((shard) => absoluteFile(shard, absolute)) }),
  };
}

/**
 * @param {ModelSpec} model
 * @param {(url: string) => string} absolute
 * @returns {ModelSpec}
 */
function absoluteModel(model, absolute) {
  const weights = model.external_data?.map((file) => absoluteFile(file, absolute));
  return { ...absoluteFile(model, absolute), ...(weights && { external_data: weights }) };
}

/**
 * @param {any} raw
 * @param {(url: string) => string} absolute
 * @returns {StartParts}
 */
function startParts(raw, absolute) {
  const located = (/** @type {any} */ library) => ({ ...library, url: absolute(library.url) });
  const rest = (/** @type {any} */ archive) => ({ ...archive, archive: absolute(archive.archive) });
  return {
    ...raw,
    standard: absolute(raw.standard),
    archives: raw.archives.map(absolute),
    libraries: raw.libraries.map(located),
    onUse: raw.onUse.map(rest),
  };
}

/**
 * @param {any} raw
 * @param {(url: string) => string} absolute
 * @returns {OpenCVFiles}
 */
function opencvFiles({ build, version, variants, ...npm }, absolute) {
  if (!variants) {
    return engine({ build, version, ...npm }, absolute);
  }
  const { module, wasm, networksModule, networksWasm, worker } = pickVariant(variants);
  const thread = worker && { worker: absolute(worker) };
  return {
    ...engine({ build, version, module, wasm }, absolute),
    ...thread,
    networks: { ...engine({ module: networksModule, wasm: networksWasm }, absolute), ...thread },
  };
}

/**
 * @param {any} raw
 * @param {(url: string) => string} absolute
 */
function engine(raw, absolute) {
  return { ...raw, module: absolute(raw.module), wasm: absolute(raw.wasm) };
}

/**
 * @param {URL} url
 * @param {AbortSignal} [signal]
 * @returns {Promise<any>}
 */
async function fetchJSON(url, signal) {
  const response = await fetch(url, { signal, cache: "no-cache" }).catch((error) => {
    throw signal?.aborted ? error : new Error(`${url.href}: no answer from the server (${error.message})`);
  });
  if (!response.ok) {
    throw new Error(`${url.href}: the server answered ${response.status} ${response.statusText}`);
  }
  try {
    return await response.json();
  } catch (error) {
    if (!(error instanceof SyntaxError)) {
      throw error; // aborted, or the connection broke
    }
    throw new Error(`${url.href} is not JSON: is this the address of a pyinfer bundle?`);
  }
}
