// The Web Neural Network API in JavaScript, as far as a test needs it: graphs of additions, and contexts
// without int64, in place of what the tests' browsers lack.
() => {
  const ARRAYS = { float32: Float32Array, int32: Int32Array, uint8: Uint8Array };
  const dataTypes = Object.keys(ARRAYS);
  const limits = { dataTypes, rankRange: { min: 0, max: 8 } };
  globalThis.webNNLog = [];

  globalThis.MLTensor = class {
    constructor(dataType, shape) {
      this.array = new ARRAYS[dataType](shape.reduce((product, size) => product * size, 1));
    }

    destroy() {
      webNNLog.push("destroyed");
    }
  };

  class Context {
    opSupportLimits() {
      return {
        preferredInputLayout: "nchw",
        maxTensorByteLength: 2 ** 31,
        input: limits,
        constant: limits,
        output: limits,
        add: { a: limits, b: limits, output: limits },
      };
    }

    async createTensor({ dataType, shape }) {
      if (!dataTypes.includes(dataType)) {
        throw new TypeError(`no tensors of ${dataType}`);
      }
      webNNLog.push(`tensor ${dataType}`);
      return new MLTensor(dataType, shape);
    }

    writeTensor({ array }, data) {
      const bytes = ArrayBuffer.isView(data)
        ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
        : new Uint8Array(data);
      if (bytes.length !== array.byteLength) {
        throw new TypeError(`${bytes.length} bytes for a tensor of ${array.byteLength}`);
      }
      new Uint8Array(array.buffer).set(bytes);
    }

    async readTensor({ array }, into) {
      if (!into) {
        return array.slice().buffer;
      }
      new Uint8Array(into.buffer ?? into, into.byteOffset ?? 0, array.byteLength).set(
        new Uint8Array(array.buffer),
      );
    }

    dispatch(graph, inputs, outputs) {
      webNNLog.push("dispatched");
      for (const [name, { compute }] of Object.entries(graph)) {
        outputs[name].array.set(compute((input) => inputs[input].array));
      }
    }
  }

  globalThis.MLGraphBuilder = class {
    input(name, { dataType, shape }) {
      return { dataType, shape, compute: (feed) => feed(name) };
    }

    constant({ dataType, shape }, data) {
      const array = new ARRAYS[dataType](
        new Uint8Array(data.buffer, data.byteOffset, data.byteLength).slice().buffer,
      );
      return { dataType, shape, compute: () => array };
    }

    add(a, b) {
      const compute = (feed) => {
        const [first, second] = [a.compute(feed), b.compute(feed)];
        return first.map((value, index) => value + second[index]);
      };
      return { dataType: a.dataType, shape: a.shape, compute };
    }

    async build(outputs) {
      webNNLog.push(`built ${Object.keys(outputs)}`);
      return outputs;
    }
  };
  Object.defineProperty(navigator, "ml", {
    configurable: true,
    value: {
      async createContext(options) {
        webNNLog.push(`context ${JSON.stringify(options)}`);
        return new Context();
      },
    },
  });
};
