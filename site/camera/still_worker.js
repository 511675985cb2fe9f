// Decodes one picture: what comes after the decoding blocks the thread that asked for it.

addEventListener("message", async ({ data: { file, resizeWidth, resizeHeight } }) => {
  const bitmap = await createImageBitmap(file, {
    resizeWidth,
    resizeHeight,
    resizeQuality: "medium",
  }).catch(() => null);
  postMessage(bitmap, { transfer: bitmap ? [bitmap] : [] });
});
