// Runs inside VS Code beside the extension under test and tells, on a socket, what the screen does not show: the whole buffer.

const { createServer } = require("node:net");
const vscode = require("vscode");

exports.activate = () => {
  createServer(async (socket) => {
    // Once there and back: what was typed before has arrived then.
    await vscode.commands.executeCommand("setContext", "inside", true);
    socket.end(JSON.stringify(state()));
  }).listen(process.env.INSIDE_SOCKET);
};

function state() {
  const editor = vscode.window.activeTextEditor;
  if (!editor) return {};
  const { document, selection } = editor;
  const line = document.lineAt(selection.active.line).text;
  return {
    path: document.uri.fsPath,
    text: document.getText(),
    dirty: document.isDirty,
    language: document.languageId,
    line: selection.active.line + 1,
    // In characters, as people count them.
    column: [...line.slice(0, selection.active.character)].length + 1,
    behind: line.slice(selection.active.character),
    selected: document.getText(selection),
  };
}
