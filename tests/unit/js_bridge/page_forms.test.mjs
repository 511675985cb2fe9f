// The parts of the page's forms that need no page.

import assert from "node:assert/strict";
import { createServer } from "node:http";
import { test } from "node:test";
import { isAccepted } from "../../../js_bridge/accepted_files.js";
import { bundleFolder, readBundle } from "../../../js_bridge/bundle.js";
import { lastWordsOf } from "../../../js_bridge/failure_view.js";
import { dedent } from "../../../js_bridge/python_source.js";
import { VERSION } from "../../../js_bridge/version.js";

test("source loses the indentation of the markup, and none of its own", () => {
  assert.equal(dedent("\n    if x:\n        y()\n\n    z()\n  "), "\nif x:\n    y()\n\nz()\n");
  assert.equal(dedent("\tx\r\n\t\ty"), "x\n\ty");
  assert.equal(dedent("    x\n\ty"), "    x\n\ty");
});

test("dropped files are held to what a chooser would offer", () => {
  const file = { name: "Scan.NPY", type: "" };
  assert.deepEqual(["", ".npy", "image/*, .npy", "image/*", ".png"].map((accept) => isAccepted(file, accept)), [
    ...[true, true, true, false, false],
  ]);
  assert.equal(isAccepted({ name: "a", type: "image/png" }, "image/png"), true);
  assert.equal(isAccepted({ name: "a", type: "image/png" }, "image/*"), true);
});

test("a program that ends by itself has words for its user, or none", () => {
  assert.deepEqual(["", "0", "None", "No such file"].map((message) => lastWordsOf({ type: "SystemExit", message })), [
    ...["", "", "", "No such file"],
  ]);
  assert.equal(lastWordsOf({ type: "ValueError", message: "x" }), null);
  assert.equal(lastWordsOf({ type: "SystemExit", message: "10" }), null);
});

test("the bundle is beside pyinfer.js, and nowhere by default once that is part of another script", () => {
  assert.equal(bundleFolder(undefined, "https://a.example/app/pyinfer.js?v=1"), "https://a.example/app/");
  assert.equal(bundleFolder("https://a.example/b", undefined), "https://a.example/b/");
  for (const script of [undefined, "https://a.example/assets/index-1a2b.js"]) {
    assert.throws(() => bundleFolder(undefined, script), /bundleURL: "\/pyinfer\/"/);
  }
});

test("a bundle of another version, and what is no bundle, are told as such", async () => {
  const answers = { "/old/pyinfer.json": { pyinfer: "0.0.9" }, "/other/pyinfer.json": { name: "x" } };
  const server = createServer(({ url }, response) => {
    response.end(url in answers ? JSON.stringify(answers[url]) : "<!doctype html>");
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const at = (folder) => readBundle(`http://127.0.0.1:${server.address().port}/${folder}/`);
  try {
    await assert.rejects(at("old"), new RegExp(`built by pyinfer 0\\.0\\.9, .* version ${VERSION}: .* pyinfer@0\\.0\\.9 of npm`));
    await assert.rejects(at("other"), /is this the address of a pyinfer bundle/);
    await assert.rejects(at("page"), /is not JSON: is this the address of a pyinfer bundle/);
  } finally {
    server.close();
    server.closeAllConnections();
  }
});
