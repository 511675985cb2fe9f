// Why a call of opencv.js failed: the C++ exceptions that npm's build throws as bare numbers and ours as Errors
// with all fields, and JavaScript's own.

// Where the exception's std::type_info pointer lies, in bytes before the thrown pointer, and the
// name's pointer within it (Itanium C++ ABI as Emscripten lays it out).
const EXCEPTION_TYPE = 20;
const TYPE_NAME = 4;
/** In bytes: a name of a C++ type is shorter. */
const LONGEST_NAME = 256;

/** An array that is not as OpenCV takes it, or not as it can be copied from here: Python knows what to do. */
export class ArrayMisfit extends Error {}

/**
 * @param {any} cv the loaded opencv.js module
 * @param {(end: number) => ArrayBuffer} heap
 */
export function createFailureReader(cv, heap) {
  /** @param {number} address */
  function readString(address) {
    const bytes = new Uint8Array(heap(address + LONGEST_NAME));
    let end = address;
    while (bytes[end]) {
      end += 1;
    }
    return new TextDecoder().decode(bytes.subarray(address, end));
  }

  /**
   * A thrown number points at a C++ exception object.
   *
   * @param {number} pointer
   */
  function describeThrown(pointer) {
    const words = new DataView(heap(pointer));
    const type = words.getUint32(pointer - EXCEPTION_TYPE, true);
    const name = readString(words.getUint32(type + TYPE_NAME, true));
    if (name !== "N2cv9ExceptionE") {
      return { kind: "std", msg: name };
    }
    const { code, msg } = cv.exceptionFromPtr(pointer);
    return { kind: "opencv", code: code.value ?? code, msg };
  }

  /**
   * What failure() of pyinfer/browser/bridge/contract.py tells.
   *
   * @param {unknown} error
   */
  return function describeError(error) {
    if (typeof error === "number") {
      return describeThrown(error);
    }
    if (error instanceof ArrayMisfit) {
      return { kind: "array" };
    }
    if (WebAssembly.Exception && error instanceof WebAssembly.Exception) {
      return { kind: "exception", msg: "a C++ exception left the call, which no binding had foreseen" };
    }
    const { name, message } = /** @type {Error} */ (error);
    if (name === "cv::Exception") {
      const { code, err, func, file, line } = /** @type {any} */ (error);
      return { kind: "opencv", code, msg: message, err, func, file, line };
    }
    if (name === "std::exception") {
      return { kind: "std", msg: message.replace(/^\w+: /, "") }; // its mangled type stands before what it says
    }
    return { kind: name, msg: message.split(" - expects one of")[0] };
  };
}
