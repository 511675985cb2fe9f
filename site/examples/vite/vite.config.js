import { defineConfig } from "vite";

const isolation = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
};

// With these headers inference has several threads; the server that the page is deployed to sends them too.
export default defineConfig({
  build: { target: "es2022" }, // which knows `await` at the top of a module
  server: { headers: isolation },
  preview: { headers: isolation },
});
