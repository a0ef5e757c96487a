/* ------------------------------------------------------------------ table */

const TABLE_MAX_ROWS = 200;
const TABLE_LONG_TEXT = 40;

// One table of the question.  Its rows are records {id, cells, first, controls…}; a change touches one cell of the page.
function makeEditableTable(context, item, name, record) {
  const { texts, announce } = context;
  const can = (what) => item.allow.includes(what);
  const starts = new Map(item.rows.map((row) => [row.id, row.cells]));
  const headColumn = item.columns.find((column) => column.fixed);
  const longest = Object.fromEntries(item.columns.map((column) => [column.id, Math.max(4, column.title.length, ...item.rows.map((row) => (row.cells[column.id] || "").length), ...column.options.map((one) => one.text.length))]));
  const done = [];
  let rows = [];
  let current = null;
  // which stay in a cell this is, and what stood there when it began
  let visit = 0;
  let arrival = "";

  const body = h("tbody", { role: "rowgroup" });
  const state = h("p", { class: "hvs-count" });
  const undoButton = h("button", { type: "button", class: "hvs-button hvs-quiet", onclick: undo }, texts.table_undo);
  const resetButton = h("button", { type: "button", class: "hvs-button hvs-quiet", onclick: reset }, texts.table_reset);
  const addButton = can("add") && h("button", { type: "button", class: "hvs-button", onclick: addRow }, texts.table_add);

  const valueOf = (row, column) => (column in row.cells ? row.cells[column] : row.id === null ? "" : starts.get(row.id)[column]);
  const isChanged = (row, column) => row.id !== null && valueOf(row, column) !== starts.get(row.id)[column];
  const isOpen = (row, column) => !column.fixed || row.id === null;
  const isGone = () => rows.filter((row) => row.id !== null).length < starts.size;
  const changes = () => rows.reduce((sum, row) => sum + item.columns.filter((column) => isChanged(row, column.id)).length, 0);
  const isTouched = () => isGone() || rows.some((row) => row.id === null || item.columns.some((column) => isChanged(row, column.id)));
  function nameRow(row) {
    const number = rows.indexOf(row) + 1;
    const text = headColumn ? valueOf(row, headColumn.id).trim() : "";
    return text ? `${number} (${text})` : String(number);
  }

  /* -- cells -- */
  function showCell(row, column) {
    const value = valueOf(row, column.id);
    const label = h("span", { class: "hvs-table-label", "aria-hidden": "true" }, column.title);
    if (!isOpen(row, column)) {
      const isHead = column === headColumn;
      return h(isHead ? "th" : "td", { role: isHead ? "rowheader" : "gridcell", scope: isHead ? "row" : null, class: column.type === "number" ? "hvs-number" : null }, label, h("span", { class: "hvs-table-text" }, value));
    }
    const shared = { tabindex: "-1", "aria-label": fill(texts.table_cell, { column: column.title, row: nameRow(row) }), onfocus: () => enter(row, column.id) };
    let control;
    if (column.type === "choice") {
      const known = column.options.some((one) => one.id === value);
      control = h("select", { class: "hvs-table-input", ...shared, onchange: (event) => write(row, column, event.target.value, {}) },
        !known && h("option", { value }, value || texts.table_blank), column.options.map((one) => h("option", { value: one.id }, one.text)));
      control.value = value;
    } else {
      const isLong = column.type === "text" && longest[column.id] > TABLE_LONG_TEXT;
      control = h(isLong ? "textarea" : "input", {
        class: "hvs-table-input" + (column.type === "number" ? " hvs-number" : ""), type: isLong ? null : "text", rows: isLong ? "2" : null,
        inputmode: column.type === "number" ? "decimal" : null, autocomplete: "off", spellcheck: "false", maxlength: "200",
        size: isLong ? null : String(Math.min(32, longest[column.id] + 2)), value, ...shared,
        oninput: (event) => write(row, column, event.target.value, { typing: true }),
        onchange: (event) => { write(row, column, event.target.value, {}); },
      });
    }
    row.controls.set(column.id, control);
    const cell = h("td", { role: "gridcell" }, label, control);
    markChanged(row, column, cell);
    return cell;
  }
  function markChanged(row, column, cell) {
    const changed = isChanged(row, column.id);
    cell.classList.toggle("hvs-table-changed", changed);
    if (changed) cell.title = fill(texts.table_before, { value: starts.get(row.id)[column.id] || texts.table_blank });
    else cell.removeAttribute("title");
  }
  function showRow(row) {
    row.controls = new Map();
    const remove = can("remove") && h("button", {
      type: "button", class: "hvs-icon", tabindex: "-1", title: texts.table_remove, "aria-label": fill(texts.table_remove_named, { row: nameRow(row) }),
      onclick: () => removeRow(row), onfocus: () => enter(row, "remove"),
    }, h("span", { "aria-hidden": "true" }, "✕"));
    row.node = h("tr", { role: "row", class: row.id === null ? "hvs-table-new" : null },
      item.columns.map((column) => showCell(row, column)),
      remove && h("td", { role: "gridcell", class: "hvs-table-action" }, h("span", { class: "hvs-table-label", "aria-hidden": "true" }, texts.table_remove), remove));
    if (remove) row.controls.set("remove", remove);
    return row.node;
  }
  // Rows below a removed or returned one get other numbers: only their labels change.
  function renumber() {
    for (const row of rows) {
      for (const column of item.columns) {
        const control = row.controls.get(column.id);
        if (control) control.setAttribute("aria-label", fill(texts.table_cell, { column: column.title, row: nameRow(row) }));
      }
      const remove = row.controls.get("remove");
      if (remove) remove.setAttribute("aria-label", fill(texts.table_remove_named, { row: nameRow(row) }));
    }
  }

  /* -- changes -- */
  function write(row, column, value, how) {
    const before = valueOf(row, column.id);
    if (before !== value) {
      const last = done[done.length - 1];
      const goesOn = last && last.row === row && last.column === column && last.visit === visit;
      if (!goesOn) done.push({ row, column, value: before, visit });
      row.cells[column.id] = value;
    } else if (how.typing) return;
    clearProblem(row.controls.get(column.id));
    markChanged(row, column, row.controls.get(column.id).parentNode);
    refresh();
    if (before !== value || !how.typing) record(how.typing ? { typing: true } : undefined);
  }
  function removeRow(row) {
    const place = rows.indexOf(row);
    const spoken = fill(texts.table_removed, { row: nameRow(row) });
    rows.splice(place, 1);
    row.node.remove();
    done.push({ removed: row, place });
    follow(rows[Math.min(place, rows.length - 1)], "remove", spoken);
  }
  function addRow() {
    if (rows.length >= TABLE_MAX_ROWS) return;
    const row = { id: null, cells: {} };
    rows.push(row);
    body.append(showRow(row));
    done.push({ added: row });
    follow(row, item.columns[0].id, texts.table_added);
  }
  function reset() {
    if (!isTouched()) return;
    done.push({ all: rows });
    rows = item.rows.map((row) => ({ id: row.id, cells: {} }));
    draw();
    settle(texts.table_was_reset);
    undoButton.focus();
  }
  function undo() {
    const last = done.pop();
    if (!last) return;
    if (last.all) {
      rows = last.all;
      draw();
    } else if (last.removed) {
      rows.splice(last.place, 0, last.removed);
      body.insertBefore(last.removed.node, body.children[last.place] || null);
    } else if (last.added) {
      rows.splice(rows.indexOf(last.added), 1);
      last.added.node.remove();
    } else {
      last.row.cells[last.column.id] = last.value;
      const control = last.row.controls.get(last.column.id);
      control.value = last.value;
      markChanged(last.row, last.column, control.parentNode);
    }
    settle(texts.table_undone);
  }
  function follow(row, column, spoken) {
    settle(spoken);
    const control = row && (row.controls.get(column) || [...row.controls.values()][0]);
    (control || undoButton).focus();
  }
  function settle(spoken) {
    renumber();
    refresh();
    keepOneStop();
    record();
    announce(spoken);
  }
  function refresh() {
    const count = changes();
    state.textContent = isTouched() ? fill(texts.table_changed, { n: count }) : texts.table_untouched;
    undoButton.setAttribute("aria-disabled", String(done.length === 0));
    resetButton.setAttribute("aria-disabled", String(!isTouched()));
    if (addButton) addButton.setAttribute("aria-disabled", String(rows.length >= TABLE_MAX_ROWS));
  }
  function draw() {
    body.replaceChildren(...rows.map(showRow));
    keepOneStop();
  }

  /* -- keyboard: one stop for Tab, arrows inside -- */
  function enter(row, column) {
    visit += 1;
    if (current) current.tabIndex = -1;
    current = row.controls.get(column);
    current.tabIndex = 0;
    arrival = column === "remove" ? "" : valueOf(row, column);
  }
  function keepOneStop() {
    if (current && body.contains(current)) return;
    current = null;
    for (const row of rows) {
      const [control] = row.controls.values();
      if (control) {
        control.tabIndex = 0;
        current = control;
        return;
      }
    }
  }
  function move(target, down, right) {
    const order = [...item.columns.map((column) => column.id), "remove"];
    let place = rows.findIndex((row) => [...row.controls.values()].includes(target));
    let column = order.findIndex((one) => rows[place].controls.get(one) === target);
    do {
      place += down;
      column += right;
      if (!(place in rows) || !(column in order)) return false;
    } while (!rows[place].controls.has(order[column]));
    const control = rows[place].controls.get(order[column]);
    control.focus();
    if (control.select) control.select();
    return true;
  }
  function hearKey(event) {
    const target = event.target;
    if (event.isComposing || event.altKey || !target.closest("td")) return;
    const isText = typeof target.selectionStart === "number";
    const isWhole = isText && target.selectionStart === 0 && target.selectionEnd === target.value.length;
    const isSelect = target.tagName === "SELECT";
    const atStart = !isText || isWhole || (target.selectionStart === 0 && target.selectionEnd === 0);
    const atEnd = !isText || isWhole || target.selectionStart === target.value.length;
    const isFree = event.ctrlKey || (!isSelect && (target.tagName !== "TEXTAREA" || isWhole));
    const act = (did) => did !== false && event.preventDefault();
    if (event.key === "ArrowUp" && !event.shiftKey && isFree) act(move(target, -1, 0));
    else if (event.key === "ArrowDown" && !event.shiftKey && isFree) act(move(target, 1, 0));
    else if (event.key === "ArrowLeft" && !event.shiftKey && !event.ctrlKey && atStart) { move(target, 0, -1); event.preventDefault(); }
    else if (event.key === "ArrowRight" && !event.shiftKey && !event.ctrlKey && atEnd) { move(target, 0, 1); event.preventDefault(); }
    else if (event.key === "Enter" && target.tagName !== "BUTTON") { move(target, event.shiftKey ? -1 : 1, 0); event.preventDefault(); }
    else if (event.key === "F2" && isText) { target.setSelectionRange(target.value.length, target.value.length); event.preventDefault(); }
    else if (event.key === "Escape" && target.tagName !== "BUTTON" && target.value !== arrival) {
      const row = rows.find((one) => [...one.controls.values()].includes(target));
      const column = item.columns.find((one) => row.controls.get(one.id) === target);
      target.value = arrival;
      write(row, column, arrival, {});
      if (target.select) target.select();
      event.preventDefault();
      event.stopPropagation();
    }
  }

  /* -- saved answer -- */
  function read(saved) {
    const isTable = Array.isArray(saved) && saved.every(isRecord);
    if (!isTable) return item.rows.map((row) => ({ id: row.id, cells: {} }));
    const seen = new Set();
    const kept = [];
    for (const one of saved) {
      const isKnown = starts.has(one.id) && !seen.has(one.id);
      if (!isKnown && !(one.id === undefined && can("add"))) continue;
      if (isKnown) seen.add(one.id);
      const cells = {};
      for (const column of item.columns) {
        const value = one[column.id];
        if ((typeof value === "string" || typeof value === "number") && (!isKnown || !column.fixed)) cells[column.id] = String(value);
      }
      kept.push({ id: isKnown ? one.id : null, cells });
    }
    return kept;
  }
  // What cannot be read is told in its cell.
  function tell(unread) {
    const says = { number: texts.table_number_unread, date: texts.table_date_unread, time: texts.table_time_unread };
    const wrong = new Map();
    for (const [place, id] of unread) {
      const column = item.columns.find((one) => one.id === id);
      const control = rows[place] && rows[place].controls.get(id);
      if (control && column) wrong.set(control, says[column.type]);
    }
    for (const control of body.querySelectorAll("[aria-invalid]")) if (!wrong.has(control)) clearProblem(control);
    for (const [control, text] of wrong) {
      if (control.hasAttribute("aria-invalid")) continue;
      const problem = h("p", { id: makeId(), class: "hvs-error" }, text);
      control.setAttribute("aria-invalid", "true");
      control.setAttribute("aria-describedby", problem.id);
      control.after(problem);
    }
  }
  function clearProblem(control) {
    if (!control.hasAttribute("aria-invalid")) return;
    control.removeAttribute("aria-invalid");
    control.removeAttribute("aria-describedby");
    control.nextElementSibling.remove();
  }

  rows = read(name.saved);
  const head = h("thead", { role: "rowgroup" }, h("tr", { role: "row" },
    item.columns.map((column) => h("th", { role: "columnheader", scope: "col", class: column.type === "number" ? "hvs-number" : null }, column.title)),
    can("remove") && h("th", { role: "columnheader", scope: "col" }, texts.table_remove)));
  const grid = h("table", { role: "grid", class: "hvs-table hvs-table-edit", "aria-label": name.label, onkeydown: hearKey }, head, body);
  draw();
  refresh();
  const node = h("div", { class: "hvs-table-box" },
    h("div", { class: "hvs-scroll hvs-table-scroll" }, grid),
    h("div", { class: "hvs-actions" }, addButton, undoButton, resetButton), state);
  return {
    node,
    tell,
    isTouched,
    answer: () => rows.map((row) => ({ ...(row.id === null ? {} : { id: row.id }), ...Object.fromEntries(item.columns.map((column) => [column.id, valueOf(row, column.id)])) })),
  };
}

function makeTable(context) {
  const { view, texts, saved, id } = context;
  const tables = new Map();
  function showItem(item, index) {
    const title = item.title || (view.items.length > 1 ? fill(texts.item, { n: index + 1 }) : texts.table_name);
    const name = { id: `${id}-${item.id}`, label: title, saved: isRecord(saved) ? saved[item.id] : null };
    const table = makeEditableTable(context, item, name, context.changed);
    tables.set(item.id, table);
    return h("div", { class: "hvs-item", role: "group", "aria-label": title },
      h("p", { class: "hvs-legend" }, view.items.length > 1 && h("span", { class: "hvs-name" }, fill(texts.item, { n: index + 1 })), item.title && h("span", { class: "hvs-item-title" }, item.title)),
      showBody(item, texts), table.node);
  }
  function update(message) {
    if (!message.told || !isRecord(message.told.unread)) return;
    for (const [one, table] of tables) table.tell(message.told.unread[one] || []);
  }
  const node = h("div", { class: "hvs-items" }, h("p", { class: "hvs-count hvs-table-help" }, texts.table_help), view.items.map(showItem));
  update(view);
  return {
    node,
    update,
    answer() {
      const given = {};
      for (const [one, table] of tables) if (table.isTouched()) given[one] = table.answer();
      return given;
    },
    done: () => [...tables.values()].filter((table) => table.isTouched()).length,
  };
}

KINDS.table = makeTable;
