/* ------------------------------------------------------------------ sheet */

const SHEET_SHOWN_RESULTS = 6;

// One spreadsheet: a bar that shows a cell's formula, the grid of results, and a field for every slot.
function makeOneSheet(context, item, name) {
  const { texts, announce } = context;
  const owners = new Map(item.slots.flatMap((slot) => slot.cells.map((cell) => [cell, slot.cell])));
  const cells = new Map();
  const formulas = new Map();
  const fields = new Map();
  const barId = `${name.id}-bar`;
  const barCell = h("strong", { class: "hvs-sheet-address" });
  const barText = h("code", { class: "hvs-sheet-formula" });
  let current = null;

  /* -- grid -- */
  function showCell(cell, column, row) {
    const address = item.columns[column] + String(row + 1);
    const isHead = row < item.head && cell.type === "text";
    const owner = owners.get(address);
    const node = h("td", {
      role: "gridcell", tabindex: "-1", "aria-describedby": barId, "data-cell": address,
      class: ["hvs-sheet-cell", isHead && "hvs-sheet-head", owner && "hvs-sheet-slot"].filter(Boolean).join(" "),
      onfocus: () => enter(address), onclick: () => node.focus(), ondblclick: () => owner && fields.get(owner).input.focus(),
    });
    cells.set(address, node);
    put(address, cell);
    return node;
  }
  function put(address, cell) {
    const node = cells.get(address);
    node.textContent = cell.text;
    node.classList.toggle("hvs-number", cell.type === "number");
    node.classList.toggle("hvs-sheet-error", cell.type === "error");
  }
  function enter(address) {
    if (current) cells.get(current).tabIndex = -1;
    current = address;
    cells.get(address).tabIndex = 0;
    showBar();
  }
  function showBar() {
    barCell.textContent = current;
    barText.textContent = formulas.get(current) || cells.get(current).textContent || texts.sheet_empty;
  }
  function hearKey(event) {
    if (!current || event.altKey || event.ctrlKey || event.metaKey) return;
    const node = cells.get(current);
    const line = node.parentNode;
    const column = [...line.children].indexOf(node);
    const moves = {
      ArrowLeft: () => node.previousElementSibling, ArrowRight: () => node.nextElementSibling,
      ArrowUp: () => line.previousElementSibling && line.previousElementSibling.children[column],
      ArrowDown: () => line.nextElementSibling && line.nextElementSibling.children[column],
      Home: () => line.children[1], End: () => line.lastElementChild,
    };
    if (event.key in moves) {
      const target = moves[event.key]();
      if (target && target.dataset.cell) target.focus();
      event.preventDefault();
    } else if ((event.key === "Enter" || event.key === "F2") && owners.has(current)) {
      fields.get(owners.get(current)).input.focus();
      event.preventDefault();
    }
  }
  function showGrid() {
    const head = h("thead", { role: "rowgroup" }, h("tr", { role: "row" }, h("td", { role: "presentation", class: "hvs-sheet-corner" }),
      item.columns.map((letter) => h("th", { role: "columnheader", scope: "col" }, letter))));
    const body = h("tbody", { role: "rowgroup", onkeydown: hearKey }, item.cells.map((line, row) =>
      h("tr", { role: "row" }, h("th", { role: "rowheader", scope: "row" }, row + 1), line.map((cell, column) => showCell(cell, column, row)))));
    return h("table", { role: "grid", class: "hvs-table hvs-sheet-grid", "aria-label": name.label, "aria-readonly": "true" }, head, body);
  }

  /* -- slots -- */
  function mark(slot, isActive) {
    for (const cell of slot.cells) cells.get(cell).classList.toggle("hvs-sheet-active", isActive);
    if (!isActive) return;
    enter(slot.cell);
    // Only sideways: the page itself stays where the field is.
    const node = cells.get(slot.cell);
    const start = node.parentNode.firstElementChild.offsetWidth;
    const isSeen = node.offsetLeft >= scroll.scrollLeft + start && node.offsetLeft + node.offsetWidth <= scroll.scrollLeft + scroll.clientWidth;
    if (!isSeen) scroll.scrollLeft = node.offsetLeft - start;
  }
  function showSlot(slot) {
    const field = { slot, isReady: true, isAwaited: false, problem: "" };
    const own = `${name.id}-${slot.cell}`;
    field.result = h("p", { id: `${own}-result`, class: "hvs-sheet-result" });
    field.error = h("p", { id: `${own}-error`, class: "hvs-error" });
    field.input = h("input", {
      id: own, class: "hvs-input hvs-sheet-input", type: "text", maxlength: "300", autocomplete: "off", autocapitalize: "off", spellcheck: "false",
      value: name.saved[slot.cell] || "", "aria-describedby": `${own}-result ${own}-error`,
      onfocus: () => mark(slot, true), onblur: () => mark(slot, false),
      oninput: () => { field.isReady = false; showProblem(field); context.changed({ typing: true }); },
      onchange: () => { field.isReady = true; field.isAwaited = true; context.changed(); },
    });
    fields.set(slot.cell, field);
    return h("li", { class: "hvs-sheet-field" },
      h("label", { for: own, class: "hvs-label" }, h("strong", null, fill(texts.sheet_slot, { cell: slot.cell })), " – ", slot.label,
        slot.fill && h("span", { class: "hvs-sheet-fill" }, " (" + fill(texts.sheet_fill, { range: slot.fill }) + ")")),
      field.input, field.result, field.error);
  }
  // A formula that is still being typed is not called wrong.
  function showProblem(field) {
    const text = field.isReady ? field.problem : "";
    field.result.hidden = Boolean(text);
    field.error.textContent = text;
    field.input.setAttribute("aria-invalid", String(Boolean(text)));
  }
  function tell(told) {
    for (const address of [...formulas.keys(), ...owners.keys()]) if (!(address in told.cells)) put(address, { text: "", type: "" });
    formulas.clear();
    for (const [address, cell] of Object.entries(told.cells)) {
      if (!cells.has(address)) continue;
      formulas.set(address, cell.formula);
      put(address, cell);
    }
    for (const field of fields.values()) {
      const shown = field.slot.cells.slice(0, SHEET_SHOWN_RESULTS).map((cell) => (told.cells[cell] ? told.cells[cell].text || texts.sheet_empty : ""));
      const more = field.slot.cells.length > SHEET_SHOWN_RESULTS ? " · …" : "";
      field.result.textContent = told.cells[field.slot.cell] ? fill(texts.sheet_result, { value: shown.join(" · ") + more }) : texts.sheet_open;
      field.problem = told.problems[field.slot.cell] || "";
      showProblem(field);
      if (field.isAwaited) announce(`${fill(texts.sheet_slot, { cell: field.slot.cell })}. ${field.problem || field.result.textContent}`);
      field.isAwaited = false;
    }
    showBar();
  }

  const scroll = h("div", { class: "hvs-scroll" }, showGrid());
  const list = h("ul", { class: "hvs-sheet-fields" }, item.slots.map(showSlot));
  enter(item.slots[0].cell);
  const node = h("div", { class: "hvs-sheet-box" },
    h("p", { id: barId, class: "hvs-sheet-bar" }, barCell, " ", h("span", { class: "hvs-spoken-label" }, texts.sheet_bar + ": "), barText),
    scroll, list);
  return {
    node,
    tell,
    answer: () => Object.fromEntries([...fields].map(([cell, field]) => [cell, field.input.value.trim()]).filter(([, text]) => text)),
    isDone: () => [...fields.values()].every((field) => field.input.value.trim()),
  };
}

function makeSheet(context) {
  const { view, texts, saved, id } = context;
  const sheets = new Map();
  function showItem(item, index) {
    const label = item.title || (view.items.length > 1 ? fill(texts.item, { n: index + 1 }) : texts.sheet_grid);
    const old = isRecord(saved) && isRecord(saved[item.id]) ? saved[item.id] : {};
    const typed = Object.fromEntries(Object.entries(old).filter(([, text]) => typeof text === "string"));
    const sheet = makeOneSheet(context, item, { id: `${id}-${item.id}`, label, saved: typed });
    sheets.set(item.id, sheet);
    return h("div", { class: "hvs-item", role: "group", "aria-label": label },
      h("p", { class: "hvs-legend" }, view.items.length > 1 && h("span", { class: "hvs-name" }, fill(texts.item, { n: index + 1 })), item.title && h("span", { class: "hvs-item-title" }, item.title)),
      showBody(item, texts), sheet.node);
  }
  function update(message) {
    if (!message.told || !isRecord(message.told.sheets)) return;
    for (const [one, sheet] of sheets) if (message.told.sheets[one]) sheet.tell(message.told.sheets[one]);
  }
  const node = h("div", { class: "hvs-items" }, h("p", { class: "hvs-count" }, texts.sheet_help, " ", texts.sheet_notation), view.items.map(showItem),
    h("details", { class: "hvs-sheet-functions" }, h("summary", null, texts.sheet_functions), h("p", null, view.functions.join(", "))));
  update(view);
  return {
    node,
    update,
    answer() {
      const given = {};
      for (const [one, sheet] of sheets) {
        const written = sheet.answer();
        if (Object.keys(written).length) given[one] = written;
      }
      return given;
    },
    done: () => [...sheets.values()].filter((sheet) => sheet.isDone()).length,
  };
}

KINDS.sheet = makeSheet;
