// The storage panel's words for bytes, times, places and failures.

const LANGUAGE = "en";

/** Browsers that tell no quota: see `estimate` of storage.js. */
const NO_QUOTA = Number.MAX_SAFE_INTEGER;

const UNITS = /** @type {const} */ (["byte", "kilobyte", "megabyte", "gigabyte", "terabyte"]);

/** What is older is dated. */
const DAYS_COUNTED = 30;

const dates = new Intl.DateTimeFormat(LANGUAGE, { dateStyle: "medium" });
const moments = new Intl.DateTimeFormat(LANGUAGE, { dateStyle: "medium", timeStyle: "short" });
const spans = new Intl.RelativeTimeFormat(LANGUAGE, { numeric: "auto" });

/** @param {number} bytes */
export function inBytes(bytes) {
  const power = powerOf(bytes);
  return formatOf(power, bytes).format(bytes / 1000 ** power);
}

/**
 * How much has arrived, in the unit of the whole.
 *
 * @param {number} loaded
 * @param {number} total 0: not known
 */
export function arrivedInBytes(loaded, total) {
  if (!total) {
    return `${inBytes(loaded)} so far`;
  }
  const power = powerOf(total);
  const { minimumFractionDigits, maximumFractionDigits } = formatOf(power, total).resolvedOptions();
  const number = new Intl.NumberFormat(LANGUAGE, { minimumFractionDigits, maximumFractionDigits });
  return `${number.format(loaded / 1000 ** power)} of ${inBytes(total)}`;
}

/** @param {number} bytes */
function powerOf(bytes) {
  const power = UNITS.findIndex((_, each) => bytes < 999.5 * 1000 ** each);
  return power < 0 ? UNITS.length - 1 : power;
}

/**
 * @param {number} power of 1000
 * @param {number} bytes
 */
function formatOf(power, bytes) {
  const digits = power > 1 && bytes < 99.95 * 1000 ** power ? 1 : 0;
  return new Intl.NumberFormat(LANGUAGE, {
    style: "unit",
    unit: UNITS[power],
    unitDisplay: power ? "short" : "long",
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
}

/**
 * @param {number} count
 */
export function inModels(count) {
  return count === 1 ? "1 model" : `${count} models`;
}

/**
 * How long ago a moment was.
 *
 * @param {number} seconds since 1970
 */
export function ago(seconds) {
  const passed = Date.now() / 1000 - seconds;
  if (Math.abs(passed) < 60) {
    return "just now";
  }
  if (passed < 0 || passed > DAYS_COUNTED * 86400) {
    return dates.format(seconds * 1000); // the clock may have been moved
  }
  for (const [unit, length] of /** @type {const} */ ([
    ["day", 86400],
    ["hour", 3600],
  ])) {
    if (passed >= length) {
      return spans.format(-Math.floor(passed / length), unit);
    }
  }
  return spans.format(-Math.floor(passed / 60), "minute");
}

/** @param {number} seconds since 1970 */
export function atMoment(seconds) {
  return moments.format(seconds * 1000);
}

/**
 * The server that an address names, unless it is the page's own.
 *
 * @param {string} url
 */
export function otherHost(url) {
  try {
    const { host } = new URL(url, document.baseURI);
    return host === location.host ? "" : host;
  } catch {
    return "";
  }
}

/**
 * @param {import("./page_models.js").StoredModel[]} models
 */
export function sumOf(models) {
  if (!models.length) {
    return "No models are stored";
  }
  const size = models.reduce((sum, model) => sum + model.size, 0);
  return `${inBytes(size)} in ${inModels(models.length)}`;
}

/** @param {import("./page_models.js").ModelUsage} usage */
export function roomOf({ used, quota, models }) {
  if (quota >= NO_QUOTA) {
    return "The browser does not tell how much room there is.";
  }
  const all = `This site uses ${inBytes(used)} of ${inBytes(quota)}`;
  const others = used - models;
  return others > 0 && models > 0 ? `${all} · ${inBytes(others)} is other data` : all;
}

/**
 * An error's own words, as far as it has some for visitors.
 *
 * @param {unknown} error
 */
export function wordsOf(error) {
  const { type, name, message } = /** @type {{ type?: string, name?: string, message?: string }} */ (error);
  if (type === "KeyboardInterrupt") {
    return "it was stopped";
  }
  if (name === "WorkerEndedError") {
    return `Python has ended (${message})`;
  }
  return message || String(error);
}
