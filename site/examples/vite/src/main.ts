import { loadPyinfer } from "pyinfer";

// `pyinfer build ../shapes -o public/pyinfer` has written the bundle; or it lies on another server.
const bundleURL: string = import.meta.env.VITE_BUNDLE ?? `${import.meta.env.BASE_URL}pyinfer/`;

const answer = document.querySelector<HTMLElement>("#answer")!;
const runtime = await loadPyinfer({ bundleURL });
const image = new ImageData(320, 160);
for (const left of [20, 120, 220]) {
  for (let y = 40; y < 120; y += 1) {
    image.data.fill(255, (y * 320 + left) * 4, (y * 320 + left + 80) * 4);
  }
}
const shapes: number = await runtime.call("shapes:count", image);
answer.textContent = `${shapes} shapes`;

// The element shares this Python.
const panel = document.querySelector("pyinfer-app")!;
panel.addEventListener("result", ({ value, file }) => {
  answer.textContent = `${value.shapes} shapes in ${file.name}`;
});
panel.runtime = runtime;
