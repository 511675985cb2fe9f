// WebNN, as the engine asks JavaScript for it.
//
// The engine builds WebNN graphs by itself. Tensors it knows by numbers only: it reserves one before it
// knows type and shape, writes to it, ensures that there is a tensor behind it when a graph needs one,
// reads it and releases it. A context belongs to a session.

/** @typedef {import("./onnxruntime_memory.js").OrtModule} OrtModule */

/**
 * The part of the Web Neural Network API that is used here.
 *
 * @typedef {object} MLTensor
 * @property {() => void} destroy
 */

/**
 * @typedef {object} MLContext
 * @property {() => { input: { dataTypes: string[] }, output: { dataTypes: string[] } }} opSupportLimits
 * @property {(descriptor: object) => Promise<MLTensor>} createTensor
 * @property {(tensor: MLTensor, data: Uint8Array) => void} writeTensor
 * @property {(tensor: MLTensor) => Promise<ArrayBuffer>} readTensor
 * @property {() => void} [destroy]
 */

/** @typedef {{ createContext: (options?: object) => Promise<MLContext> }} ML */

/**
 * What stands behind a number.
 *
 * @typedef {object} Entry
 * @property {MLTensor | null} tensor null: not known yet of what type and shape
 * @property {MLContext | null} context
 * @property {number} type ONNX's number
 * @property {string} storedAs WebNN's name, of the type that the context takes for it
 * @property {string} shape
 * @property {Uint8Array | null} written before there was a tensor
 */

/** @type {Record<number, { name: string, array: any }>} WebNN's name and an array type, by ONNX's number */
const TYPES = {
  1: { name: "float32", array: Float32Array },
  2: { name: "uint8", array: Uint8Array },
  3: { name: "int8", array: Int8Array },
  6: { name: "int32", array: Int32Array },
  7: { name: "int64", array: BigInt64Array },
  9: { name: "uint8", array: Uint8Array },
  10: { name: "float16", array: Uint16Array },
  12: { name: "uint32", array: Uint32Array },
  13: { name: "uint64", array: BigUint64Array },
  21: { name: "uint4", array: Uint8Array },
  22: { name: "int4", array: Uint8Array },
};

/** What the engine lets contexts without these types compute with int32 instead. */
const STORED_AS_INT32 = ["int8", "uint8", "uint32", "int64"];

/**
 * What the browser has, which may still refuse to make a context. The engine needs tensors, which came
 * to the API late.
 *
 * @returns {ML | undefined}
 */
export function webNN() {
  return "MLTensor" in globalThis ? /** @type {{ ml?: ML }} */ (navigator).ml : undefined;
}

/** What the engine calls. */
export class WebNNBackend {
  /** @type {Map<number, Entry>} */
  #tensors = new Map();
  /** @type {Map<number, MLContext>} by session */
  #contexts = new Map();
  #next = 1;
  /** The session that is running. */
  #running = 0;
  /** What went wrong in a call that must not throw, since the engine does not survive it. */
  #failure = "";

  /** @param {OrtModule} ort */
  constructor(ort) {
    ort.webnnInit?.([
      this,
      () => this.reserve(),
      (/** @type {number} */ id) => this.release(id),
      (
        /** @type {number | undefined} */ session,
        /** @type {number} */ id,
        /** @type {number} */ type,
        /** @type {number[]} */ shape,
        /** @type {boolean} */ keep,
      ) => this.ensure(session ?? this.#running, id, type, shape, keep),
      (/** @type {number} */ id, /** @type {Uint8Array} */ data) => this.write(id, data),
      (/** @type {number} */ id, /** @type {ArrayBuffer | ArrayBufferView} */ into) => this.read(id, into),
      (/** @type {number} */ session, /** @type {MLContext} */ context) => this.register(session, context),
      false,
    ]);
    ort.takeDeviceFailure = () => this.takeFailure();
  }

  /** How many tensors the engine has not released. */
  get size() {
    return this.#tensors.size;
  }

  reserve() {
    const id = this.#next++;
    this.#tensors.set(id, { tensor: null, context: null, type: 0, storedAs: "", shape: "", written: null });
    return id;
  }

  /** @param {number} id */
  release(id) {
    this.#tensors.get(id)?.tensor?.destroy();
    this.#tensors.delete(id);
  }

  /**
   * @param {number} session
   * @param {number} id
   * @param {number} type
   * @param {number[]} shape
   * @param {boolean} keep whether the bytes are to stay when another tensor takes the number over
   */
  async ensure(session, id, type, shape, keep) {
    const entry = this.#entry(id);
    const context = this.#contexts.get(session);
    if (!context) {
      throw new Error(`session ${session} has no WebNN context`);
    }
    const text = String(shape);
    if (entry.tensor && entry.context === context && entry.type === type && entry.shape === text) {
      return entry.tensor;
    }
    const bytes = keep ? await this.#bytes(entry) : null;
    entry.tensor?.destroy();
    entry.tensor = null; // not to be found again if there is no new one
    const { name } = typed(type);
    const { dataTypes } = context.opSupportLimits().input;
    const storedAs = !dataTypes.includes(name) && STORED_AS_INT32.includes(name) ? "int32" : name;
    const descriptor = { dataType: storedAs, shape, readable: true, writable: true };
    entry.tensor = await context.createTensor(descriptor);
    Object.assign(entry, { context, type, storedAs, shape: text, written: null });
    if (bytes) {
      this.write(id, bytes);
    }
    return entry.tensor;
  }

  /**
   * @param {number} id
   * @param {Uint8Array} data
   */
  write(id, data) {
    const entry = this.#entry(id);
    if (!entry.tensor || !entry.context) {
      entry.written = data.slice();
      return;
    }
    try {
      entry.context.writeTensor(entry.tensor, stored(entry, data));
    } catch (error) {
      this.#failure ||= String(error);
    }
  }

  /** Why the run that has ended computed something else; empty if it did not. */
  takeFailure() {
    const failure = this.#failure;
    this.#failure = "";
    return failure;
  }

  /**
   * @param {number} id
   * @param {ArrayBuffer | ArrayBufferView} into
   */
  async read(id, into) {
    const bytes = await this.#bytes(this.#entry(id));
    const target = ArrayBuffer.isView(into)
      ? new Uint8Array(into.buffer, into.byteOffset, into.byteLength)
      : new Uint8Array(into);
    target.set(bytes ?? []);
  }

  /**
   * @param {number} session
   * @param {MLContext} context
   */
  register(session, context) {
    this.#contexts.set(session, context);
  }

  /** @param {number} session */
  onRunStart(session) {
    this.#running = session;
  }

  onRunEnd() {
    this.#running = 0;
  }

  /** @param {number} session */
  onReleaseSession(session) {
    this.#contexts.get(session)?.destroy?.();
    this.#contexts.delete(session);
  }

  // The engine's own JavaScript lets the page hand over tensors of its own; the module insists on these.
  registerGraphInput() {}

  registerGraphOutput() {}

  isGraphInput() {
    return false;
  }

  isGraphOutput() {
    return false;
  }

  isGraphInputOutputTypeSupported() {
    return false;
  }

  createTemporaryTensor() {
    throw new Error("no page hands over tensors");
  }

  /** @param {number} id */
  #entry(id) {
    const entry = this.#tensors.get(id);
    if (!entry) {
      throw new Error(`no WebNN tensor has the number ${id}`);
    }
    return entry;
  }

  /** @param {Entry} entry */
  async #bytes(entry) {
    if (!entry.tensor || !entry.context) {
      return entry.written;
    }
    return restored(entry, new Uint8Array(await entry.context.readTensor(entry.tensor)));
  }
}

/** @param {number} type */
function typed(type) {
  const found = TYPES[type];
  if (!found) {
    throw new Error(`WebNN has no tensors of ONNX's element type ${type}`);
  }
  return found;
}

/**
 * The bytes in the type that the context takes.
 *
 * @param {Entry} entry
 * @param {Uint8Array} data
 */
function stored({ type, storedAs }, data) {
  const { name, array } = typed(type);
  if (storedAs === name) {
    return data;
  }
  const values = Array.from(new array(data.slice().buffer), Number);
  const outside = values.find((value) => value > 0x7fffffff || value < -0x80000000);
  if (outside !== undefined) {
    throw new Error(`WebNN computes ${name} with int32 here, which cannot hold ${outside}`);
  }
  return new Uint8Array(Int32Array.from(values).buffer);
}

/**
 * The bytes in ONNX's type.
 *
 * @param {Entry} entry
 * @param {Uint8Array<ArrayBuffer>} data
 */
function restored({ type, storedAs }, data) {
  const { name, array } = typed(type);
  if (storedAs === name) {
    return data;
  }
  const values = new Int32Array(data.buffer);
  return new Uint8Array(array.from(values, name === "int64" ? BigInt : Number).buffer);
}
