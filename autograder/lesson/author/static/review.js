/* ------------------------------------------------------------------ review */

function renderReview(model, root) {
  const view = model.get("view");
  const texts = model.get("texts");
  const points = h("p", { class: "hvs-panel-count" });
  const findings = h("div", { role: "status" });
  const samples = h("div");
  const said = h("div", { class: "hvs-result", role: "status" });
  const whole = h("input", { type: "checkbox", onchange: () => model.send({ type: "whole", on: whole.checked }) });
  const pool = h("label", { class: "hvs-choice", hidden: true }, whole, h("span", null, texts.whole_pool));
  const name = h("select", { class: "hvs-form-input" });
  const says = makeInput();
  const expected = makeInput({ inputmode: "decimal" });
  const start = makeButton(texts.keep_sample, () => { keeper.hidden = false; name.focus(); });
  const keeper = h("div", { class: "hvs-item hvs-creator", hidden: true, onkeydown: (event) => { if (event.key === "Escape") closeKeeper(); } },
    h("div", { class: "hvs-form" }, makeField(texts.sample_name, name), makeField(texts.sample_points, expected), makeField(texts.sample_says, says, { wide: true })),
    h("div", { class: "hvs-actions" }, makeButton(texts.save, () => keep(false), { primary: true }), makeButton(texts.cancel, closeKeeper)));
  const send = (message) => model.send({ ...message, sources: readSources(root) });

  function closeKeeper() {
    keeper.hidden = true;
    start.focus();
  }
  function keep(sure) {
    said.replaceChildren(h("p", null, texts.busy));
    send({ type: "sample", name: name.value, says: says.value, points: expected.value, sure });
  }
  function fillName() {
    const chosen = model.get("review").names.find((one) => one.name === name.value);
    says.value = chosen ? chosen.says : "";
  }
  name.addEventListener("change", fillName);

  function showSamples(list) {
    if (!list.length) return h("p", null, texts.no_samples);
    const heads = [texts.sample, texts.sample_expected, texts.sample_found, texts.sample_state];
    return h("div", { class: "hvs-scroll", tabindex: "0", role: "group", "aria-label": texts.samples }, h("table", { class: "hvs-table" },
      h("caption", null, texts.samples), h("thead", null, h("tr", null, heads.map((text) => h("th", { scope: "col" }, text)))),
      h("tbody", null, list.map((row) => h("tr", null, h("th", { scope: "row" }, row.name, h("span", { class: "hvs-note" }, row.says)),
        h("td", { class: "hvs-number" }, row.expected), h("td", { class: "hvs-number" }, row.found),
        h("td", { class: row.fine ? "hvs-author-good" : "hvs-author-bad" }, row.fine ? texts.agrees : texts.differs))))));
  }
  function refresh() {
    const review = model.get("review");
    points.textContent = review.points;
    findings.replaceChildren(h("div", { class: "hvs-verdict", "data-state": review.findings.length ? "partial" : "right" }, showFindings(review.findings, texts)));
    samples.replaceChildren(...(view.id ? [showSamples(review.samples)] : []));
    pool.hidden = !review.has_pool;
    const kept = name.value;
    name.replaceChildren(...review.names.map((one) => h("option", { value: one.name }, one.name)));
    if (review.names.some((one) => one.name === kept)) name.value = kept;
    else fillName();
    keepMetadata(root, review.metadata);
  }
  function hear(message) {
    const show = (state, ...inner) => said.replaceChildren(h("div", { class: "hvs-verdict", "data-state": state }, inner));
    if (message.type === "scored") {
      show("info", h("p", { class: "hvs-verdict-title" }, message.title), message.cap && h("p", { class: "hvs-cap" }, message.cap),
        message.notes.length > 0 && h("ul", null, message.notes.map((note) => h("li", null, note))));
    } else if (message.type === "kept") {
      show("right", h("p", null, message.text));
      closeKeeper();
    } else if (message.type === "asked") {
      const sure = makeButton(texts.save_anyway, () => keep(true));
      show("partial", h("p", null, message.text), h("div", { class: "hvs-actions" }, sure));
      sure.focus();
    } else if (message.type === "refused") show("error", showFindings(message.findings, texts));
  }
  model.on("msg:custom", hear);
  model.on("change:review", refresh);
  const title = h("h3", { class: "hvs-title", id: makeId() }, view.id ? fill(texts.review_title, view) : texts.review_unread);
  root.append(h("section", { class: "hvs hvs-author hvs-review", lang: view.lang, "aria-labelledby": title.id, "data-lm-suppress-shortcuts": "true" },
    title, points, findings, samples,
    view.id && h("div", { class: "hvs-actions" }, pool, makeButton(texts.score, () => send({ type: "score" })), start), keeper, said));
  refresh();
  fillName();
  // The document itself can only be looked at once the widget stands in it.
  const timer = setTimeout(() => { keepMetadata(root, model.get("review").metadata); if (readSources(root)) send({ type: "lesson" }); }, 0);
  return () => {
    clearTimeout(timer);
    model.off("msg:custom", hear);
    model.off("change:review", refresh);
  };
}
