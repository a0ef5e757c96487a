// Puts an item of an order at another place, and keeps the focus with it: moving a row in the page takes the focus away, so
// it is given back, on a button that still works.
function moveInOrder(order, one, to, focus, { rows, names, texts, announce, record }) {
  const from = order.indexOf(one);
  const target = Math.max(0, Math.min(order.length - 1, to));
  if (from === target) return;
  order.splice(from, 1);
  order.splice(target, 0, one);
  record();
  const row = rows.get(one);
  const control = row[focus];
  (control.getAttribute("aria-disabled") === "true" ? row[focus === "up" ? "down" : "up"] : control).focus();
  announce(fill(texts.moved, { item: names[one], n: target + 1, all: order.length }));
}

// Shows at a row of an order where it stands.
function showPlace(row, index, all) {
  row.select.value = String(index + 1);
  row.up.setAttribute("aria-disabled", String(index === 0));
  row.down.setAttribute("aria-disabled", String(index === all - 1));
}

function makeOrder(context) {
  const { view, texts, saved, announce } = context;
  const byId = new Map(view.items.map((item) => [item.id, item]));
  const usable = Array.isArray(saved) && saved.length === byId.size && new Set(saved).size === byId.size && saved.every((one) => byId.has(one));
  let order = usable ? [...saved] : view.items.map((item) => item.id);
  let touched = usable;
  const names = Object.fromEntries(view.items.map((item, index) => [item.id, shortName(item, index + 1, texts)]));
  const rows = new Map();
  const list = h("ol", { class: "hvs-order" });
  const state = h("p", { class: "hvs-count" });
  const keep = h("button", { type: "button", class: "hvs-button", onclick: () => { record(); state.focus(); } }, texts.keep_order);
  state.tabIndex = -1;

  function record() {
    touched = true;
    refresh();
    context.changed();
  }
  const move = (one, to, focus) => moveInOrder(order, one, to, focus, { rows, names, texts, announce, record });
  function showRow(item) {
    const name = names[item.id];
    const select = h("select", { class: "hvs-position", "aria-label": fill(texts.position, { item: name }), onchange: (event) => move(item.id, Number(event.target.value) - 1, "select") },
      view.items.map((_item, index) => h("option", { value: String(index + 1) }, index + 1)));
    const step = (by, sign, text) => h("button", {
      type: "button", class: "hvs-icon", "aria-label": fill(text, { item: name }), title: fill(text, { item: name }),
      onclick: () => move(item.id, order.indexOf(item.id) + by, by < 0 ? "up" : "down"),
    }, h("span", { "aria-hidden": "true" }, sign));
    const up = step(-1, "↑", texts.move_up);
    const down = step(1, "↓", texts.move_down);
    const node = h("li", { class: "hvs-item hvs-row" }, h("div", { class: "hvs-controls" }, select, up, down),
      h("div", { class: "hvs-row-body" }, item.title && h("strong", null, item.title), showBody(item, texts)));
    rows.set(item.id, { node, select, up, down });
  }
  function refresh() {
    order.forEach((one, index) => {
      const row = rows.get(one);
      if (list.children[index] !== row.node) list.insertBefore(row.node, list.children[index] || null);
      showPlace(row, index, order.length);
    });
    state.textContent = touched ? texts.order_kept : texts.order_open;
    keep.hidden = touched;
  }
  view.items.forEach(showRow);
  refresh();
  const ends = view.ends || [];
  return {
    node: h("div", { class: "hvs-items" }, ends[0] && h("p", { class: "hvs-end" }, "↑ " + ends[0]), list, ends[1] && h("p", { class: "hvs-end" }, "↓ " + ends[1]),
      h("div", { class: "hvs-keep" }, state, keep)),
    answer: () => (touched ? [...order] : null),
    done: () => (touched ? order.length : 0),
  };
}

// Two lists: what is not chosen, as shown; what is chosen, in the learner's order.
function makeOrderPick(context) {
  const { view, texts, saved, announce } = context;
  const known = new Map(view.items.map((item) => [item.id, item]));
  const kept = Array.isArray(saved) ? saved.filter((one) => known.has(one)) : [];
  let order = new Set(kept).size === kept.length ? kept : [];
  const names = Object.fromEntries(view.items.map((item, index) => [item.id, shortName(item, index + 1, texts)]));
  const rows = new Map();
  const open = { list: h("ul", { class: "hvs-order" }), empty: h("p", { class: "hvs-count" }, texts.pick_all), title: makeId() };
  const chosen = { list: h("ol", { class: "hvs-order" }), empty: h("p", { class: "hvs-count" }, texts.pick_none), title: makeId() };

  function record() {
    refresh();
    context.changed();
  }
  // The next thing to act on gets the focus: the same button of a neighbour, else the item's own new button.
  function leave(list, one, control) {
    const ids = [...list.children].map((row) => row.dataset.id);
    const near = ids[ids.indexOf(one) + 1] || ids[ids.indexOf(one) - 1];
    record();
    (near ? rows.get(near)[control] : rows.get(one)[control === "add" ? "remove" : "add"]).focus();
  }
  function add(one) {
    order = [...order, one];
    leave(open.list, one, "add");
    announce(fill(texts.pick_added, { item: names[one], n: order.length, all: order.length }));
  }
  function remove(one) {
    order = order.filter((other) => other !== one);
    leave(chosen.list, one, "remove");
    announce(fill(texts.pick_removed, { item: names[one], all: order.length }));
  }
  const move = (one, to, focus) => moveInOrder(order, one, to, focus, { rows, names, texts, announce, record });
  function showRow(item) {
    const one = item.id;
    const itemName = { item: names[one] };
    const button = (className, label, sign, act) => h("button", { type: "button", class: className, "aria-label": fill(label, itemName), title: fill(label, itemName), onclick: act }, sign);
    const arrow = (sign) => h("span", { "aria-hidden": "true" }, sign);
    const row = {
      add: button("hvs-button", texts.pick_add_item, texts.pick_add, () => add(one)),
      remove: button("hvs-button hvs-quiet", texts.pick_remove_item, texts.pick_remove, () => remove(one)),
      select: h("select", { class: "hvs-position", "aria-label": fill(texts.position, itemName), onchange: (event) => move(one, Number(event.target.value) - 1, "select") }),
      up: button("hvs-icon", texts.move_up, arrow("↑"), () => move(one, order.indexOf(one) - 1, "up")),
      down: button("hvs-icon", texts.move_down, arrow("↓"), () => move(one, order.indexOf(one) + 1, "down")),
    };
    row.controls = h("div", { class: "hvs-controls" });
    row.node = h("li", { class: "hvs-item hvs-row", "data-id": one }, row.controls,
      h("div", { class: "hvs-row-body" }, item.title && h("strong", null, item.title), showBody(item, texts)));
    rows.set(one, row);
  }
  function place(list, ids) {
    ids.forEach((one, index) => {
      if (list.children[index] !== rows.get(one).node) list.insertBefore(rows.get(one).node, list.children[index] || null);
    });
  }
  function setControls(row, ...controls) {
    if (row.controls.firstChild !== controls[0] || row.controls.children.length !== controls.length) row.controls.replaceChildren(...controls);
  }
  function refresh() {
    const rest = view.items.map((item) => item.id).filter((one) => !order.includes(one));
    place(chosen.list, order);
    place(open.list, rest);
    rest.forEach((one) => setControls(rows.get(one), rows.get(one).add));
    order.forEach((one, index) => {
      const row = rows.get(one);
      setControls(row, row.select, row.up, row.down, row.remove);
      while (row.select.length < order.length) row.select.append(h("option", { value: String(row.select.length + 1) }, row.select.length + 1));
      while (row.select.length > order.length) row.select.lastChild.remove();
      showPlace(row, index, order.length);
    });
    open.empty.hidden = rest.length > 0;
    chosen.empty.hidden = order.length > 0;
  }
  view.items.forEach(showRow);
  refresh();
  const ends = view.ends || [];
  const showList = (group, title, ...more) => h("div", { class: "hvs-pick", role: "group", "aria-labelledby": group.title }, h("p", { id: group.title, class: "hvs-pick-title" }, title), group.empty, ...more);
  return {
    node: h("div", { class: "hvs-items" },
      showList(open, texts.pick_open, open.list),
      showList(chosen, texts.pick_chosen, ends[0] && h("p", { class: "hvs-end" }, "↑ " + ends[0]), chosen.list, ends[1] && h("p", { class: "hvs-end" }, "↓ " + ends[1]))),
    answer: () => [...order],
    done: () => (order.length ? view.items.length : 0),
  };
}

KINDS.order = (context) => (context.view.pick ? makeOrderPick(context) : makeOrder(context));
