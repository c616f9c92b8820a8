// A person before VS Code: starts its server and Chromium on a folder, and does what the lines on standard input say.
//
// One JSON object a line: `do` names an action below, the rest are its arguments; the answer is one line, `{ok}` or `{error}`.
// The end of standard input closes everything. The only argument is a JSON object: `editor` (the folder with node_modules),
// `chromium`, `folder` (the project), `extensions` (their folders), `data` (a folder for all that VS Code and Chromium keep).

import { spawn } from "node:child_process";
import { cpSync, mkdirSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { basename } from "node:path";

import { PATIENCE, keys, obey, startBrowser, times } from "./browser.mjs";

const given = JSON.parse(process.argv[2]);
const socket = `${given.data}/inside`;
let server;
let browser;
let page;
let camera;

const actions = {
  start: async ({ settings, trust }) => {
    mkdirSync(`${given.data}/data/Machine`, { recursive: true });
    writeFileSync(`${given.data}/data/Machine/settings.json`, JSON.stringify({ ...SETTINGS, ...settings }));
    for (const from of given.extensions) {
      const { publisher, name, version } = JSON.parse(readFileSync(`${from}/package.json`, "utf8"));
      cpSync(from, `${given.data}/extensions/${publisher}.${name}-${version}`, { recursive: true });
    }
    const port = await freePort();
    server = startServer(port, trust);
    browser = await startBrowser(given, { width: 1280, height: 1400 });
    page = browser.pages()[0];
    await until(() => answers(port), "VS Code's server answers");
    await page.goto(`http://127.0.0.1:${port}/?folder=${given.folder}`);
    await page.waitForSelector(".monaco-workbench .statusbar-item", { timeout: PATIENCE });
    await until(async () => (await state()).up, "extensions run");
  },
  open: async ({ path }) => {
    await quick("Control+P", `${given.folder}/${path}`, basename(path));
    await hidden(".quick-input-widget");
    await until(async () => (await state()).path === `${given.folder}/${path}`, `${path} is open`);
    await until(() => page.evaluate(isReady), "Convive is ready");
  },
  go_to: async ({ line, column }) => {
    // That box counts columns as wide as they are drawn; keys go by characters.
    await quick("Control+G", `${line}:1`);
    await hidden(".quick-input-widget");
    await until(async () => (await state()).line === line, `the cursor is in line ${line}`);
    // One press passes all that is drawn as one character.
    for (let now = await state(); now.column < column; ) {
      const plain = /^[\x20-\x7e\t]*/.exec(now.behind)[0].length;
      for (let step = Math.min(Math.max(plain, 1), column - now.column); step > 0; step -= 1) {
        await page.keyboard.press("ArrowRight");
      }
      now = await state();
    }
    await until(async () => (await state()).column === column, `the cursor is at ${line}:${column}`);
  },
  press: ({ key }) => page.keyboard.press(keys(key)),
  times: ({ key, text }) => times(page, { key, text, lines: ".view-line" }),
  type: ({ text }) => page.keyboard.type(text),
  screen: () => page.evaluate(screen),
  state: () => state(),
  click: ({ selector }) => page.locator(selector).first().click({ timeout: PATIENCE }),
  hover: ({ selector }) => page.locator(selector).first().hover({ timeout: PATIENCE }),
  command: ({ title }) => quick("F1", title, title),
  // A box that asks for words, not the one that commands are typed into.
  fill: async ({ text }) => {
    const box = page.locator(BOX);
    const isEmpty = async () => (await box.count()) === 1 && (await box.inputValue()) === "";
    await until(isEmpty, "a box asks for words");
    await box.pressSequentially(text);
    await page.keyboard.press("Enter");
    await hidden(".quick-input-widget");
  },
  until: ({ selector }) => page.waitForSelector(selector, { timeout: PATIENCE }).then(() => undefined),
  gone: ({ selector }) => until(async () => (await page.locator(selector).count()) === 0, `no ${selector}`),
  saved: () => until(() => page.evaluate(() => !document.querySelector(".tab.dirty")), "all is saved"),
  // From now on each drawn frame is looked at: was the text there?
  watch: ({ text }) => page.evaluate(watch, text),
  watched: () => page.evaluate(() => window.watched),
  picture: ({ file }) => page.screenshot({ path: file }).then(() => undefined),
  size: ({ width, height }) => page.setViewportSize({ width, height }),
  // From now on each new picture of the window is kept in a folder, named by the milliseconds since the first.
  film: async ({ folder }) => {
    mkdirSync(folder, { recursive: true });
    camera = await page.context().newCDPSession(page);
    let start;
    camera.on("Page.screencastFrame", ({ data, metadata, sessionId }) => {
      start ??= metadata.timestamp;
      const at = Math.round((metadata.timestamp - start) * 1000);
      writeFileSync(`${folder}/${at}.png`, data, "base64");
      camera.send("Page.screencastFrameAck", { sessionId }).catch(() => undefined);
    });
    await camera.send("Page.startScreencast", { format: "png" });
  },
  filmed: () => camera.send("Page.stopScreencast").then(() => undefined),
  html: ({ selector }) => page.locator(selector).first().evaluate((element) => element.outerHTML),
};

const BOX = ".quick-input-widget:not([style*='display: none']):not([inert]) input.input";

const SETTINGS = {
  "workbench.startupEditor": "none",
  "workbench.tips.enabled": false,
  "workbench.secondarySideBar.defaultVisibility": "hidden",
  "security.workspace.trust.enabled": false,
  "chat.disableAIFeatures": true,
  "telemetry.telemetryLevel": "off",
  // In a browser it is on.
  "files.autoSave": "off",
  "files.watcherExclude": { "**/target/**": true },
};

function startServer(port, trust) {
  const log = openSync(`${given.data}/server.log`, "a");
  const main = `${given.editor}/node_modules/code-server/lib/vscode/out/server-main.js`;
  const options = [
    "--accept-server-license-terms --host 127.0.0.1 --without-connection-token --telemetry-level off",
    `--force-disable-user-env --reconnection-grace-time 2 --port ${port}`,
    trust ? "" : "--disable-workspace-trust",
  ];
  const folders = ["--server-data-dir", given.data, "--extensions-dir", `${given.data}/extensions`];
  const words = options.join(" ").split(" ").filter(Boolean);
  const started = spawn(process.execPath, [main, ...words, ...folders], {
    env: { ...process.env, INSIDE_SOCKET: socket },
    stdio: ["ignore", log, log],
  });
  return started;
}

async function close() {
  await browser?.close().catch(() => undefined);
  if (server && server.exitCode === null) {
    const ended = new Promise((done) => server.once("exit", done));
    server.kill("SIGTERM");
    await ended;
  }
}

/** Opens a box by a key, types into it, and confirms once the chosen entry is the one that is waited for. */
async function quick(key, text, shown) {
  await page.keyboard.press(key);
  const box = page.locator(BOX);
  await box.waitFor({ timeout: PATIENCE });
  await box.pressSequentially(text);
  const entry = `.quick-input-list .monaco-list-row.focused[aria-label*=${JSON.stringify(shown)}]`;
  if (shown) await page.waitForSelector(entry, { timeout: PATIENCE });
  await page.keyboard.press("Enter");
}

function hidden(selector) {
  return page.waitForSelector(selector, { state: "hidden", timeout: PATIENCE });
}

/** What the buffer in front holds, and where the cursor is. */
function state() {
  return new Promise((done) => {
    let text = "";
    const connection = connect(socket);
    connection.on("data", (bytes) => {
      text += bytes;
    });
    connection.on("end", () => done({ up: true, ...JSON.parse(text) }));
    connection.on("error", () => done({}));
  });
}

function isReady() {
  const item = document.getElementById("convive.convive.convive.status");
  return Boolean(item) && !item.querySelector(".codicon-loading");
}

/** All text on the screen in rows from the top, as somebody reads it. */
function screen() {
  const rows = new Map();
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const range = document.createRange();
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    if (!node.parentElement.checkVisibility({ opacityProperty: true, visibilityProperty: true })) continue;
    range.selectNodeContents(node);
    for (const box of [range.getBoundingClientRect()]) {
      if (box.width === 0 || box.bottom < 0 || box.top > innerHeight || box.left > innerWidth) continue;
      const top = Math.round(box.top / 6);
      const row = rows.get(top) ?? rows.get(top - 1) ?? rows.get(top + 1) ?? [];
      if (row.length === 0) rows.set(top, row);
      // Blanks of what is selected are drawn as dots.
      const inCode = node.parentElement.closest(".view-line");
      row.push({ left: box.left, text: inCode ? node.data.replaceAll("\u00b7", " ") : node.data });
    }
  }
  const inOrder = [...rows].sort(([a], [b]) => a - b).map(([, row]) => row.sort((a, b) => a.left - b.left));
  return inOrder
    .map((row) => row.map((piece) => piece.text.replaceAll("\u00a0", " ")).join(""))
    .join("\n");
}

function watch(text) {
  const watched = { frames: 0, without: 0 };
  window.watched = watched;
  const look = () => {
    const code = [...document.querySelectorAll(".monaco-editor .view-line, .monaco-editor .suggest-preview-text")];
    const shown = code.map((line) => line.textContent.replaceAll("\u00a0", " ")).join("\n");
    watched.frames += 1;
    if (!shown.includes(text)) watched.without += 1;
    if (window.watched === watched) requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}

function freePort() {
  return new Promise((done) => {
    const probe = createServer().listen(0, "127.0.0.1", () => {
      const { port } = probe.address();
      probe.close(() => done(port));
    });
  });
}

function answers(port) {
  return new Promise((done) => {
    const probe = connect(port, "127.0.0.1", () => {
      probe.destroy();
      done(true);
    });
    probe.on("error", () => done(false));
  });
}

async function until(fulfilled, what) {
  const end = Date.now() + PATIENCE;
  while (!(await fulfilled())) {
    if (Date.now() > end) throw new Error(`waited in vain until ${what}`);
    await new Promise((done) => setTimeout(done, 50));
  }
}

await obey(actions);
await close();
process.exit(0);
