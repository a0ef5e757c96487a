function makeClassify(context) {
  const { view, texts, saved, changed, id } = context;
  const labels = {};
  const marks = {};
  for (const item of view.items) {
    const old = isRecord(saved) ? saved[item.id] : null;
    const label = isRecord(old) ? old.label : old;
    labels[item.id] = view.labels.some((one) => one.id === label) ? label : null;
    marks[item.id] = new Set(isRecord(old) && Array.isArray(old.evidence) ? old.evidence : []);
  }
  const compact = view.items.every((item) => !item.parts && !item.image && !item.table && plainText(item.text).length <= 140);

  function answer() {
    const given = {};
    for (const item of view.items) {
      if (!view.evidence) {
        if (labels[item.id]) given[item.id] = labels[item.id];
      } else if (labels[item.id] || marks[item.id].size) {
        const kept = (item.parts || []).map((part) => part.id).filter((part) => marks[item.id].has(part));
        given[item.id] = { label: labels[item.id], evidence: kept };
      }
    }
    return given;
  }
  function showChoices(item) {
    return h("div", { class: "hvs-choices" }, view.labels.map((label) =>
      h("label", { class: "hvs-choice" },
        h("input", {
          type: "radio", name: `${id}-${item.id}`, value: label.id, checked: labels[item.id] === label.id,
          onchange: () => { labels[item.id] = label.id; changed(); },
        }),
        h("span", null, label.text))));
  }
  function showEvidence(item) {
    return h("div", { class: "hvs-parts", role: "group", "aria-label": view.evidence },
      h("p", { class: "hvs-request" }, view.evidence),
      item.parts.map((part) => showMark(part, marks[item.id], texts, changed)));
  }
  function showItem(item, index) {
    const name = fill(texts.item, { n: index + 1 });
    if (compact) {
      const legend = h("legend", null, h("span", { class: "hvs-index" }, index + 1 + "."), h("span", null, item.title && h("strong", null, item.title), showBlocks(item.text)));
      return h("fieldset", { class: "hvs-item hvs-compact" }, legend, showChoices(item));
    }
    const asks = view.evidence && item.parts;
    return h("fieldset", { class: "hvs-item" },
      h("legend", null, h("span", { class: "hvs-name" }, name), item.title && h("span", { class: "hvs-item-title" }, item.title)),
      showBody(item, texts, { parts: !asks }), asks && showEvidence(item), showChoices(item));
  }
  // Short labels fit beside the item's text; long ones go below it.
  const beside = view.labels.reduce((sum, label) => sum + label.text.length, 0) <= 40;
  const rows = `hvs-items hvs-rows${beside ? " hvs-beside" : ""}`;
  return {
    node: h("div", { class: compact ? rows : "hvs-items" }, view.items.map(showItem)),
    answer,
    done: () => view.items.filter((item) => labels[item.id]).length,
  };
}

KINDS.classify = makeClassify;
