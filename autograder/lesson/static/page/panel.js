/* ------------------------------------------------------------------- panel */

// Notebook 7 and Lab keep what was typed in the page until it is saved.
async function saveDocument() {
  try {
    const app = window.jupyterapp;
    if (app && app.commands && app.commands.hasCommand("docmanager:save")) await app.commands.execute("docmanager:save");
  } catch {
    // Handing in what is on the disk is better than not handing in.
  }
}

function renderPanel(model, root) {
  const view = model.get("view");
  const texts = model.get("texts");
  const id = makeId();
  const bar = h("span", { class: "hvs-bar-fill" });
  const count = h("p", { class: "hvs-panel-count" });
  const open = h("div", { class: "hvs-open" });
  const result = h("div", { class: "hvs-result", role: "status" });
  const explain = h("p", { id: `${id}-explain` });
  const start = h("button", { type: "button", class: "hvs-button hvs-primary", onclick: ask }, texts.submit);
  const confirm = h("button", { type: "button", class: "hvs-button hvs-primary", onclick: submit }, texts.submit);
  const cancel = h("button", { type: "button", class: "hvs-button", onclick: close }, texts.cancel);
  const question = h("p", { class: "hvs-confirm-title", id: `${id}-ask`, tabindex: "-1" }, texts.submit_question);
  const box = h("div", { class: "hvs-confirm", role: "group", "aria-labelledby": `${id}-ask`, "aria-describedby": `${id}-explain`, hidden: true,
    onkeydown: (event) => { if (event.key === "Escape" && !busy) close(); } }, question, explain, h("div", { class: "hvs-actions" }, confirm, cancel));
  let busy = false;
  let timer = null;

  function refresh() {
    const progress = model.get("progress");
    count.textContent = progress.text;
    bar.style.inlineSize = `${progress.all ? (100 * progress.done) / progress.all : 0}%`;
    explain.textContent = progress.confirm;
    open.replaceChildren(...(progress.open.length ? [h("p", { class: "hvs-request" }, texts.unfinished), h("ul", { class: "hvs-jumps" }, progress.open.map((row) =>
      h("li", null, h("button", { type: "button", class: "hvs-jump", onclick: () => jump(row.id) }, row.text))))] : []));
  }
  function jump(name) {
    const target = document.getElementById(`hvs-question-${name}`);
    if (!target) return;
    target.scrollIntoView({ block: "start" });
    target.focus({ preventScroll: true });
  }
  function ask() {
    if (busy) return;
    box.hidden = false;
    start.hidden = true;
    box.scrollIntoView({ block: "center" });
    question.focus({ preventScroll: true });
  }
  function close() {
    if (busy) return;
    box.hidden = true;
    start.hidden = false;
    start.focus();
  }
  function setBusy(value) {
    busy = value;
    for (const one of [confirm, cancel, ...slotted]) one.setAttribute("aria-disabled", String(value));
    confirm.textContent = value ? texts.submitting : texts.submit;
  }
  async function submit() {
    if (busy) return;
    setBusy(true);
    result.replaceChildren(h("p", null, texts.submitting));
    await saveDocument();
    timer = setTimeout(() => finish({ type: "refused", title: texts.submit_lost, text: "" }), SUBMIT_TIMEOUT_MS);
    try {
      model.send({ type: "submit" });
    } catch {
      finish({ type: "refused", title: texts.submit_lost, text: "" });
    }
  }
  function finish(message) {
    if (!busy) return;
    clearTimeout(timer);
    setBusy(false);
    box.hidden = true;
    start.hidden = false;
    const fine = message.type === "submitted";
    if (fine) start.textContent = texts.resubmit;
    const title = h("p", { class: "hvs-verdict-title", tabindex: "-1" }, message.title);
    result.replaceChildren(h("div", { class: "hvs-verdict", "data-state": fine ? "right" : "error" }, title, message.text && h("p", null, message.text),
      fine && message.lines.map((line) => h("p", null, line)),
      // Top-level: the hub forbids frames.
      fine && message.url && h("p", null, h("a", { href: message.url, target: "_top", class: "hvs-receipt" }, texts.receipt))));
    title.focus();
  }
  function hear(message) {
    if (message.type === "submitted" || message.type === "refused") finish(message);
  }

  // The lesson page's own bar, where it has one, gets the same button.
  const slot = document.getElementById("hocvuso-submit-slot");
  const slotted = slot ? [h("button", { type: "button", class: "hvs-button hvs-primary", onclick: ask }, texts.submit)] : [];
  const holder = h("span", { class: "hvs hvs-slot", lang: view.lang }, slotted);
  if (slot) slot.replaceChildren(holder);

  model.on("msg:custom", hear);
  model.on("change:progress", refresh);
  const title = h("h3", { class: "hvs-title", id: `${id}-title` }, h("span", null, texts.submit_title),
    h("span", { class: "hvs-points" }, view.attempt === null ? texts.preview : fill(texts.attempt, { n: view.attempt })));
  root.append(h("section", { class: "hvs hvs-panel", lang: view.lang, "aria-labelledby": title.id, "data-lm-suppress-shortcuts": "true" },
    title, count, h("div", { class: "hvs-bar", "aria-hidden": "true" }, bar), open, h("div", { class: "hvs-actions" }, start), box, result));
  refresh();
  return () => {
    clearTimeout(timer);
    holder.remove();
    model.off("msg:custom", hear);
    model.off("change:progress", refresh);
  };
}

export default {
  render({ model, el }) {
    return model.get("view").kind === "submit" ? renderPanel(model, el) : renderQuestion(model, el);
  },
};
