/* -------------------------------------------------------------------- form */

// The form of a new question.  `send(form)` gets what was typed, as it was typed.
function makeQuestionForm(view, texts, { suggest, send, close }) {
  const id = makeId();
  const spoken = h("p", { class: "hvs-spoken", role: "status" });
  const kind = h("select", { class: "hvs-form-input" }, view.forms.map((form) => h("option", { value: form.kind }, form.name)));
  const hint = h("p", { class: "hvs-note" });
  const prompt = makeArea();
  const english = makeArea({ lang: "en" });
  const name = makeInput();
  const points = makeInput({ inputmode: "decimal" });
  const choices = makeArea({ rows: "4" });
  const extras = { unit: makeInput(), ends: makeInput(), title: makeInput() };
  const added = h("div", { class: "hvs-form" });
  const rows = h("div", { class: "hvs-form-rows" });
  const sentences = h("div", { class: "hvs-form-rows" });
  const codes = h("datalist", { id: `${id}-codes` });
  const said = h("div", { class: "hvs-result", role: "status" });
  const heading = h("h4", { class: "hvs-module-title", tabindex: "-1" }, texts.question_title);
  let named = false;
  let entries = [];
  let feedback = [];

  const form = () => view.forms.find((one) => one.kind === kind.value);
  const readChoices = () => choices.value.split("\n").map((line) => line.trim()).filter(Boolean);
  const makeCode = (value) => makeInput({ list: codes.id, value: value || "" });

  /* One line: what is judged, the right answer beside it, and what is said to whoever answers wrongly. */
  function makeRow(old) {
    const about = form();
    const text = makeInput({ value: old ? old.text : "" });
    const code = makeCode(old && old.code);
    const why = makeInput({ value: old ? old.why : "" });
    const right = makeRight(about, old);
    const more = makeMore(about, old);
    const legend = h("legend", null);
    const remove = makeButton("", () => drop(entry), { quiet: true });
    const order = about.right === "";
    const node = h("fieldset", { class: "hvs-item hvs-form-row" }, legend, h("div", { class: "hvs-form" },
      makeField(about.row, text, { wide: true }), right.node, more.nodes,
      about.kind !== "path" && about.kind !== "number" && makeField(texts.code, code),
      !order && makeField(texts.why, why)), h("div", { class: "hvs-actions" }, remove));
    const entry = {
      node, text,
      refresh: right.refresh,
      number(n) {
        legend.textContent = fill(texts.row_number, { name: about.row, n });
        remove.textContent = fill(texts.remove_row, { n });
      },
      read: () => ({ text: text.value, right: right.read(), code: code.value, why: why.value, ...more.read() }),
    };
    // A list pasted from elsewhere becomes as many lines.
    text.addEventListener("paste", (event) => {
      const lines = event.clipboardData.getData("text").split(/\r?\n/).map((line) => line.trim()).filter(Boolean);
      if (lines.length < 2) return;
      event.preventDefault();
      text.value = lines[0];
      for (const line of lines.slice(1)) addRow({ text: line, right: null, code: "", why: "" });
    });
    return entry;
  }

  function makeRight(about, old) {
    const value = old ? old.right : null;
    const typed = typeof value === "string" ? value : "";
    if (about.right === "choice") {
      const select = h("select", { class: "hvs-form-input" });
      const refresh = () => {
        const kept = select.value || typed;
        select.replaceChildren(h("option", { value: "" }, texts.choose_one), ...readChoices().map((text) => h("option", { value: text }, text)));
        select.value = readChoices().includes(kept) ? kept : "";
      };
      refresh();
      return { node: makeField(about.right_text, select), read: () => select.value, refresh };
    }
    if (about.right === "choices") {
      const holder = h("div", { class: "hvs-form-field hvs-wide" });
      let ticked = Array.isArray(value) ? value : [];
      let boxes = { read: () => ticked };
      const refresh = () => {
        ticked = boxes.read();
        boxes = makeTicks(about.right_text, readChoices().map((text) => ({ id: text, text, checked: ticked.includes(text) })));
        holder.replaceChildren(boxes.node);
      };
      refresh();
      return { node: holder, read: () => boxes.read(), refresh };
    }
    if (about.right === "check") {
      const box = h("input", { type: "checkbox", checked: value === true });
      return { node: h("label", { class: "hvs-choice" }, box, h("span", null, about.right_text)), read: () => box.checked, refresh() {} };
    }
    const input = makeInput({ value: typed, inputmode: about.right === "number" ? "decimal" : null });
    return { node: about.right && makeField(about.right_text, input), read: () => input.value, refresh() {} };
  }

  function makeMore(about, old) {
    const wrong = (old && old.wrong && old.wrong[0]) || {};
    if (about.kind !== "number" && about.kind !== "path") return { nodes: [], read: () => ({}) };
    const value = makeInput({ value: wrong.value || "" });
    const code = makeCode(wrong.code);
    if (about.kind === "number") {
      const within = makeInput({ value: (old && old.within) || "0", inputmode: "decimal" });
      return {
        nodes: [makeField(texts.within, within), makeField(texts.wrong_value, value), makeField(texts.code, code)],
        read: () => ({ within: within.value, wrong: [{ value: value.value, code: code.value }] }),
      };
    }
    const then = makeInput({ value: wrong.then || "" });
    const danger = h("input", { type: "checkbox", checked: wrong.dangerous === true });
    return {
      nodes: [makeField(texts.wrong_act, value), makeField(texts.then, then), makeField(texts.code, code),
        h("label", { class: "hvs-choice" }, danger, h("span", null, texts.dangerous))],
      read: () => ({ wrong: [{ value: value.value, code: code.value, then: then.value, dangerous: danger.checked }] }),
    };
  }

  function arrange() {
    entries.forEach((entry, index) => entry.number(index + 1));
    rows.replaceChildren(...entries.map((entry) => entry.node));
  }
  function addRow(old) {
    const entry = makeRow(old);
    entries.push(entry);
    arrange();
    return entry;
  }
  function drop(entry) {
    const at = entries.indexOf(entry);
    entries.splice(at, 1);
    arrange();
    spoken.textContent = fill(texts.row_removed, { n: at + 1 });
    (entries[Math.min(at, entries.length - 1)] || { text: addButton }).text.focus();
  }
  function addSentence() {
    const n = feedback.length + 1;
    const code = makeInput({ value: "MC-" });
    const text = makeInput();
    code.addEventListener("change", offerCodes);
    feedback.push({ code, text });
    sentences.append(h("div", { class: "hvs-form" }, makeField(fill(texts.feedback_code, { n }), code), makeField(fill(texts.feedback_text, { n }), text, { wide: true })));
    return code;
  }
  function offerCodes() {
    codes.replaceChildren(...feedback.map((one) => one.code.value.trim()).filter((code) => code.length > 3).map((code) => h("option", { value: code })));
  }
  function changeKind() {
    const about = form();
    const kept = entries.map((entry) => ({ ...entry.read(), right: null, wrong: null }));
    hint.textContent = about.hint;
    added.replaceChildren(...[
      about.choices && makeField(about.choices, choices, { wide: true }),
      ...["unit", "ends", "title"].map((key) => about[key] && makeField(about[key], extras[key], { wide: true })),
    ].filter(Boolean));
    entries = [];
    // An example brings its own items, key and sentences.
    for (const part of lines) part.hidden = about.right === "example";
    if (about.right === "example") return arrange();
    kept.forEach(addRow);
    while (entries.length < 2) addRow(null);
  }

  const addButton = makeButton(texts.add_row, () => addRow(null).text.focus());
  kind.addEventListener("change", changeKind);
  choices.addEventListener("input", () => entries.forEach((entry) => entry.refresh()));
  name.addEventListener("input", () => { named = true; });
  prompt.addEventListener("change", () => { if (!named) suggest(prompt.value); });

  function read() {
    return {
      kind: kind.value, id: name.value.trim(), points: points.value, prompt: { vi: prompt.value, en: english.value }, choices: choices.value,
      unit: extras.unit.value, ends: extras.ends.value, title: extras.title.value, rows: entries.map((entry) => entry.read()),
      feedback: feedback.map((one) => ({ code: one.code.value.trim() === "MC-" ? "" : one.code.value, text: one.text.value })),
    };
  }
  function clear() {
    for (const field of [prompt, english, name, points, choices, ...Object.values(extras)]) field.value = "";
    named = false;
    entries = [];
    feedback = [];
    sentences.replaceChildren();
    said.replaceChildren();
    addSentence();
    changeKind();
  }

  const lines = [h("h5", { class: "hvs-form-heading" }, texts.feedback), sentences, h("div", { class: "hvs-actions" }, makeButton(texts.add_feedback, () => addSentence().focus())), codes,
    h("h5", { class: "hvs-form-heading" }, texts.rows), rows, h("div", { class: "hvs-actions" }, addButton)];
  const node = h("div", { class: "hvs-item hvs-creator", hidden: true }, heading,
    h("div", { class: "hvs-form" }, makeField(texts.kind, kind, { wide: true })), hint,
    h("div", { class: "hvs-form" },
      makeField(`${texts.prompt} (${texts.vietnamese})`, prompt, { wide: true }), makeField(`${texts.prompt} (${texts.english})`, english, { wide: true }),
      makeField(texts.question_id, name), makeField(texts.question_points, points)),
    added, lines, spoken,
    h("div", { class: "hvs-actions hvs-form-end" }, makeButton(texts.insert, () => { said.replaceChildren(h("p", null, texts.busy)); send(read()); }, { primary: true }), makeButton(texts.close, close)), said);
  clear();
  return {
    node,
    open() { node.hidden = false; heading.focus(); },
    close() { node.hidden = true; },
    clear,
    suggest(value) { if (!named) name.value = value; },
    refuse(findings) { said.replaceChildren(h("div", { class: "hvs-verdict", "data-state": "error" }, showFindings(findings, texts))); },
  };
}
