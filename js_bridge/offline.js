// The page's side of the service worker: has it installed, and taken away.

/** How the names of the service worker's caches begin; they end with its scope. */
const CACHES = /^(pyinfer-|workbox-precache-)/;

/** WebKitGTK now and then tells nobody that a service worker is installed. */
const LOOK_AGAIN_MILLISECONDS = 1000;

/** What the service worker is told when a newer build may wait. */
export const STORED = "stored";

/** @param {ServiceWorkerRegistration} registration */
export const onUseCache = ({ scope }) => `pyinfer-on-use-${scope}`;

/**
 * Has the browser keep the app's files, so that it starts without its server from now on.
 *
 * @param {string | null} serviceWorker address of the bundle's, if it has one
 * @param {string[]} chosen addresses of files that this page has chosen among the build's: they are kept, too
 * @returns {Promise<boolean>} whether the newest build's are kept; where not, the console says why
 */
export async function keepForOffline(serviceWorker, chosen) {
  const container = globalThis.navigator?.serviceWorker;
  if (!serviceWorker || !container) {
    return false; // a bundle without an app; plain http, or a browser that stores nothing of this site's
  }
  if (new URL(serviceWorker).origin !== location.origin) {
    return false; // of another site, whose files are its own to keep
  }
  if (!location.href.startsWith(new URL("./", serviceWorker).href)) {
    return false; // the page lies outside the bundle's folder, and would not start without its server anyway
  }
  try {
    const known = await registered(container, serviceWorker);
    if (known && !isOurs(known, serviceWorker)) {
      console.info(`pyinfer: the app is not kept for offline use: ${known.scope} has its own service worker`);
      return false;
    }
    const registration = known ?? (await container.register(serviceWorker));
    if (known) {
      await known.update().catch(() => {}); // there is no server now
    }
    await installed(registration);
    await store(registration, chosen);
    container.controller?.postMessage(STORED);
    return true;
  } catch (error) {
    console.warn(`pyinfer: the app is not kept for offline use: ${/** @type {Error} */ (error).message}`);
    return false;
  }
}

/**
 * Takes away what an earlier visit kept.
 *
 * @param {string | null} serviceWorker
 * @returns {Promise<boolean>} false: nothing is kept
 */
export async function forgetOffline(serviceWorker) {
  const container = globalThis.navigator?.serviceWorker;
  if (serviceWorker && container && new URL(serviceWorker).origin === location.origin) {
    const registration = await registered(container, serviceWorker);
    if (registration && isOurs(registration, serviceWorker)) {
      await registration.unregister();
      const names = (await caches.keys()).filter(
        (name) => CACHES.test(name) && name.endsWith(registration.scope),
      );
      await Promise.all(names.map((name) => caches.delete(name)));
    }
  }
  return false;
}

/**
 * @param {ServiceWorkerRegistration} registration
 * @param {string[]} urls
 */
async function store(registration, urls) {
  const cache = await caches.open(onUseCache(registration));
  for (const url of urls) {
    if (!(await cache.match(url))) {
      await cache.add(url);
    }
  }
}

/**
 * The registration of the folder itself, not of one above it.
 *
 * @param {ServiceWorkerContainer} container
 * @param {string} serviceWorker
 */
async function registered(container, serviceWorker) {
  const scope = new URL("./", serviceWorker).href;
  const registration = await container.getRegistration(scope);
  return registration?.scope === scope ? registration : undefined;
}

/**
 * @param {ServiceWorkerRegistration} registration
 * @param {string} serviceWorker
 */
function isOurs({ installing, waiting, active }, serviceWorker) {
  return (active ?? waiting ?? installing)?.scriptURL === serviceWorker;
}

/**
 * @param {ServiceWorkerRegistration} registration
 * @returns {Promise<void>} when its newest worker's files are all there
 */
async function installed(registration) {
  const worker = registration.installing;
  if (!worker) {
    return;
  }
  while (["parsed", "installing"].includes(worker.state)) {
    await Promise.race([
      new Promise((resolve) => worker.addEventListener("statechange", resolve, { once: true })),
      new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MILLISECONDS)),
    ]);
    if (registration.waiting === worker || registration.active === worker) {
      return;
    }
  }
  if (worker.state === "redundant") {
    throw new Error("not all files of this build could be fetched and stored");
  }
}
