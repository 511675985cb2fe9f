// The heap, the stack and the errors of onnxruntime-web's WebAssembly module.

/**
 * What takes time on a device: in the build that waits for one, a promise.
 *
 * @typedef {number | Promise<number>} Answer
 */

/**
 * The part of the emscripten module that is used here. Every pointer and handle is a number, which
 * is negative above 2 GB for some exports: `>>> 0` makes it an address again.
 *
 * @typedef {object} OrtModule
 * @property {Uint8Array} HEAPU8 refreshed by the module itself, whenever it notices that memory grew
 * @property {() => number} stackSave
 * @property {(pointer: number) => void} stackRestore
 * @property {(size: number) => number} stackAlloc
 * @property {(pointer: number, type: string) => number} getValue
 * @property {(pointer: number, value: number, type: string) => void} setValue
 * @property {(pointer: number) => string} UTF8ToString
 * @property {(text: string, pointer: number, size: number) => number} stringToUTF8
 * @property {(text: string) => number} lengthBytesUTF8
 * @property {(size: number) => number} _malloc
 * @property {(pointer: number) => void} _free
 * @property {(name: string, data: import("./file_view.js").FileView) => void} mountExternalData
 * @property {() => void} unmountExternalData
 * @property {(numThreads: number, logSeverity: number) => number} _OrtInit
 * @property {(code: number, message: number) => number} _OrtGetLastError
 * @property {(...values: (number | boolean)[]) => number} _OrtCreateSessionOptions
 * @property {(options: number, key: number, value: number) => number} _OrtAddSessionConfigEntry
 * @property {(options: number, name: number, size: number) => number} _OrtAddFreeDimensionOverride
 * @property {(options: number) => number} _OrtReleaseSessionOptions
 * @property {(options: number, name: number, keys: number, values: number, count: number) => Answer} _OrtAppendExecutionProvider
 * @property {(data: number, size: number, options: number) => Answer} _OrtCreateSession
 * @property {(session: number) => number} _OrtReleaseSession
 * @property {(session: number, inputs: number, outputs: number) => number} _OrtGetInputOutputCount
 * @property {(session: number, index: number, name: number, metadata: number) => number} _OrtGetInputOutputMetadata
 * @property {(pointer: number) => number} _OrtFree
 * @property {(type: number, data: number, size: number, dims: number, rank: number, location: number) => number} _OrtCreateTensor
 * @property {(tensor: number, type: number, data: number, dims: number, rank: number) => number} _OrtGetTensorData
 * @property {(tensor: number) => number} _OrtReleaseTensor
 * @property {(severity: number, verbosity: number, terminate: boolean, tag: number) => number} _OrtCreateRunOptions
 * @property {(options: number, key: number, value: number) => number} _OrtAddRunConfigEntry
 * @property {(options: number) => number} _OrtReleaseRunOptions
 * @property {(session: number, inputNames: number, inputs: number, inputCount: number, outputNames: number, outputCount: number, outputs: number, options: number) => Answer} _OrtRun
 * @property {(session: number) => number} _OrtEndProfiling
 * @property {(setDefaultDevice: (device: unknown) => void) => void} [webgpuInit] of the build that waits
 * @property {(device?: unknown) => unknown} [webgpuRegisterDevice]
 * @property {(session: number) => void} [webgpuOnCreateSession] 0: there is none
 * @property {(session: number) => void} [webgpuOnReleaseSession]
 * @property {(calls: unknown[]) => void} [webnnInit]
 * @property {(session: number, context: unknown) => void} [webnnRegisterMLContext]
 * @property {(session: number) => void} [webnnOnReleaseSession]
 * @property {(session: number) => void} [webnnOnRunStart]
 * @property {(session: number) => void} [webnnOnRunEnd]
 * @property {() => string} [takeDeviceFailure] why a run that seems to have succeeded has not
 * @property {unknown} [currentContext] where the next session computes
 * @property {boolean} [shouldTransferToMLTensor] while a session is created, weights stay in the heap
 */

export const POINTER = 4;

export const RUNTIME_EXCEPTION = 6; // of `OrtErrorCode`
export const PROVIDER_FAILED = 11;
const MEMORY_LIMIT = 2 ** 32;
const STACK_SHARE = 2 ** 20; // of the 5 MB that the engine has, whose end nothing guards

/** Carries what native onnxruntime's exceptions are made of: `{"code", "message"}` as JSON. */
export class OnnxRuntimeError extends Error {
  /**
   * @param {number} code an `OrtErrorCode`
   * @param {string} message
   */
  constructor(code, message) {
    super(JSON.stringify({ code, message }));
    this.name = "OnnxRuntimeError";
  }
}

/** Python refers to something that went down with the engine. */
export class LostError extends OnnxRuntimeError {
  /** @param {string} kind */
  constructor(kind) {
    super(RUNTIME_EXCEPTION, `this ${kind} was lost when the engine stopped: it has to be made again`);
  }
}

// Numbers are given once, whatever the table and the engine, so that none comes to mean another thing.
let nextNumber = 1;
let firstAlive = 1;

/** From now on an unknown number is that of something lost. */
export function loseAll() {
  firstAlive = nextNumber;
}

/**
 * Things that Python refers to by number.
 *
 * @template T
 */
export class Table {
  /** @type {Map<number, T>} */
  #entries = new Map();

  /** @param {string} kind */
  constructor(kind) {
    this.kind = kind;
  }

  get size() {
    return this.#entries.size;
  }

  /** @param {T} entry */
  add(entry) {
    this.#entries.set(nextNumber, entry);
    return nextNumber++;
  }

  /** @param {number} id */
  get(id) {
    const entry = this.#entries.get(id);
    if (entry === undefined && id < firstAlive) {
      throw new LostError(this.kind);
    }
    if (entry === undefined) {
      throw new OnnxRuntimeError(RUNTIME_EXCEPTION, `no ${this.kind} has the number ${id}`);
    }
    return entry;
  }

  /** @param {number} id */
  take(id) {
    const entry = this.get(id);
    this.#entries.delete(id);
    return entry;
  }
}

/**
 * Typed access to the module's memory and its error.
 *
 * @param {OrtModule} ort
 */
export function openMemory(ort) {
  const stackTop = ort.stackSave();
  /** @type {number[]} what calls under way have put into the heap since their stack has no room for it */
  const spilled = [];

  /**
   * The bytes at an address. A thread of the engine may have grown the memory unnoticed; reading a
   * value makes the module look.
   *
   * @param {number} pointer
   * @param {number} size
   */
  function bytes(pointer, size) {
    ort.getValue(pointer, "i8");
    return ort.HEAPU8.subarray(pointer, pointer + size);
  }

  /** @param {number} size */
  function allocateBytes(size) {
    const pointer = size < MEMORY_LIMIT ? ort._malloc(Math.max(size, 1)) >>> 0 : 0;
    if (pointer === 0) {
      const message = `Failed to allocate memory for requested buffer of size ${size}`;
      throw new OnnxRuntimeError(RUNTIME_EXCEPTION, message);
    }
    return pointer;
  }

  /**
   * Memory until the call ends: names and options of any length come from Python.
   *
   * @param {number} size
   */
  function stackBytes(size) {
    if (stackTop - ort.stackSave() + size <= STACK_SHARE) {
      return ort.stackAlloc(size);
    }
    const pointer = allocateBytes(size);
    spilled.push(pointer);
    return pointer;
  }

  const spilledCount = () => spilled.length;

  /** @param {number} count how many are to stay: those of a call that waits */
  function freeSpilled(count) {
    while (spilled.length > count) {
      ort._free(/** @type {number} */ (spilled.pop()));
    }
  }

  /** @param {string} text */
  function stackString(text) {
    const size = ort.lengthBytesUTF8(text) + 1;
    const pointer = stackBytes(size);
    ort.stringToUTF8(text, pointer, size);
    return pointer;
  }

  /** @param {number[]} values */
  function stackPointers(values) {
    const pointer = stackBytes(Math.max(1, values.length) * POINTER);
    for (const [index, value] of values.entries()) {
      ort.setValue(pointer + index * POINTER, value, "*");
    }
    return pointer;
  }

  /** @param {number} pointer */
  const pointerAt = (pointer) => ort.getValue(pointer, "*");

  /** @param {number} pointer */
  const integerAt = (pointer) => ort.getValue(pointer, "i32");

  function lastError() {
    const report = ort.stackAlloc(2 * POINTER);
    ort._OrtGetLastError(report, report + POINTER);
    const message = pointerAt(report + POINTER);
    return new OnnxRuntimeError(integerAt(report), message ? ort.UTF8ToString(message) : "");
  }

  /** @param {number} code zero when all is well */
  function check(code) {
    if (code !== 0) {
      throw lastError();
    }
  }

  /**
   * @param {number} handle zero when the call failed
   * @returns {number}
   */
  function made(handle) {
    if (handle === 0) {
      throw lastError();
    }
    return handle >>> 0;
  }

  return {
    bytes,
    allocateBytes,
    stackString,
    stackPointers,
    spilledCount,
    freeSpilled,
    pointerAt,
    integerAt,
    check,
    made,
  };
}
