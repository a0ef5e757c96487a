function makeText(context) {
  const { view, texts, saved, id } = context;
  const fields = {};
  const typed = {};
  // From so many characters on, those that are left are counted down.
  const COUNTDOWN = 40;
  for (const item of view.items) {
    const old = isRecord(saved) ? saved[item.id] : null;
    typed[item.id] = typeof old === "string" ? old : "";
  }
  const clean = (text) => text.normalize("NFC").trim().replace(/\s+/g, " ");

  function describeLength(item) {
    const text = clean(typed[item.id]);
    const words = text ? text.split(" ").length : 0;
    const most = item.max_words || view.max_words;
    const left = view.max_characters - [...text].length;
    const over = most && words > most;
    const parts = [];
    if (over) parts.push(fill(texts.text_words_over, { n: words, all: most, over: words - most }));
    else if (most) parts.push(fill(texts.text_words, { n: words, all: most }));
    if (left >= 0 && left <= COUNTDOWN) parts.push(fill(texts.text_left, { n: left }));
    return { text: parts.join(" · "), over: Boolean(over), tooLong: left < 0 };
  }
  function refresh(item, { aloud = false } = {}) {
    const { input, count, error } = fields[item.id];
    const told = describeLength(item);
    const wasOver = count.dataset.state === "over";
    const wasTooLong = error.textContent !== "";
    count.textContent = told.text;
    count.dataset.state = told.over ? "over" : "";
    error.textContent = told.tooLong ? fill(texts.text_too_long, { all: view.max_characters }) : "";
    input.setAttribute("aria-invalid", String(told.tooLong));
    if (!aloud) return;
    if (told.tooLong && !wasTooLong) context.announce(error.textContent);
    else if (told.over && !wasOver) context.announce(count.textContent);
  }
  function showItem(item, index) {
    const field = `${id}-${item.id}`;
    const lines = item.lines || view.lines;
    const input = h(lines > 1 ? "textarea" : "input", {
      id: field, class: "hvs-input hvs-text-input", type: lines > 1 ? null : "text", rows: lines > 1 ? lines : null, autocomplete: "off", spellcheck: "false",
      value: typed[item.id], "aria-describedby": `${field}-count ${field}-error`,
      oninput: (event) => { typed[item.id] = event.target.value; refresh(item, { aloud: true }); context.changed({ typing: true }); },
      onchange: (event) => { typed[item.id] = event.target.value; refresh(item); context.changed(); },
    });
    const count = h("p", { id: `${field}-count`, class: "hvs-count hvs-text-count" });
    const error = h("p", { id: `${field}-error`, class: "hvs-error" });
    fields[item.id] = { input, count, error };
    const short = !item.title && item.text && plainText(item.text).length <= 200;
    const name = view.items.length > 1 || !(item.title || short) ? h("span", { class: "hvs-name" }, fill(texts.item, { n: index + 1 })) : null;
    const label = item.title ? h("span", { class: "hvs-item-title" }, item.title) : short ? h("span", null, showBlocks(item.text).flatMap((node) => [...node.childNodes])) : null;
    const node = h("div", { class: "hvs-item" },
      h("label", { for: field, class: "hvs-label" }, name, label),
      showBody(short ? { ...item, text: null } : item, texts), input, count, error);
    refresh(item);
    return node;
  }
  return {
    node: h("div", { class: "hvs-items" }, view.items.map(showItem)),
    answer() {
      const given = {};
      for (const item of view.items) if (typed[item.id].trim()) given[item.id] = typed[item.id].normalize("NFC");
      return given;
    },
    done: () => view.items.filter((item) => typed[item.id].trim()).length,
  };
}

KINDS.text = makeText;
