// What doctor evaluates in a page of the deployment: starts pyinfer there and infers once.

/**
 * @param {{ script: string, code: string }} options address of pyinfer.js; Python source that infers
 */
async ({ script, code }) => {
  /** @type {string[]} */
  const notices = [];
  const { loadPyinfer } = await import(script);
  const runtime = await loadPyinfer({
    app: {},
    numThreads: 2,
    onProgress: (/** @type {{ phase: string, name: string }} */ { phase, name }) => {
      if (phase === "notice") {
        notices.push(name);
      }
    },
  });
  const started = performance.now();
  const answer = await runtime.runPythonAsync(code);
  const inferred = performance.now();
  const offline = await runtime.offline;
  await runtime.close();
  return {
    ...answer,
    started,
    inferred,
    offline,
    notices,
    isolated: crossOriginIsolated,
    cores: navigator.hardwareConcurrency,
  };
};
