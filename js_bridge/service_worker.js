// The app without its server: all files of one build, kept by the browser as a whole.
//
// At each navigation pyinfer.json says which build the server has. If it is this one, or nobody
// answers, the page gets this build, file for file. If another has been deployed, the page is a guest
// here: it gets every file without a hash in its name from the server, so that no page ever sees two
// builds. Meanwhile the browser installs the other build's worker, which takes over when all pages are
// guests.

import { PrecacheController } from "workbox-precaching/PrecacheController.js";
import { CacheFirst } from "workbox-strategies/CacheFirst.js";
import { onUseCache, STORED } from "./offline.js";

/**
 * What `pyinfer build` writes in front of this script; addresses are relative to it.
 *
 * @typedef {object} OfflineFiles
 * @property {string} build
 * @property {{ url: string, revision: string | null, integrity: string }[]} stored kept from the first
 *   visit on; those with a revision have no hash in their name
 * @property {string[]} storedOnUse kept when a page has asked for them, or has stored them itself
 */

const worker = /** @type {ServiceWorkerGlobalScope & { pyinferOffline: OfflineFiles }} */ (
  /** @type {unknown} */ (self)
);
const { build, stored, storedOnUse } = worker.pyinferOffline;
const { registration, clients, caches } = worker;

/** How long the server may take to name its build; then the page starts without it. */
const PATIENCE_MILLISECONDS = 3000;

/** What this build's worker tells the one that waits. */
const TAKE_OVER = "take over";

const absolute = (/** @type {string} */ url) => new URL(url, worker.location.href).href;
const manifestURL = absolute("pyinfer.json");
const namesWithoutHash = new Set(stored.filter(({ revision }) => revision).map(({ url }) => absolute(url)));
const onUse = new Set(storedOnUse.map(absolute));
const onUseFiles = new CacheFirst({
  cacheName: onUseCache(registration),
  matchOptions: { ignoreVary: true }, // who stored a file may have asked for it otherwise than who wants it
});
const guestsName = `pyinfer-guests-${registration.scope}`;
const files = new PrecacheController();
files.precache(stored);

worker.addEventListener("activate", (event) => event.waitUntil(tidy()));

worker.addEventListener("message", (event) => {
  if (event.data === TAKE_OVER) {
    worker.skipWaiting();
  } else if (event.data === STORED) {
    event.waitUntil(giveWay());
  }
});

worker.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET" || request.headers.has("Range")) {
    return;
  }
  const url = withoutQuery(request.url);
  if (request.mode === "navigate") {
    const page = url.endsWith("/") ? `${url}index.html` : url;
    if (namesWithoutHash.has(page)) {
      event.respondWith(openPage(event, page));
    }
  } else if (namesWithoutHash.has(url)) {
    event.respondWith(nameWithoutHash(event, url));
  } else if (files.getCacheKeyForURL(url)) {
    event.respondWith(url.endsWith("/pyodide.asm.wasm") ? compiled(event, url) : fromStore(event, url));
  } else if (onUse.has(url)) {
    event.respondWith(onUseFiles.handle({ event, request }));
  }
});

/**
 * @param {FetchEvent} event
 * @param {string} page
 * @returns {Promise<Response>}
 */
async function openPage(event, page) {
  const served = await buildOfServer();
  if (served === build || served === null) {
    return fromStore(event, page);
  }
  // Written down, since the browser may end this worker between two requests of a page.
  await (await caches.open(guestsName)).put(guestAddress(event.resultingClientId), new Response());
  return fetch(event.request);
}

/** Lets the newer build's worker take over if it waits and no page needs this one's files. */
async function giveWay() {
  const guests = await caches.open(guestsName);
  for (const { id } of await clients.matchAll({ type: "window" })) {
    if (!(await guests.match(guestAddress(id)))) {
      return;
    }
  }
  registration.waiting?.postMessage(TAKE_OVER);
}

/**
 * @returns {Promise<string | null>} null where there is no server, or one that is out of order;
 *   "" where something else has taken the bundle's place
 */
async function buildOfServer() {
  try {
    const signal = AbortSignal.timeout(PATIENCE_MILLISECONDS);
    const response = await fetch(manifestURL, { cache: "no-cache", signal });
    if (response.status === 404 || response.status === 410) {
      await registration.unregister(); // takes effect when the last page has gone
      return "";
    }
    return response.ok ? ((await response.json()).build ?? "") : null;
  } catch (error) {
    return error instanceof SyntaxError ? "" : null;
  }
}

/**
 * @param {FetchEvent} event
 * @param {string} url
 * @returns {Promise<Response>}
 */
async function nameWithoutHash(event, url) {
  const guests = await caches.open(guestsName);
  return (await guests.match(guestAddress(event.clientId))) ? fetch(event.request) : fromStore(event, url);
}

/**
 * Python's WebAssembly as the browser's own cache has it: with what it was compiled to on the first visit, which
 * goes with a response of the network's. All else comes faster from the store, which need not decompress it.
 *
 * @param {FetchEvent} event
 * @param {string} url
 * @returns {Promise<Response>}
 */
async function compiled(event, url) {
  try {
    const response = await fetch(url, { cache: "only-if-cached", mode: "same-origin" });
    if (response.ok) {
      return response;
    }
  } catch {
    // It is not there: most browsers say so by failing.
  }
  return fromStore(event, url);
}

/**
 * A file that the browser has thrown away is fetched again, and counts only if it is the same.
 *
 * @param {FetchEvent} event
 * @param {string} url
 * @returns {Promise<Response>}
 */
function fromStore(event, url) {
  const cacheKey = files.getCacheKeyForURL(url) ?? url;
  const integrity = files.getIntegrityForCacheKey(cacheKey);
  return files.strategy.handle({ event, request: new Request(url), params: { cacheKey, integrity } });
}

async function tidy() {
  await caches.delete(guestsName);
  const cache = await caches.open(onUseFiles.cacheName);
  for (const { url } of await cache.keys()) {
    if (!onUse.has(url)) {
      await cache.delete(url);
    }
  }
}

/** @param {string} id */
function guestAddress(id) {
  return new URL(`guest-${id}`, registration.scope).href;
}

/** @param {string} url */
function withoutQuery(url) {
  return url.replace(/[?#].*$/, "");
}
