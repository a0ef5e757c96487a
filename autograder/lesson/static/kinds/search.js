function makeSearch(context) {
  const { view, texts, saved, id } = context;
  const fields = {};
  const typed = {};
  for (const item of view.items) {
    const old = isRecord(saved) ? saved[item.id] : null;
    typed[item.id] = typeof old === "string" ? old : "";
  }
  const isTooLong = (text) => [...text.normalize("NFC").trim().replace(/\s+/g, " ")].length > view.max_characters;

  function refresh(item) {
    const { input, error } = fields[item.id];
    const tooLong = isTooLong(typed[item.id]);
    error.textContent = tooLong ? fill(texts.search_too_long, { all: view.max_characters }) : "";
    input.setAttribute("aria-invalid", String(tooLong));
  }
  function describeFound(found) {
    if (!found) return "";
    if (!found.total) return texts.search_nothing;
    return found.total > found.pages.length
      ? fill(texts.search_first, { n: found.total, all: found.pages.length })
      : fill(texts.search_found, { n: found.total });
  }
  function showPage(page) {
    return h("li", { class: "hvs-search-page" },
      h("p", { class: "hvs-search-title" }, page.title),
      h("p", { class: "hvs-search-site" }, page.site, page.date && " · " + page.date),
      h("p", null, page.text));
  }
  function showFound(item, found) {
    const { count, list } = fields[item.id];
    const text = describeFound(found);
    count.textContent = text;
    list.replaceChildren(...(found ? found.pages : []).map(showPage));
    list.hidden = !found || !found.pages.length;
    return text;
  }
  function update(message) {
    if (!message.told || !isRecord(message.told.found)) return;
    for (const item of view.items) {
      const found = message.told.found[item.id] || null;
      const shown = JSON.stringify(found);
      if (shown === fields[item.id].shown) continue;
      fields[item.id].shown = shown;
      const text = showFound(item, found);
      if (message !== view && text) context.announce(text);
    }
  }
  function showItem(item, index) {
    const field = `${id}-${item.id}`;
    const set = (event, how) => { typed[item.id] = event.target.value; refresh(item); context.changed(how); };
    const input = h("input", {
      id: field, class: "hvs-input hvs-search-input", type: "search", autocomplete: "off", spellcheck: "false", autocapitalize: "none",
      value: typed[item.id], "aria-describedby": `${field}-count ${field}-error`,
      oninput: (event) => set(event, { typing: true }), onchange: (event) => set(event),
    });
    const count = h("p", { id: `${field}-count`, class: "hvs-search-count" });
    const error = h("p", { id: `${field}-error`, class: "hvs-error" });
    const list = h("ol", { class: "hvs-search-list", hidden: true, "aria-label": fill(texts.search_results, { n: index + 1 }) });
    fields[item.id] = { input, count, error, list, shown: "" };
    const name = view.items.length > 1 ? h("span", { class: "hvs-name" }, fill(texts.item, { n: index + 1 })) : null;
    const node = h("div", { class: "hvs-item", role: "group", "aria-labelledby": `${field}-need` },
      h("div", { id: `${field}-need`, class: "hvs-search-need" }, name, item.title && h("span", { class: "hvs-item-title" }, item.title), item.text && h("div", null, showBlocks(item.text))),
      showBody({ ...item, text: null }, texts),
      h("label", { for: field, class: "hvs-search-label" }, texts.search_label), input, error, count, list);
    refresh(item);
    return node;
  }
  function showHelp() {
    const rows = [
      ["a b", texts.search_help_words], ["\"a b\"", texts.search_help_phrase], ["a OR b", texts.search_help_or],
      ["-a", texts.search_help_minus], ["site:a.example", texts.search_help_site], ["after:2025 before:2025-09", texts.search_help_date],
    ];
    return h("details", { class: "hvs-search-help" }, h("summary", null, texts.search_help),
      h("ul", null, rows.map(([sign, text]) => h("li", null, h("code", null, sign), ": " + text))));
  }
  const node = h("div", null,
    h("p", { class: "hvs-count hvs-search-pages" }, fill(texts.search_pages, { n: view.pages })), showHelp(),
    h("div", { class: "hvs-items" }, view.items.map(showItem)));
  update(view);
  return {
    node,
    update,
    answer() {
      const given = {};
      for (const item of view.items) if (typed[item.id].trim()) given[item.id] = typed[item.id].normalize("NFC");
      return given;
    },
    done: () => view.items.filter((item) => typed[item.id].trim()).length,
  };
}

KINDS.search = makeSearch;
