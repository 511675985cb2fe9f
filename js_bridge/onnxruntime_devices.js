// What the build of the engine that reaches devices is to be told of sessions and runs; the build for
// the CPU has none of these functions.

import { OnnxRuntimeError, PROVIDER_FAILED } from "./onnxruntime_memory.js";

/** @typedef {import("./onnxruntime_memory.js").OrtModule} OrtModule */

/**
 * @param {OrtModule} ort
 * @param {number} handle 0: it could not be created
 */
export function sessionCreated(ort, handle) {
  ort.webgpuOnCreateSession?.(handle);
  if (handle && ort.currentContext) {
    ort.webnnRegisterMLContext?.(handle, ort.currentContext);
  }
  ort.currentContext = undefined;
  ort.shouldTransferToMLTensor = true;
}

/**
 * @param {OrtModule} ort
 * @param {number} handle
 */
export function sessionGoes(ort, handle) {
  ort.webgpuOnReleaseSession?.(handle);
  ort.webnnOnReleaseSession?.(handle);
}

/**
 * Throws if a device has failed in a run of which the engine thinks well.
 *
 * @param {OrtModule} ort
 * @param {number[]} tensors of the outputs, which then go
 * @param {number[]} given those of them that are not the run's
 */
export function checkDevice(ort, tensors, given) {
  const failure = ort.takeDeviceFailure?.();
  if (failure) {
    releaseNew(ort, tensors, given);
    throw new OnnxRuntimeError(PROVIDER_FAILED, failure);
  }
}

/**
 * Releases what a run has made that is to have no result.
 *
 * @param {OrtModule} ort
 * @param {number[]} tensors of the outputs
 * @param {number[]} given those of them that are not the run's
 */
export function releaseNew(ort, tensors, given) {
  for (const tensor of tensors.filter((made) => !given.includes(made))) {
    ort._OrtReleaseTensor(tensor);
  }
}
