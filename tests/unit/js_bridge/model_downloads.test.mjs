// What the model store is told of a server's answer: its name for the version, when to ask again.

import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, before, test } from "node:test";
import { createModelDownloads } from "../../../js_bridge/model_downloads.js";

/** @type {Record<string, string>} */
let headers = {};
let status = 200;
const server = createServer((_request, response) => {
  response.writeHead(status, headers);
  response.end();
});
let url = "";
const downloads = createModelDownloads({}, () => {});

before(async () => {
  await new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(undefined)));
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  url = `http://127.0.0.1:${port}/net.onnx`;
});
after(() => {
  server.close();
});

/**
 * The answer to a request, of which nothing is left behind.
 *
 * @param {number} code
 * @param {Record<string, string>} more
 */
async function answerWith(code, more) {
  status = code;
  headers = more;
  const answer = JSON.parse(await downloads.open(1, "net", url, 0, "{}", "omit"));
  downloads.close(1);
  assert.equal(downloads.liveCount(), 0);
  return answer;
}

const DATE = "Wed, 21 Oct 2015 07:28:00 GMT";

test("a version is named by a strong ETag, or else by a date", async () => {
  assert.equal((await answerWith(200, { etag: '"a"', "last-modified": DATE })).validator, '"a"');
  assert.equal((await answerWith(200, { etag: 'W/"a"', "last-modified": DATE })).validator, DATE);
  assert.equal((await answerWith(200, { etag: 'W/"a"' })).validator, "");
});

test("when to ask again is a number of seconds or a date", async () => {
  assert.equal((await answerWith(503, { "retry-after": "7" })).retryAfter, 7);
  assert.equal((await answerWith(503, { "retry-after": DATE })).retryAfter, 0);
  const later = new Date(Date.now() + 3600_000).toUTCString();
  const { retryAfter } = await answerWith(503, { "retry-after": later });
  assert.ok(retryAfter > 3000 && retryAfter <= 3600);
  assert.equal((await answerWith(503, { "retry-after": "soon" })).retryAfter, null);
  assert.equal((await answerWith(503, {})).retryAfter, null);
});
