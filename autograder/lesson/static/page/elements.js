// One question, or the panel that hands in.  Plain ES module for anywidget; no build, no library.
// Every text comes from Python.  Nothing is ever set as HTML: elements are built one by one.

const SAVE_TIMEOUT_MS = 8000;
const RETRY_MS = 5000;
const TYPING_PAUSE_MS = 500;
const CHECK_TIMEOUT_MS = 30000;
const SUBMIT_TIMEOUT_MS = 90000;

/* ---------------------------------------------------------------- elements */

function h(tag, props, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props || {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name === "checked" || name === "value" || name === "selected") node[name] = value;
    else node.setAttribute(name, value === true ? "" : value);
  }
  for (const child of children.flat(3)) {
    if (child === null || child === undefined || child === false || child === "") continue;
    node.append(child.nodeType ? child : document.createTextNode(String(child)));
  }
  return node;
}

const fill = (text, values) => text.replace(/\{(\w+)\}/g, (all, name) => (name in values ? values[name] : all));
const makeId = () => "hvs-" + Math.random().toString(36).slice(2, 9);
const isRecord = (value) => value !== null && typeof value === "object" && !Array.isArray(value);

function showRuns(runs) {
  return runs.map((run) => (run.tag ? h(run.tag, null, run.text) : run.text));
}

function showBlocks(blocks) {
  return (blocks || []).map((block) =>
    block.tag === "p" ? h("p", null, showRuns(block.runs)) : h(block.tag, null, block.items.map((runs) => h("li", null, showRuns(runs)))),
  );
}

function plainText(blocks) {
  const runs = (blocks || []).flatMap((block) => (block.tag === "p" ? block.runs : block.items.flat()));
  return runs.map((run) => (run.tag === "br" ? " " : run.text)).join("");
}

function shortName(item, number, texts) {
  const text = item.title || plainText(item.text) || fill(texts.item, { n: number });
  return text.length > 60 ? text.slice(0, 59).trimEnd() + "…" : text;
}

function showPart(part, texts) {
  return [
    part.label && h("span", { class: "hvs-part-label" }, part.label),
    h("span", { class: "hvs-part-text" }, part.text),
    // The address is text, never a link: looking at it is the exercise.
    part.link && h("span", { class: "hvs-link" }, h("span", { class: "hvs-link-label" }, texts.link + ": "), h("code", null, part.link)),
  ];
}

function showImage(image, texts) {
  if (!image.src) return h("p", { class: "hvs-missing" }, fill(texts.picture_missing, { alt: image.alt }));
  return h("img", { class: "hvs-image", src: image.src, alt: image.alt });
}

function showTable(table) {
  const cell = (tag, text, index, more) => h(tag, { class: table.numeric[index] ? "hvs-number" : null, ...more }, text);
  const caption = table.caption && h("caption", null, table.caption);
  const head = h("thead", null, h("tr", null, table.columns.map((text, i) => cell("th", text, i, { scope: "col" }))));
  const body = h("tbody", null, table.rows.map((row) => h("tr", null, row.map((text, i) => cell("td", text, i)))));
  // Focusable, so that a wide table can be scrolled with the keyboard.
  return h("div", { class: "hvs-scroll", tabindex: "0", role: "group", "aria-label": table.caption || table.columns.join(", ") }, h("table", { class: "hvs-table" }, caption, head, body));
}

// Everything of an item except its title and, where they are marked, its parts.
function showBody(item, texts, { parts = true } = {}) {
  return [
    item.text && h("div", { class: "hvs-text" }, showBlocks(item.text)),
    item.image && showImage(item.image, texts),
    item.table && showTable(item.table),
    parts && item.parts && h("div", { class: "hvs-parts" }, item.parts.map((part) => h("div", { class: "hvs-part" }, showPart(part, texts)))),
  ];
}

function showMark(part, chosen, texts, changed) {
  return h("label", { class: "hvs-part hvs-mark" },
    h("input", {
      type: "checkbox", value: part.id, checked: chosen.has(part.id),
      onchange: (event) => { event.target.checked ? chosen.add(part.id) : chosen.delete(part.id); changed(); },
    }),
    h("span", { class: "hvs-part-body" }, showPart(part, texts)));
}

// Each kind's file adds its maker: context → {node, answer(), update?(message), done?()}: what is shown, what is saved,
// what follows a reply, how many items are answered.
const KINDS = {};
