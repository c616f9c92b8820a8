// What drivers of a page share: the browser, the names of keys, the time from a key to a text, and the lines on standard input.

import { createRequire } from "node:module";
import { createInterface } from "node:readline";

const KEYS = { ctrl: "Control", alt: "Alt", shift: "Shift", Up: "ArrowUp", Down: "ArrowDown" };
Object.assign(KEYS, { Left: "ArrowLeft", Right: "ArrowRight", space: "Space" });

/** Starts Chromium; `editor` is the folder whose node_modules have Playwright, `data` one for all that Chromium keeps. */
export function startBrowser({ editor, chromium, data }, viewport) {
  const playwright = createRequire(`${editor}/`)("playwright-core");
  return playwright.chromium.launchPersistentContext(`${data}/chromium`, {
    executablePath: chromium,
    headless: true,
    args: "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync --disable-dev-shm-usage".split(
      " ",
    ),
    viewport,
    permissions: ["clipboard-read", "clipboard-write"],
  });
}

/** A key in Playwright's words. */
export function keys(key) {
  return key
    .split(/-(?=.)/)
    .map((part) => KEYS[part] ?? part)
    .join("+");
}

/** How long a person waits for a text before calling it broken, in milliseconds. */
export const PATIENCE = 60_000;

/** Presses a key; how long it takes until a text stands in an element that `lines` selects, in milliseconds, at the change of the page. */
export async function times(page, { key, text, lines }) {
  await page.evaluate(stamp, { text, lines, patience: PATIENCE });
  await page.keyboard.press(keys(key));
  return page.evaluate(() => window.stamped);
}

/** Runs in the page. */
function stamp({ text, lines, patience }) {
  let pressed;
  window.addEventListener("keydown", () => (pressed ??= performance.now()), { capture: true, once: true });
  const shown = () => [...document.querySelectorAll(lines)].map((line) => line.textContent.replaceAll("\u00a0", " "));
  window.stamped = new Promise((done, failed) => {
    const observer = new MutationObserver(() => {
      if (pressed === undefined || !shown().some((line) => line.includes(text))) return;
      observer.disconnect();
      done(performance.now() - pressed);
    });
    observer.observe(document.body, { subtree: true, childList: true, characterData: true });
    setTimeout(() => failed(new Error(`no ${text} (key pressed: ${pressed}) in\n${shown().join("\n")}`)), patience);
  });
}

/** Does what the lines on standard input say, until they end: `do` names an action. Answers each with `{ok}` or `{error}`. */
export async function obey(actions) {
  for await (const line of createInterface({ input: process.stdin })) {
    const { do: name, ...rest } = JSON.parse(line);
    let answer;
    try {
      answer = { ok: (await actions[name](rest)) ?? null };
    } catch (error) {
      answer = { error: `${name}: ${error.message}` };
    }
    process.stdout.write(`${JSON.stringify(answer)}\n`);
  }
}
