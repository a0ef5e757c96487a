/* marks: one state per item; lines, spans, regions of a picture, a letter's components or a table's cells show it. */

const MARK_COLORS = { black: "#000", red: "#a3261d", blue: "#0b4a70" };
const MARK_LETTER_AREAS = ["top", "left", "head-left", "head-right", "title", "body", "foot-left", "foot-right", "right", "bottom"];
const MARK_STEPS = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0], PageUp: [-10, 0], PageDown: [10, 0] };

// The marks of one item: part → kind of error, "" where none is chosen or none is asked for.
function makeMarkState(item, saved, kinds, changed) {
  const ids = item.cells || (item.parts || []).map((part) => part.id);
  const place = new Map(ids.map((id, index) => [id, index]));
  const marks = new Map();
  const watchers = [];
  const known = (kind) => (kinds && kinds.some((one) => one.id === kind) ? kind : "");
  const old = Array.isArray(saved) ? saved.map((id) => [id, ""]) : isRecord(saved) ? Object.entries(saved) : [];
  for (const [id, kind] of old) if (place.has(id)) marks.set(id, known(kind));

  function tell(id) {
    for (const watch of watchers) watch(id);
    changed();
  }
  return {
    ids, place, marks, watchers,
    has: (id) => marks.has(id),
    add(id, kind = "") { marks.set(id, kind); tell(id); },
    delete(id) { marks.delete(id); tell(id); },
    toggle(id) { marks.has(id) ? this.delete(id) : this.add(id); },
    untyped: () => (kinds ? [...marks.values()].filter((kind) => !kind).length : 0),
    answer() {
      const kept = [...marks.keys()].sort((a, b) => place.get(a) - place.get(b));
      return kinds ? Object.fromEntries(kept.map((id) => [id, marks.get(id)])) : kept;
    },
  };
}

function showMarkKind(state, id, name, kinds, texts) {
  return h("select", {
    class: "hvs-mark-select", "aria-label": fill(texts.mark_kind_of, { part: name }), value: state.marks.get(id) || "",
    onchange: (event) => state.add(id, event.target.value),
  }, h("option", { value: "" }, texts.mark_kind_open), kinds.map((kind) => h("option", { value: kind.id, selected: state.marks.get(id) === kind.id }, kind.text)));
}

// A check box around anything; the box itself is not seen, the mark is.
function showMarkToggle(state, id, props, ...children) {
  const box = h("input", { type: "checkbox", class: "hvs-only-read", checked: state.has(id), onchange: () => state.toggle(id) });
  state.watchers.push((one) => { if (one === id) box.checked = state.has(id); });
  return h("label", props, box, ...children);
}

function makeMarkLines(item, state, kinds, texts) {
  let number = 0;
  return h("div", { class: "hvs-parts" }, item.parts.map((part) => {
    const row = showMark(part, state, texts, () => {});
    const box = row.querySelector("input");
    if (part.at) row.querySelector(".hvs-part-body").prepend(h("span", { class: "hvs-mark-region-number" }, ++number));
    const line = h("div", { class: "hvs-mark-line" }, row);
    const choose = () => {
      line.querySelector(".hvs-mark-kind")?.remove();
      if (kinds && state.has(part.id)) line.append(h("div", { class: "hvs-mark-kind" }, h("span", { "aria-hidden": "true" }, texts.mark_kind), showMarkKind(state, part.id, part.text, kinds, texts)));
    };
    state.watchers.push((id) => {
      if (id !== part.id) return;
      box.checked = state.has(id);
      // A select that is being used stays where it is.
      if (state.has(id) !== Boolean(line.querySelector(".hvs-mark-kind"))) choose();
    });
    choose();
    return line;
  }));
}

function makeMarkRegions(item, state, texts) {
  if (!item.image?.src) return item.image ? showImage(item.image, texts) : null;
  const regions = item.parts.filter((part) => part.at);
  return h("div", { class: "hvs-mark-regions" }, showImage(item.image, texts), regions.map((part, index) => {
    const name = fill(texts.region, { n: index + 1, text: part.text });
    const button = h("button", { type: "button", class: "hvs-mark-region", "aria-label": name, title: name, onclick: () => state.toggle(part.id) }, h("span", { class: "hvs-mark-region-number" }, index + 1));
    ["left", "top", "width", "height"].forEach((side, n) => { button.style[side] = `${part.at[n]}%`; });
    const show = (id) => id === part.id && button.setAttribute("aria-pressed", String(state.has(id)));
    state.watchers.push(show);
    show(part.id);
    return button;
  }));
}

// Spans follow one another as the sentences do: a space between them, except before what closes and after what opens.
function makeMarkSpans(item, state, texts) {
  const node = h("div", { class: "hvs-mark-spans" });
  let before = "";
  for (const part of item.parts) {
    const [, start, text, end] = /^(\s*)([^]*?)(\s*)$/.exec(part.text);
    if (before && !/[\s([“‘«]$/.test(before) && !/^[\s,.;:?…)\]”’»%]/.test(part.text)) node.append(" ");
    node.append(start);
    node.append(showMarkToggle(state, part.id, { class: "hvs-mark-span" }, part.label && h("strong", null, part.label + " "), h("span", { class: "hvs-mark-span-text" }, text),
      part.link && h("span", { class: "hvs-mark-span-link" }, " (", h("span", { class: "hvs-only-read" }, texts.link + ": "), h("code", null, part.link), ")")), end);
    before = part.text;
  }
  return node;
}

function showLetterPart(part, state, texts, point) {
  const { setting } = part;
  const node = showMarkToggle(state, part.id, { class: `hvs-mark-component hvs-mark-place-${part.place} hvs-mark-font-${setting.font}${setting.rule ? " hvs-mark-ruled" : ""}` },
    // What the component is called stands in the list of marks; on the sheet it would be one more line of the letter.
    part.label && h("span", { class: "hvs-only-read" }, part.label + ": "), h("span", { class: "hvs-mark-component-text" }, part.text),
    part.told && h("span", { class: "hvs-only-read" }, ` (${fill(texts.letter_setting, { setting: part.told })})`));
  const { style } = node;
  style.setProperty("--pt", setting.size_pt);
  style.setProperty("--gap", setting.gap_mm);
  style.setProperty("--indent", setting.indent_mm);
  style.textAlign = setting.align;
  style.fontWeight = setting.bold ? "700" : "400";
  style.fontStyle = setting.italic ? "italic" : "normal";
  style.textDecorationLine = setting.underline ? "underline" : "none";
  style.color = MARK_COLORS[setting.color];
  if (part.told) for (const event of ["focusin", "mouseenter"]) node.addEventListener(event, () => point(part));
  return node;
}

function makeMarkLetter(item, state, texts) {
  const { page } = item;
  const readout = h("p", { class: "hvs-mark-readout", "aria-hidden": "true" }, texts.letter_hint);
  const point = (part) => { readout.textContent = fill(texts.letter_setting, { setting: part.told }); };
  const areas = MARK_LETTER_AREAS.map((area) => [area, item.parts.filter((part) => part.area === area)]).filter(([, parts]) => parts.length);
  const sheet = h("div", { class: "hvs-mark-paper", role: "group", "aria-label": texts.letter_page },
    areas.map(([area, parts]) => h("div", { class: `hvs-mark-area hvs-mark-area-${area}` }, parts.map((part) => showLetterPart(part, state, texts, point)))));
  const sizes = { width: page.width, height: page.height, ...page.margins };
  for (const [name, size] of Object.entries(sizes)) sheet.style.setProperty(`--${name}`, size);
  return h("div", null, h("div", { class: "hvs-mark-letter" }, sheet), h("p", { class: "hvs-count" }, page.told), readout);
}

function makeMarkCells(item, state, kinds, texts) {
  const { columns, rows, numeric, caption } = item.table;
  const buttons = [];
  const hint = makeId();
  let current = Math.max(0, state.ids.findIndex((id) => state.has(id)));

  function showCell(text, row, column) {
    const button = h("button", {
      type: "button", class: "hvs-mark-cell", tabindex: "-1", "data-n": String(buttons.length),
      "aria-label": fill(texts.cell_name, { text: text || texts.cell_empty, column: columns[column], n: row + 1 }),
    }, text);
    buttons.push(button);
    return h("td", { class: numeric[column] ? "hvs-number" : null }, button);
  }
  const grid = h("table", { class: "hvs-table hvs-mark-cells", role: "grid", "aria-label": caption || columns.join(", "), "aria-describedby": hint },
    caption && h("caption", null, caption),
    h("thead", null, h("tr", null, h("th", { scope: "col" }, texts.cell_row), columns.map((text) => h("th", { scope: "col" }, text)))),
    h("tbody", null, rows.map((row, r) => h("tr", null, h("th", { scope: "row" }, r + 1), row.map((text, c) => showCell(text, r, c))))));

  function show(id) {
    const button = buttons[state.place.get(id)];
    const cell = button.parentNode;
    const select = cell.querySelector("select");
    button.setAttribute("aria-pressed", String(state.has(id)));
    if (!state.has(id)) select?.remove();
    else if (select) select.value = state.marks.get(id);
    else if (kinds) {
      cell.append(showMarkKind(state, id, button.getAttribute("aria-label"), kinds, texts));
      reach(state.place.get(id));
    }
  }
  // One stop for the Tab key: the current cell, and behind it the kind of its mark.
  function reach(n) {
    for (const [index, tabindex] of [[current, "-1"], [n, "0"]]) {
      buttons[index].setAttribute("tabindex", tabindex);
      buttons[index].parentNode.querySelector("select")?.setAttribute("tabindex", tabindex);
    }
    current = n;
  }
  function move(event) {
    if (!event.target.matches(".hvs-mark-cell") || event.altKey || event.metaKey) return;
    const row = Math.floor(current / columns.length);
    const column = current % columns.length;
    const step = MARK_STEPS[event.key];
    let to = step && [row + step[0], column + step[1]];
    if (event.key === "Home") to = [event.ctrlKey ? 0 : row, 0];
    if (event.key === "End") to = [event.ctrlKey ? rows.length - 1 : row, columns.length - 1];
    if (!to) return;
    event.preventDefault();
    const inside = (value, count) => Math.max(0, Math.min(count - 1, value));
    buttons[inside(to[0], rows.length) * columns.length + inside(to[1], columns.length)].focus();
  }
  grid.addEventListener("keydown", move);
  grid.addEventListener("focusin", (event) => reach(Number(event.target.closest("td").querySelector(".hvs-mark-cell").dataset.n)));
  grid.addEventListener("click", (event) => {
    const button = event.target.closest(".hvs-mark-cell");
    if (button) state.toggle(state.ids[Number(button.dataset.n)]);
  });
  state.watchers.push(show);
  state.ids.forEach(show);
  reach(current);
  state.focus = (id) => buttons[state.place.get(id)].focus();
  state.nameOf = (id) => {
    const n = state.place.get(id);
    return fill(texts.cell_place, { n: Math.floor(n / columns.length) + 1, column: columns[n % columns.length], text: rows[Math.floor(n / columns.length)][n % columns.length] || texts.cell_empty });
  };
  return [h("p", { id: hint, class: "hvs-count" }, texts.mark_cells),
    h("div", { class: "hvs-scroll hvs-mark-scroll", role: "group", "aria-label": caption || columns.join(", ") }, grid)];
}

// What is marked, one below the other, where the surface itself has no room for it.
function makeMarkList(item, state, kinds, texts, announce) {
  const rows = new Map();
  const title = makeId();
  const list = h("ul", { class: "hvs-mark-rows" });
  const node = h("div", { class: "hvs-mark-list", role: "group", "aria-labelledby": title }, h("p", { id: title, class: "hvs-request" }, texts.mark_list), list);
  const parts = new Map((item.parts || []).map((part) => [part.id, part]));
  const name = (id) => (state.nameOf ? state.nameOf(id) : [parts.get(id).label, parts.get(id).text.trim()].filter(Boolean).join(": "));

  function remove(id) {
    const row = rows.get(id);
    const next = row.nextElementSibling || row.previousElementSibling;
    state.delete(id);
    announce(fill(texts.mark_removed, { part: name(id) }));
    if (next) next.querySelector("button").focus();
    else state.focus?.(id);
  }
  function showRow(id) {
    const text = fill(texts.mark_remove, { part: name(id) });
    return h("li", { class: "hvs-mark-row", "data-n": String(state.place.get(id)) }, h("span", { class: "hvs-mark-name" }, name(id)),
      kinds && showMarkKind(state, id, name(id), kinds, texts),
      h("button", { type: "button", class: "hvs-icon", "aria-label": text, title: text, onclick: () => remove(id) }, h("span", { "aria-hidden": "true" }, "×")));
  }
  function show(id) {
    const row = rows.get(id);
    if (!state.has(id)) {
      row?.remove();
      rows.delete(id);
    } else if (row) {
      if (kinds) row.querySelector("select").value = state.marks.get(id);
    } else {
      rows.set(id, showRow(id));
      list.insertBefore(rows.get(id), [...list.children].find((one) => Number(one.dataset.n) > state.place.get(id)) || null);
    }
    node.hidden = rows.size === 0;
  }
  state.watchers.push(show);
  node.hidden = true;
  [...state.marks.keys()].forEach(show);
  return node;
}

function makeMarks(context) {
  const { view, texts, saved, announce } = context;
  const kinds = view.types || null;
  const states = {};
  const counters = {};

  function count() {
    for (const item of view.items) {
      const state = states[item.id];
      const open = state.untyped();
      const told = state.marks.size ? fill(texts.marked, { n: state.marks.size }) : texts.mark_none;
      counters[item.id].textContent = open ? `${told}; ${fill(texts.mark_untyped, { n: open })}` : told;
    }
  }
  function changed() {
    count();
    context.changed();
  }
  function showSurface(item, state) {
    const list = () => makeMarkList(item, state, kinds, texts, announce);
    if (item.cells) return [showBody({ ...item, table: null }, texts, { parts: false }), makeMarkCells(item, state, kinds, texts), list()];
    if (view.look === "letter") return [showBody(item, texts, { parts: false }), makeMarkLetter(item, state, texts), kinds && list()];
    if (item.flow === "text") return [showBody(item, texts, { parts: false }), makeMarkSpans(item, state, texts), kinds && list()];
    if (item.parts.some((part) => part.at)) return [showBody({ ...item, image: null }, texts, { parts: false }), makeMarkRegions(item, state, texts), makeMarkLines(item, state, kinds, texts)];
    return [showBody(item, texts, { parts: false }), makeMarkLines(item, state, kinds, texts)];
  }
  function showItem(item, index) {
    const state = makeMarkState(item, isRecord(saved) ? saved[item.id] : null, kinds, changed);
    states[item.id] = state;
    counters[item.id] = h("p", { class: "hvs-count" });
    const name = view.items.length > 1 || !item.title ? fill(texts.item, { n: index + 1 }) : null;
    return h("fieldset", { class: "hvs-item" },
      h("legend", null, name && h("span", { class: "hvs-name" }, name), item.title && h("span", { class: "hvs-item-title" }, item.title)),
      showSurface(item, state), counters[item.id]);
  }
  const node = h("div", { class: "hvs-items" }, view.items.map(showItem));
  count();
  return {
    node,
    answer: () => Object.fromEntries(view.items.filter((item) => states[item.id].marks.size).map((item) => [item.id, states[item.id].answer()])),
    done: () => view.items.filter((item) => states[item.id].marks.size).length,
  };
}

KINDS.marks = makeMarks;
