// Prints what an opencv.js build offers, as JSON: every function with the C++ types of each of its
// overloads, the classes, the constants, and the element type codes.
//
// node probe_opencv.cjs <opencv.js>
//
// The types come from embind's own registration calls, which name them: opencv.js keeps only
// argument counts.

const path = process.argv[2];
const typeNames = new Map();
const functions = {};
let memory;

function text(address) {
  const bytes = new Uint8Array(memory.buffer);
  let end = address;
  while (bytes[end]) {
    end += 1;
  }
  return Buffer.from(bytes.subarray(address, end)).toString();
}

/** Where each registration call has the name of the type whose id is its first argument. */
const NAME_ARGUMENT = {
  _embind_register_void: 1,
  _embind_register_bool: 1,
  _embind_register_integer: 1,
  _embind_register_bigint: 1,
  _embind_register_float: 1,
  _embind_register_std_string: 1,
  _embind_register_value_object: 1,
  _embind_register_value_array: 1,
  _embind_register_enum: 1,
  _embind_register_class: 10,
};

function watch(name, call) {
  const short = name.replace(/^_+/, "_");
  if (short === "_embind_register_function") {
    return (...args) => {
      const types = [...new Uint32Array(memory.buffer, args[2], args[1])];
      const overloads = (functions[text(args[0])] ??= []);
      overloads.push(types);
      return call(...args);
    };
  }
  if (short === "_embind_register_emval") {
    return (...args) => {
      typeNames.set(args[0], "val");
      return call(...args);
    };
  }
  const index = NAME_ARGUMENT[short];
  if (index === undefined) {
    return call;
  }
  return (...args) => {
    const suffix = short === "_embind_register_enum" ? " enum" : "";
    typeNames.set(args[0], text(args[index]) + suffix);
    return call(...args);
  };
}

const instantiate = WebAssembly.instantiate;
WebAssembly.instantiate = async (binary, imports) => {
  for (const namespace of Object.values(imports)) {
    for (const [key, value] of Object.entries(namespace)) {
      if (typeof value === "function") {
        namespace[key] = watch(value.name, value);
      }
    }
  }
  const result = await instantiate(binary, imports);
  const { exports } = result.instance ?? result;
  memory = Object.values(exports).find((value) => value instanceof WebAssembly.Memory);
  return result;
};

async function main() {
  const cv = await require(path);
  const named = {};
  for (const [name, overloads] of Object.entries(functions)) {
    named[name] = overloads.map((types) => types.map((type) => typeNames.get(type) ?? "?"));
  }
  const constants = {};
  for (const [name, value] of Object.entries(cv)) {
    if (typeof value === "number") {
      constants[name] = value;
    }
  }
  const classes = Object.keys(cv).filter(
    (name) => typeof cv[name] === "function" && cv[name].prototype?.isAliasOf,
  );
  process.stdout.write(JSON.stringify({ functions: named, constants, classes }), () => process.exit(0));
}

main();
