// Prints what an opencv.js build offers, as JSON: every function with the C++ types of each of its
// overloads, every class with its base, constructors, methods and properties, and the constants.
//
// node probe_opencv.cjs <opencv.js>
//
// The types come from embind's own registration calls, which name them: opencv.js keeps only
// argument counts.

const path = process.argv[2];
const typeNames = new Map();
const functions = {};
const classes = new Map();
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
  _embind_register_smart_ptr: 2,
};

/** What is said of a class, by the id of its type. Types are kept as ids until all have names. */
const CLASS_CALLS = {
  _embind_register_class: (type, pointer, constPointer, base, ...rest) => {
    const name = text(rest[6]);
    typeNames.set(pointer, `${name}*`);
    typeNames.set(constPointer, `${name} const*`);
    const empty = { base: [base], constructors: [], methods: {}, statics: {}, properties: {} };
    classes.set(type, { ...empty, name });
  },
  _embind_register_class_constructor: (type, count, types) => {
    classes.get(type).constructors.push(typesAt(types, count));
  },
  _embind_register_class_function: (type, name, count, types) => {
    const overloads = (classes.get(type).methods[text(name)] ??= []);
    overloads.push(typesAt(types, count).filter((_, index) => index !== 1)); // 1 is `this`
  },
  _embind_register_class_class_function: (type, name, count, types) => {
    const overloads = (classes.get(type).statics[text(name)] ??= []);
    overloads.push(typesAt(types, count));
  },
  _embind_register_class_property: (type, name, getterType, ...rest) => {
    classes.get(type).properties[text(name)] = [getterType, rest[3]]; // the setter's, 0 if none
  },
};

function typesAt(address, count) {
  return [...new Uint32Array(memory.buffer, address, count)];
}

function watch(name, call) {
  const short = name.replace(/^_+/, "_");
  if (short === "_embind_register_function") {
    return (...args) => {
      const overloads = (functions[text(args[0])] ??= []);
      overloads.push(typesAt(args[2], args[1]));
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
  const note = CLASS_CALLS[short];
  if (index === undefined && note === undefined) {
    return call;
  }
  return (...args) => {
    if (index !== undefined) {
      const suffix = short === "_embind_register_enum" ? " enum" : "";
      typeNames.set(args[0], text(args[index]) + suffix);
    }
    note?.(...args);
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

/** Type ids to names, however deep. */
function named(value) {
  if (typeof value === "number") {
    return value === 0 ? "" : (typeNames.get(value) ?? "?");
  }
  if (Array.isArray(value)) {
    return value.map(named);
  }
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, named(part)]));
}

async function main() {
  const cv = await require(path);
  const constants = {};
  for (const [name, value] of Object.entries(cv)) {
    if (typeof value === "number") {
      constants[name] = value;
    }
  }
  const described = {};
  for (const { name, ...content } of classes.values()) {
    const { base, ...rest } = named(content);
    described[name] = { base: base[0], ...rest };
  }
  const found = { functions: named(functions), constants, classes: described };
  process.stdout.write(JSON.stringify(found), () => process.exit(0));
}

main();
