// Runs before a page's own scripts: takes the steps that its address asks for, and tells the server how that
// went. It makes no code from text and reaches no other server, so that the page keeps its policy.

const PATIENCE = 100_000; // milliseconds for one step

const complaints = [];
const words = (value) => (value instanceof Error ? `${value}\n${value.stack}` : String(value));
const { error } = console;
console.error = (...values) => {
  complaints.push(values.map(words).join(" "));
  error(...values);
};
addEventListener("error", (event) => complaints.push(event.message || words(event.error)));
addEventListener("unhandledrejection", (event) => complaints.push(`unhandled: ${words(event.reason)}`));
addEventListener("securitypolicyviolation", (event) =>
  complaints.push(`forbidden: ${event.violatedDirective} ${event.blockedURI}`),
);

/** Waits for an element that matches, and contains a text. */
async function see(selector, text) {
  const end = performance.now() + PATIENCE;
  const shown = () => document.querySelector(selector)?.textContent ?? "";
  while (!document.querySelector(selector) || !shown().includes(text)) {
    if (performance.now() > end) {
      throw new Error(`${selector} does not show "${text}" but "${shown()}"`);
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

function choose(selector, value) {
  const choice = document.querySelector(selector);
  choice.value = value;
  choice.dispatchEvent(new Event("change", { bubbles: true }));
}

const ACTIONS = { see, choose, click: (selector) => document.querySelector(selector).click() };

async function visit(steps) {
  for (const [action, selector, text] of steps) {
    await ACTIONS[action](selector, text);
  }
}

addEventListener("load", async () => {
  const trouble = await visit(JSON.parse(new URL(location.href).searchParams.get("steps"))).then(
    () => "",
    words,
  );
  const status = document.getElementById("status-words")?.textContent ?? "";
  const addresses = performance.getEntriesByType("resource").map(({ name }) => name);
  const images = [...document.images].filter(({ complete, naturalWidth }) => complete && !naturalWidth);
  const abroad = addresses.filter(
    (name) => !name.startsWith(`${location.origin}/`) && !/^(blob|data):/.test(name),
  );
  const broken = images.map(({ src }) => src);
  await fetch("told", {
    method: "POST",
    body: JSON.stringify({ trouble, status, complaints, abroad, broken }),
  });
});
