function makeMarks(context) {
  const { view, texts, saved } = context;
  const marks = {};
  const counters = {};
  for (const item of view.items) {
    const old = isRecord(saved) ? saved[item.id] : null;
    const known = (item.parts || []).map((part) => part.id);
    marks[item.id] = new Set(Array.isArray(old) ? old.filter((part) => known.includes(part)) : []);
  }
  function count() {
    for (const item of view.items) {
      const n = marks[item.id].size;
      counters[item.id].textContent = n ? fill(texts.marked, { n }) : texts.mark_none;
    }
  }
  function changed() {
    count();
    context.changed();
  }
  function showItem(item, index) {
    counters[item.id] = h("p", { class: "hvs-count" });
    const name = view.items.length > 1 || !item.title ? fill(texts.item, { n: index + 1 }) : null;
    return h("fieldset", { class: "hvs-item" },
      h("legend", null, name && h("span", { class: "hvs-name" }, name), item.title && h("span", { class: "hvs-item-title" }, item.title)),
      showBody(item, texts, { parts: false }),
      h("div", { class: "hvs-parts" }, (item.parts || []).map((part) => showMark(part, marks[item.id], texts, changed))),
      counters[item.id]);
  }
  const node = h("div", { class: "hvs-items" }, view.items.map(showItem));
  count();
  return {
    node,
    answer() {
      const given = {};
      for (const item of view.items) {
        const kept = item.parts.map((part) => part.id).filter((part) => marks[item.id].has(part));
        if (kept.length) given[item.id] = kept;
      }
      return given;
    },
    done: () => view.items.filter((item) => marks[item.id].size).length,
  };
}

KINDS.marks = makeMarks;
