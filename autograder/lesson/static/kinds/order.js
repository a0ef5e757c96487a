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
  function move(one, to, focus) {
    const from = order.indexOf(one);
    const target = Math.max(0, Math.min(order.length - 1, to));
    if (from === target) return;
    order.splice(from, 1);
    order.splice(target, 0, one);
    record();
    // Moving a row in the page takes the focus away from it: give it back, on a button that still works.
    const row = rows.get(one);
    const control = row[focus];
    (control.getAttribute("aria-disabled") === "true" ? row[focus === "up" ? "down" : "up"] : control).focus();
    announce(fill(texts.moved, { item: names[one], n: target + 1, all: order.length }));
  }
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
      row.select.value = String(index + 1);
      row.up.setAttribute("aria-disabled", String(index === 0));
      row.down.setAttribute("aria-disabled", String(index === order.length - 1));
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

KINDS.order = makeOrder;
