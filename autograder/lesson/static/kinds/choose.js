function makeChoose(context) {
  const { view, texts, saved, id } = context;
  const numbers = new Intl.NumberFormat(view.lang, { maximumFractionDigits: 2 });
  const optionsOf = (item) => item.options || view.options;
  const chosen = {};
  const lines = {};
  for (const item of view.items) {
    const old = isRecord(saved) ? saved[item.id] : null;
    const known = optionsOf(item).map((option) => option.id);
    chosen[item.id] = new Set(Array.isArray(old) ? old.filter((option) => known.includes(option)) : []);
  }
  const showCost = (cost) => numbers.format(cost) + (view.cost_unit ? " " + view.cost_unit : "");

  function describeCount(item) {
    const n = chosen[item.id].size;
    if (view.limit !== null) return fill(texts.choose_limit, { n, all: view.limit });
    return n ? fill(texts.choose_count, { n }) : texts.choose_none;
  }
  function describeBudget(item) {
    const costs = optionsOf(item).filter((option) => chosen[item.id].has(option.id)).map((option) => option.cost || 0);
    const spent = Math.round(costs.reduce((sum, cost) => sum + cost, 0) * 1e6) / 1e6;
    const text = fill(texts.choose_spent, { n: numbers.format(spent), all: showCost(view.budget) });
    const over = spent > view.budget;
    return { text: over ? text + " – " + fill(texts.choose_over, { n: showCost(spent - view.budget) }) : text, over };
  }
  function refresh(item) {
    const { count, budget, error } = lines[item.id];
    count.textContent = describeCount(item);
    error.textContent = "";
    if (!budget) return;
    const told = describeBudget(item);
    budget.textContent = told.text;
    budget.dataset.state = told.over ? "over" : "";
  }
  function toggle(item, option, box) {
    if (box.checked && view.limit !== null && chosen[item.id].size >= view.limit) {
      box.checked = false;
      lines[item.id].error.textContent = fill(texts.choose_full, { all: view.limit });
      context.announce(lines[item.id].error.textContent);
      return;
    }
    box.checked ? chosen[item.id].add(option.id) : chosen[item.id].delete(option.id);
    refresh(item);
    context.announce((lines[item.id].budget || lines[item.id].count).textContent);
    context.changed();
  }
  function showOption(item, option) {
    return h("label", { class: "hvs-choose-option" },
      h("input", { type: "checkbox", value: option.id, checked: chosen[item.id].has(option.id), onchange: (event) => toggle(item, option, event.target) }),
      h("span", { class: "hvs-choose-text" }, option.text),
      option.cost !== undefined && h("span", { class: "hvs-choose-cost" }, "(" + showCost(option.cost) + ")"));
  }
  function showItem(item, index) {
    const lineId = `${id}-${item.id}-lines`;
    const count = h("p", { class: "hvs-count" });
    const budget = view.budget === null ? null : h("p", { class: "hvs-choose-budget" });
    const error = h("p", { class: "hvs-error" });
    lines[item.id] = { count, budget, error };
    const short = !item.title && item.text && plainText(item.text).length <= 200;
    const name = view.items.length > 1 || !(item.title || short) ? fill(texts.item, { n: index + 1 }) : null;
    const node = h("fieldset", { class: "hvs-item", "aria-describedby": lineId },
      h("legend", null, name && h("span", { class: "hvs-name" }, name),
        item.title && h("span", { class: "hvs-item-title" }, item.title),
        short && h("div", { class: "hvs-text" }, showBlocks(item.text))),
      showBody(short ? { ...item, text: null } : item, texts),
      h("div", { class: "hvs-choose-options" }, optionsOf(item).map((option) => showOption(item, option))),
      h("div", { class: "hvs-choose-lines", id: lineId }, count, budget), error);
    refresh(item);
    return node;
  }
  return {
    node: h("div", { class: "hvs-items" }, view.items.map(showItem)),
    answer() {
      const given = {};
      for (const item of view.items) {
        const kept = optionsOf(item).map((option) => option.id).filter((option) => chosen[item.id].has(option));
        if (kept.length) given[item.id] = kept;
      }
      return given;
    },
    done: () => view.items.filter((item) => chosen[item.id].size).length,
  };
}

KINDS.choose = makeChoose;
