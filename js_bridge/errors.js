// Errors that cross between worker and page with everything a Python programmer reads in them.

/**
 * An exception that Python raised, as the page sees it.
 */
export class PythonError extends Error {
  /**
   * @param {{ type: string, message: string, traceback: string }} description
   */
  constructor({ type, message, traceback }) {
    super(message);
    this.name = "PythonError";
    /** The exception's type: `ValueError`, `cv2.error`, ... */
    this.type = type;
    /** The traceback as Python prints it, ending with the message. */
    this.traceback = traceback;
  }
}

/**
 * The worker is gone: closed, crashed, or restarted by `interrupt()`. Every call that was in
 * flight rejects with this.
 */
export class WorkerEndedError extends Error {
  /** @param {string} reason */
  constructor(reason) {
    super(reason);
    this.name = "WorkerEndedError";
    this.type = "WorkerEndedError";
    this.traceback = "";
  }
}

/**
 * @typedef {{ name: string, message: string, type?: string, traceback?: string, stack?: string }} ErrorRecord
 */

/**
 * What structured cloning would lose of an error, as a plain object.
 *
 * @param {unknown} error
 * @returns {ErrorRecord}
 */
export function describeError(error) {
  if (error instanceof PythonError) {
    const { name, message, type, traceback } = error;
    return { name, message, type, traceback };
  }
  if (error instanceof Error) {
    return { name: error.name, message: error.message, stack: error.stack };
  }
  if (error instanceof DOMException) {
    return { name: error.name, message: error.message };
  }
  return { name: "Error", message: String(error) };
}

/**
 * @param {ErrorRecord} record
 * @returns {Error}
 */
export function reviveError(record) {
  if (record.name === "PythonError") {
    return new PythonError({
      type: record.type ?? "Exception",
      message: record.message,
      traceback: record.traceback ?? "",
    });
  }
  if (record.name === "AbortError") {
    return new DOMException(record.message, "AbortError");
  }
  const error = new Error(record.message);
  error.name = record.name;
  if (record.stack) {
    error.stack = record.stack;
  }
  return error;
}
