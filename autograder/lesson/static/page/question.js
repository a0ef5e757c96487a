/* ---------------------------------------------------------------- question */

function renderQuestion(model, root) {
  const view = model.get("view");
  const texts = model.get("texts");
  const id = makeId();
  const status = h("p", { class: "hvs-status", role: "status" });
  const quiet = h("p", { class: "hvs-status", "aria-hidden": "true" });
  const spoken = h("p", { class: "hvs-spoken", role: "status" });
  const progress = h("p", { class: "hvs-progress" });
  const result = h("div", { class: "hvs-result", role: "status" });
  const button = h("button", { type: "button", class: "hvs-button", onclick: check }, texts.check);
  let pending = null;

  // "Saving…" is for the eye only; what is spoken is the end of it.
  function say(text, state, { silent = false } = {}) {
    quiet.textContent = silent ? text : "";
    status.textContent = silent ? "" : text;
    (silent ? quiet : status).dataset.state = state;
    (silent ? status : quiet).dataset.state = "";
  }
  const saver = makeSaver(model, texts, say);
  const kind = KINDS[view.kind]({
    model, view, texts, id, saved: model.get("saved"),
    announce: (text) => { spoken.textContent = text; },
    changed(how) {
      result.replaceChildren();
      refresh();
      saver.change(kind.answer(), how);
    },
  });

  function refresh() {
    progress.textContent = fill(texts.answered, { done: kind.done(), all: view.items.length });
  }
  function setBusy(busy) {
    button.setAttribute("aria-disabled", String(busy));
    button.textContent = busy ? texts.checking : texts.check;
  }
  function check() {
    if (pending !== null) return;
    const number = saver.next();
    setBusy(true);
    result.replaceChildren(h("p", null, texts.checking));
    pending = { number, timer: setTimeout(() => finish({ state: "error", title: texts.check_lost, notes: [] }), CHECK_TIMEOUT_MS) };
    try {
      model.send({ type: "check", n: number, answer: kind.answer() });
    } catch {
      finish({ state: "error", title: texts.check_lost, notes: [] });
    }
  }
  function finish(told) {
    clearTimeout(pending.timer);
    pending = null;
    setBusy(false);
    const place = new Map(view.items.map((item, index) => [item.id, index + 1]));
    const notes = told.notes.map((note) => {
      const numbers = note.items.map((one) => place.get(one)).filter(Boolean).sort((a, b) => a - b);
      const lead = view.items.length > 1 && numbers.length ? h("strong", null, fill(texts.item, { n: numbers.join(", ") }) + ": ") : null;
      return h("li", null, lead, note.text);
    });
    result.replaceChildren(h("div", { class: "hvs-verdict", "data-state": told.state },
      h("p", { class: "hvs-verdict-title" }, told.title), told.cap && h("p", { class: "hvs-cap" }, told.cap),
      notes.length > 0 && h("ul", null, notes), told.remaining && h("p", { class: "hvs-count" }, told.remaining)));
  }
  function hear(message) {
    saver.hear(message);
    if (kind.update) kind.update(message);
    if (message.type === "checked" && pending !== null && message.n === pending.number) finish(message);
  }
  model.on("msg:custom", hear);

  const title = h("h3", { class: "hvs-title", id: `hvs-question-${view.id}`, tabindex: "-1" },
    h("span", null, fill(texts.question, { n: view.number })), h("span", { class: "hvs-points" }, fill(texts.points, { points: view.points })));
  const section = h("section", { class: `hvs hvs-${view.kind}`, lang: view.lang, "aria-labelledby": title.id, "data-lm-suppress-shortcuts": "true" },
    title, h("div", { class: "hvs-prompt" }, showBlocks(view.prompt)), kind.node, spoken,
    h("div", { class: "hvs-foot" }, h("div", { class: "hvs-state" }, progress, quiet, status), button), result);
  root.append(section);
  refresh();
  if (model.get("saved") !== null && model.get("saved") !== undefined) say(texts.saved, "ok", { silent: true });
  return () => {
    saver.stop();
    if (pending) clearTimeout(pending.timer);
    model.off("msg:custom", hear);
  };
}
