function makeNumber(context) {
  const { view, texts, saved, id } = context;
  const fields = {};
  const typed = {};
  const single = view.items.length === 1;
  for (const item of view.items) {
    const old = isRecord(saved) ? saved[item.id] : null;
    typed[item.id] = typeof old === "string" || typeof old === "number" ? String(old) : "";
  }
  function showItem(item, index) {
    const field = `${id}-${item.id}`;
    const input = h("input", {
      id: field, class: "hvs-input", type: "text", inputmode: "decimal", autocomplete: "off", maxlength: "40", spellcheck: "false",
      value: typed[item.id], "aria-describedby": `${field}-error`,
      oninput: (event) => { typed[item.id] = event.target.value; context.changed({ typing: true }); },
      onchange: (event) => { typed[item.id] = event.target.value; context.changed(); },
    });
    const error = h("p", { id: `${field}-error`, class: "hvs-error" });
    fields[item.id] = { input, error };
    const name = single ? null : h("span", { class: "hvs-name" }, fill(texts.item, { n: index + 1 }));
    const short = item.title || (item.text && plainText(item.text).length <= 200);
    return h("div", { class: "hvs-item" },
      h("label", { for: field, class: "hvs-label" }, name, item.title ? h("span", { class: "hvs-item-title" }, item.title) : short ? h("span", null, showBlocks(item.text).flatMap((node) => [...node.childNodes])) : fill(texts.item, { n: index + 1 })),
      showBody(item.title || !short ? item : { ...item, text: null }, texts),
      h("div", { class: "hvs-field" }, input, view.unit && h("span", { class: "hvs-unit" }, view.unit)), error);
  }
  function update(message) {
    if (!message.told || !Array.isArray(message.told.unread)) return;
    for (const item of view.items) {
      const bad = message.told.unread.includes(item.id);
      const { input, error } = fields[item.id];
      input.setAttribute("aria-invalid", String(bad));
      error.textContent = bad ? texts.number_unread : "";
    }
  }
  const node = h("div", { class: "hvs-items" }, view.items.map(showItem));
  update(view);
  return {
    node,
    update,
    answer() {
      const given = {};
      for (const item of view.items) if (typed[item.id].trim()) given[item.id] = typed[item.id];
      return given;
    },
    done: () => view.items.filter((item) => typed[item.id].trim()).length,
  };
}

KINDS.number = makeNumber;
