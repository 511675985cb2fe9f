// Whether an opencv.js that was just linked works: node check_engine.mjs opencv.mjs opencv.wasm networks.mjs networks.wasm

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const [script, wasm, networksScript, networksWasm] = process.argv.slice(2);
const cv = await load(script, wasm);

async function load(script, wasm) {
  const { default: create } = await import(pathToFileURL(script).href);
  let instance;
  const cv = await create({
    instantiateWasm(imports, receive) {
      const module = new WebAssembly.Module(readFileSync(wasm));
      instance = new WebAssembly.Instance(module, imports);
      receive(instance, module);
      return instance.exports;
    },
  });
  assert(instance.exports.__stack_pointer instanceof WebAssembly.Global, `${wasm} exports no stack pointer`);
  return cv;
}

const point = cv.Mat.zeros(5, 5, cv.CV_8UC1);
point.ucharPtr(2, 2)[0] = 255;
const blurred = new cv.Mat();
cv.GaussianBlur(point, blurred, { width: 3, height: 3 }, 0);
assert.deepEqual([...blurred.data.subarray(5, 15)], [0, 16, 32, 16, 0, 0, 32, 64, 32, 0], "GaussianBlur");

assert.throws(
  () => cv.resize(point, blurred, { width: 0, height: 0 }),
  (error) => {
    assert(error instanceof Error, "a failed call throws no Error");
    const { name, code, err, func, file, line, message } = error;
    assert.deepEqual([name, code, err, func], ["cv::Exception", -215, "inv_scale_x > 0", "resize"]);
    assert.match(file, /\/modules\/imgproc\/src\/resize\.cpp$/);
    assert(line > 0 && message.includes("Assertion failed"), message);
    return true;
  },
);

/** Where a block of a megabyte finds room. */
function heapEnd() {
  const address = cv._malloc(2 ** 20);
  cv._free(address);
  return address;
}

const end = heapEnd();
for (let i = 0; i < 30_000; i++) {
  assert.throws(() => cv.resize(point, blurred, { width: 0, height: 0 }));
}
assert.equal(heapEnd(), end, "failed calls leave memory behind");
cv.GaussianBlur(point, blurred, { width: 3, height: 3 }, 0);
assert.equal(blurred.data[12], 64, "GaussianBlur after failed calls");
point.delete();
blurred.delete();

const networks = await load(networksScript, networksWasm);
const later = JSON.parse(cv.pyinferLater());
const names = [...later.functions, ...Object.keys(later.classes)];
const missing = names.filter((name) => typeof networks[name] !== "function");
assert.deepEqual(missing, [], "functions and classes are missing in the networks");
const twice = names.filter((name) => name in cv);
assert.deepEqual(twice, [], "functions and classes of the networks are in both parts");
for (const [name, { members }] of Object.entries(later.classes)) {
  const lost = members.filter((member) => !(member in networks[name] || member in networks[name].prototype));
  assert.deepEqual(lost, [], `${name} lacks members`);
}
