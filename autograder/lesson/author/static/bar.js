/* --------------------------------------------------------------------- bar */

function renderBar(model, root) {
  const view = model.get("view");
  const texts = model.get("texts");
  const said = h("div", { class: "hvs-result", role: "status" });
  const start = makeButton(texts.new_question, () => { said.replaceChildren(); form.open(); }, { primary: true });
  const send = (message) => model.send({ ...message, sources: readSources(root) });
  const form = makeQuestionForm(view, texts, {
    suggest: (text) => send({ type: "suggest", text }),
    send: (filled) => send({ type: "make", form: filled }),
    close() { form.close(); start.focus(); },
  });

  function finish(text) {
    form.clear();
    form.close();
    said.replaceChildren(h("div", { class: "hvs-verdict", "data-state": "right" }, h("p", null, text)));
    start.focus();
  }
  async function insert(message) {
    const done = await insertQuestion(root, message.source, message.metadata);
    if (done) finish(fill(texts.inserted, message));
    else send({ type: "write", source: message.source });
  }
  function hear(message) {
    if (message.type === "suggested") form.suggest(message.id);
    else if (message.type === "made") insert(message);
    else if (message.type === "written") finish(message.text);
    else if (message.type === "refused") form.refuse(message.findings);
  }
  model.on("msg:custom", hear);
  const title = h("h3", { class: "hvs-title", id: makeId() }, texts.bar_title);
  root.append(h("section", { class: "hvs hvs-author", lang: view.lang, "aria-labelledby": title.id, "data-lm-suppress-shortcuts": "true" },
    title, h("div", { class: "hvs-actions" }, start), said, form.node));
  return () => model.off("msg:custom", hear);
}
