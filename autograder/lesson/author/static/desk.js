/* -------------------------------------------------------------------- desk */

// JupyterLab (or Notebook 7) around the page, where it lets itself be reached; null in every other place.
const findApp = () => window.jupyterapp || null;

// The open document that a widget stands in.
function findPanel(root) {
  const app = findApp();
  if (!app || !app.shell || !app.shell.widgets) return null;
  for (const panel of app.shell.widgets("main")) {
    if (panel.content && panel.content.model && panel.content.model.cells && panel.node.contains(root)) return panel;
  }
  return null;
}

// Nothing where the document cannot be reached: Python then reads the file.
function readSources(root) {
  const panel = findPanel(root);
  return panel ? panel.content.widgets.map((cell) => cell.model.sharedModel.getSource()).filter((text) => text.startsWith("%%question")) : null;
}

async function openFile(path) {
  const app = findApp();
  if (!app || !app.commands || !app.commands.hasCommand("docmanager:open")) return false;
  await app.commands.execute("docmanager:open", { path });
  return true;
}

// Puts a question in front of the cell that hands in, runs it and saves the document.
async function insertQuestion(root, source, metadata) {
  const panel = findPanel(root);
  if (!panel) return false;
  const notebook = panel.content;
  const sources = notebook.widgets.map((cell) => cell.model.sharedModel.getSource().trim());
  const end = sources.lastIndexOf("%submit_panel");
  const at = end < 0 ? sources.length : end;
  notebook.model.sharedModel.insertCell(at, { cell_type: "code", source, metadata: { nbgrader: metadata } });
  notebook.activeCellIndex = at;
  const { commands } = findApp();
  await commands.execute("notebook:run-cell");
  await commands.execute("docmanager:save");
  notebook.widgets[at].node.scrollIntoView({ block: "start" });
  return true;
}

// What nbgrader has to know of a cell follows from its block, so nobody types it.
function keepMetadata(root, metadata) {
  const panel = findPanel(root);
  const cell = panel && metadata && panel.content.widgets.find((one) => one.node.contains(root));
  if (!cell || JSON.stringify(sortKeys(cell.model.getMetadata("nbgrader"))) === JSON.stringify(sortKeys(metadata))) return;
  cell.model.setMetadata("nbgrader", metadata);
}

const sortKeys = (record) => Object.entries(record || {}).sort(([a], [b]) => (a < b ? -1 : 1));

// A request to Python whose reply is awaited: one at a time, never for ever.
const REPLY_TIMEOUT_MS = 320000;
function makeAsker(model, texts, lost) {
  let timer = null;
  return {
    send(message) {
      clearTimeout(timer);
      timer = setTimeout(lost, REPLY_TIMEOUT_MS);
      try {
        model.send(message);
      } catch {
        clearTimeout(timer);
        lost();
      }
    },
    heard() {
      clearTimeout(timer);
    },
  };
}
