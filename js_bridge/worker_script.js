// Workers of scripts that lie at another origin than the page.

/**
 * A worker's script must be of the page's own origin; one at another is imported by a script that is.
 *
 * @param {string | URL} url
 * @param {(address: string) => Worker} create
 * @returns {Worker}
 */
export function workerOf(url, create) {
  const { href, origin } = new URL(url, globalThis.location.href);
  if (origin === globalThis.location.origin) {
    return create(href);
  }
  const script = new Blob([`import ${JSON.stringify(href)};`], { type: "text/javascript" });
  const address = URL.createObjectURL(script);
  const worker = create(address);
  worker.addEventListener("message", () => URL.revokeObjectURL(address), { once: true });
  return worker;
}
