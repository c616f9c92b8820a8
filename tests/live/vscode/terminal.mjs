// The window of a terminal, as a person has it: xterm.js, which is VS Code's own, in Chromium; it draws in frames, as windows do.
//
// The only argument is a JSON object: `editor` (the folder with node_modules), `chromium`, `data` (a folder for all that Chromium
// keeps), `rows` and `columns`, `url` (of the WebSocket that carries what the program prints and what is typed).

import { obey, startBrowser, times } from "./browser.mjs";

const given = JSON.parse(process.argv[2]);
let browser;
let page;

const actions = {
  start: async () => {
    browser = await startBrowser(given, { width: 1400, height: 1000 });
    page = browser.pages()[0];
    await page.setContent("<div id=terminal></div>");
    const xterm = `${given.editor}/node_modules/code-server/lib/vscode/node_modules/@xterm/xterm`;
    await page.addStyleTag({ path: `${xterm}/css/xterm.css` });
    await page.addScriptTag({ path: `${xterm}/lib/xterm.js` });
    await page.evaluate(open, given);
  },
  times: ({ key, text }) => times(page, { key, text, lines: ".xterm-rows > div" }),
};

/** Runs in the page. */
function open({ rows, columns, url }) {
  const terminal = new window.Terminal({ rows, cols: columns });
  terminal.open(document.getElementById("terminal"));
  const socket = new WebSocket(url);
  socket.binaryType = "arraybuffer";
  socket.onmessage = ({ data }) => terminal.write(new Uint8Array(data));
  terminal.onData((text) => socket.send(text));
  terminal.focus();
  return new Promise((done, failed) => {
    socket.onopen = () => done();
    socket.onerror = () => failed(new Error(`no connection to ${url}`));
  });
}

await obey(actions);
await browser?.close().catch(() => undefined);
process.exit(0);
