/**
 * OpenCV for JavaScript, as Emscripten's embind has it: the names of C++, overloads by the number of arguments.
 * What is made with `new` is freed by `delete()`. Functions and classes are not typed.
 */
export interface OpenCV {
  [name: string]: any;
}

/** What OpenCV throws. Other C++ exceptions are Errors with the name "std::exception". */
export interface OpenCVError extends Error {
  name: "cv::Exception";
  code: number;
  err: string;
  func: string;
  file: string;
  line: number;
}

/** Emscripten's: how the WebAssembly is found. One of them is needed wherever opencv.wasm is not beside the page. */
export interface ModuleOptions {
  locateFile?: (name: string, folder: string) => string;
  wasmBinary?: ArrayBuffer | Uint8Array;
  instantiateWasm?: (
    imports: WebAssembly.Imports,
    receive: (instance: WebAssembly.Instance, module: WebAssembly.Module) => void,
  ) => unknown;
}

export default function create(options?: ModuleOptions): Promise<OpenCV>;
