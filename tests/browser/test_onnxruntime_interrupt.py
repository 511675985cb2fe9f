"""An interrupt that comes while the engine computes is heard when it is done, as natively."""

from __future__ import annotations

import base64

from tests.browser.conftest import PyinferPage
from tests.parity.model_bytes import content

OPEN = f"""
import base64
import numpy as np
import onnxruntime as ort
session = ort.InferenceSession(base64.b64decode("{base64.b64encode(content("network_64")).decode()}"))
x = np.ones((1, 1, 64, 64), np.float32)
before = session.run(None, {{"input": x}})[0]
"""

INTERRUPT = """async () => {
  let how;
  let heard;
  const asked = new Promise((resolve) => {
    heard = async ({ detail }) => { how ??= runtime.interrupt(); resolve(await how); };
    runtime.addEventListener("stdout", heard);
  });
  const run = runtime.runPythonAsync(`
print("running", flush=True)
finished = False
session.run(None, {"input": np.repeat(x, 1500, 0)})
finished = True
`).then(() => "finished", ({ type }) => type);
  const result = [await asked, await run];
  runtime.removeEventListener("stdout", heard);
  return result;
}"""


def test_a_run_that_is_interrupted_leaves_the_session_as_it_was(python: PyinferPage) -> None:
    python.run(OPEN)
    assert python.page.evaluate(INTERRUPT) == ["interrupted", "KeyboardInterrupt"]
    assert python.run("finished") is False
    assert python.run('bool((session.run(None, {"input": x})[0] == before).all())')
    python.run("del session")
