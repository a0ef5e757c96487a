// One question, or the panel that hands in.  Plain ES module for anywidget; no build, no library.
// Every text comes from Python.  Nothing is ever set as HTML: elements are built one by one.

const SAVE_TIMEOUT_MS = 8000;
const RETRY_MS = 5000;
const TYPING_PAUSE_MS = 500;
const CHECK_TIMEOUT_MS = 30000;
const SUBMIT_TIMEOUT_MS = 90000;

/* ---------------------------------------------------------------- elements */

function h(tag, props, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props || {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name === "checked" || name === "value" || name === "selected") node[name] = value;
    else node.setAttribute(name, value === true ? "" : value);
  }
  for (const child of children.flat(3)) {
    if (child === null || child === undefined || child === false || child === "") continue;
    node.append(child.nodeType ? child : document.createTextNode(String(child)));
  }
  return node;
}

const fill = (text, values) => text.replace(/\{(\w+)\}/g, (all, name) => (name in values ? values[name] : all));
const makeId = () => "hvs-" + Math.random().toString(36).slice(2, 9);
const isRecord = (value) => value !== null && typeof value === "object" && !Array.isArray(value);

function showRuns(runs) {
  return runs.map((run) => (run.tag ? h(run.tag, null, run.text) : run.text));
}

function showBlocks(blocks) {
  return (blocks || []).map((block) =>
    block.tag === "p" ? h("p", null, showRuns(block.runs)) : h(block.tag, null, block.items.map((runs) => h("li", null, showRuns(runs)))),
  );
}

function plainText(blocks) {
  const runs = (blocks || []).flatMap((block) => (block.tag === "p" ? block.runs : block.items.flat()));
  return runs.map((run) => (run.tag === "br" ? " " : run.text)).join("");
}

function shortName(item, number, texts) {
  const text = item.title || plainText(item.text) || fill(texts.item, { n: number });
  return text.length > 60 ? text.slice(0, 59).trimEnd() + "…" : text;
}

function showPart(part, texts) {
  return [
    part.label && h("span", { class: "hvs-part-label" }, part.label),
    h("span", { class: "hvs-part-text" }, part.text),
    // The address is text, never a link: looking at it is the exercise.
    part.link && h("span", { class: "hvs-link" }, h("span", { class: "hvs-link-label" }, texts.link + ": "), h("code", null, part.link)),
  ];
}

function showImage(image, texts) {
  if (!image.src) return h("p", { class: "hvs-missing" }, fill(texts.picture_missing, { alt: image.alt }));
  return h("img", { class: "hvs-image", src: image.src, alt: image.alt });
}

function showTable(table) {
  const cell = (tag, text, index, more) => h(tag, { class: table.numeric[index] ? "hvs-number" : null, ...more }, text);
  const caption = table.caption && h("caption", null, table.caption);
  const head = h("thead", null, h("tr", null, table.columns.map((text, i) => cell("th", text, i, { scope: "col" }))));
  const body = h("tbody", null, table.rows.map((row) => h("tr", null, row.map((text, i) => cell("td", text, i)))));
  // Focusable, so that a wide table can be scrolled with the keyboard.
  return h("div", { class: "hvs-scroll", tabindex: "0", role: "group", "aria-label": table.caption || table.columns.join(", ") }, h("table", { class: "hvs-table" }, caption, head, body));
}

// Everything of an item except its title and, where they are marked, its parts.
function showBody(item, texts, { parts = true } = {}) {
  return [
    item.text && h("div", { class: "hvs-text" }, showBlocks(item.text)),
    item.image && showImage(item.image, texts),
    item.table && showTable(item.table),
    parts && item.parts && h("div", { class: "hvs-parts" }, item.parts.map((part) => h("div", { class: "hvs-part" }, showPart(part, texts)))),
  ];
}

/* ------------------------------------------------------------------ saving */

// Sends every change, repeats it until Python says that it is on the disk.
function makeSaver(model, texts, say) {
  let number = 0;
  let confirmed = 0;
  let answer = null;
  let failing = false;
  let watch = null;
  let pause = null;
  let stopped = false;

  function send() {
    if (stopped) return;
    clearTimeout(watch);
    watch = setTimeout(lose, SAVE_TIMEOUT_MS);
    try {
      model.send({ type: "save", n: number, answer });
    } catch {
      lose();
    }
  }
  function lose(text) {
    clearTimeout(watch);
    if (stopped || confirmed >= number) return;
    failing = true;
    say(typeof text === "string" ? text : texts.not_saved, "error");
    watch = setTimeout(send, RETRY_MS);
  }
  function change(value, { typing = false } = {}) {
    answer = value;
    number += 1;
    clearTimeout(pause);
    if (!failing) say(texts.saving, "busy", { silent: true });
    if (typing) pause = setTimeout(send, TYPING_PAUSE_MS);
    else send();
  }
  function hear(message) {
    if (message.type === "saved" && message.n >= number) {
      clearTimeout(watch);
      confirmed = number;
      say(failing ? texts.saved_again : texts.saved, "ok");
      failing = false;
    } else if (message.type === "not_saved" && message.n >= number) lose(message.text);
  }
  const onOffline = () => confirmed < number && lose();
  const onOnline = () => confirmed < number && send();
  window.addEventListener("offline", onOffline);
  window.addEventListener("online", onOnline);
  return {
    change,
    hear,
    next: () => ++number,
    stop() {
      stopped = true;
      clearTimeout(watch);
      clearTimeout(pause);
      window.removeEventListener("offline", onOffline);
      window.removeEventListener("online", onOnline);
    },
  };
}

/* ------------------------------------------------------------------- kinds */
// Each gives {node, answer(), update?(message), done?()}: what is shown, what is saved, what follows a reply.

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

function showMark(part, chosen, texts, changed) {
  return h("label", { class: "hvs-part hvs-mark" },
    h("input", {
      type: "checkbox", value: part.id, checked: chosen.has(part.id),
      onchange: (event) => { event.target.checked ? chosen.add(part.id) : chosen.delete(part.id); changed(); },
    }),
    h("span", { class: "hvs-part-body" }, showPart(part, texts)));
}

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

function makeOrder(context) {
  const { view, texts, saved, announce } = context;
  const byId = new Map(view.items.map((item) => [item.id, item]));
  const usable = Array.isArray(saved) && saved.length === byId.size && new Set(saved).size === byId.size && saved.every((one) => byId.has(one));
  let order = usable ? [...saved] : view.items.map((item) => item.id);
  let touched = usable;
  const names = Object.fromEntries(view.items.map((item, index) => [item.id, shortName(item, index + 1, texts)]));
  const rows = new Map();
  const list = h("ol", { class: "hvs-order" });
  const state = h("p", { class: "hvs-count" });
  const keep = h("button", { type: "button", class: "hvs-button", onclick: () => { record(); state.focus(); } }, texts.keep_order);
  state.tabIndex = -1;

  function record() {
    touched = true;
    refresh();
    context.changed();
  }
  function move(one, to, focus) {
    const from = order.indexOf(one);
    const target = Math.max(0, Math.min(order.length - 1, to));
    if (from === target) return;
    order.splice(from, 1);
    order.splice(target, 0, one);
    record();
    // Moving a row in the page takes the focus away from it: give it back, on a button that still works.
    const row = rows.get(one);
    const control = row[focus];
    (control.getAttribute("aria-disabled") === "true" ? row[focus === "up" ? "down" : "up"] : control).focus();
    announce(fill(texts.moved, { item: names[one], n: target + 1, all: order.length }));
  }
  function showRow(item) {
    const name = names[item.id];
    const select = h("select", { class: "hvs-position", "aria-label": fill(texts.position, { item: name }), onchange: (event) => move(item.id, Number(event.target.value) - 1, "select") },
      view.items.map((_item, index) => h("option", { value: String(index + 1) }, index + 1)));
    const step = (by, sign, text) => h("button", {
      type: "button", class: "hvs-icon", "aria-label": fill(text, { item: name }), title: fill(text, { item: name }),
      onclick: () => move(item.id, order.indexOf(item.id) + by, by < 0 ? "up" : "down"),
    }, h("span", { "aria-hidden": "true" }, sign));
    const up = step(-1, "↑", texts.move_up);
    const down = step(1, "↓", texts.move_down);
    const node = h("li", { class: "hvs-item hvs-row" }, h("div", { class: "hvs-controls" }, select, up, down),
      h("div", { class: "hvs-row-body" }, item.title && h("strong", null, item.title), showBody(item, texts)));
    rows.set(item.id, { node, select, up, down });
  }
  function refresh() {
    order.forEach((one, index) => {
      const row = rows.get(one);
      if (list.children[index] !== row.node) list.insertBefore(row.node, list.children[index] || null);
      row.select.value = String(index + 1);
      row.up.setAttribute("aria-disabled", String(index === 0));
      row.down.setAttribute("aria-disabled", String(index === order.length - 1));
    });
    state.textContent = touched ? texts.order_kept : texts.order_open;
    keep.hidden = touched;
  }
  view.items.forEach(showRow);
  refresh();
  const ends = view.ends || [];
  return {
    node: h("div", { class: "hvs-items" }, ends[0] && h("p", { class: "hvs-end" }, "↑ " + ends[0]), list, ends[1] && h("p", { class: "hvs-end" }, "↓ " + ends[1]),
      h("div", { class: "hvs-keep" }, state, keep)),
    answer: () => (touched ? [...order] : null),
    done: () => (touched ? order.length : 0),
  };
}

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
    if (!Array.isArray(message.unread)) return;
    for (const item of view.items) {
      const bad = message.unread.includes(item.id);
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

function makePath(context) {
  const { view, texts, saved, announce, model } = context;
  const traces = {};
  const frames = {};

  function walk(item) {
    const steps = [];
    let state = item.start;
    for (const step of traces[item.id]) {
      const choice = Array.isArray(step) && step[0] === state && (item.states[state].choices || []).find((one) => one.id === step[1]);
      if (!choice || !item.states[choice.to]) break;
      steps.push({ state, choice });
      state = choice.to;
    }
    traces[item.id] = steps.map((step) => [step.state, step.choice.id]);
    return { steps, state };
  }
  function showTurn(state, last) {
    return h("li", { class: "hvs-turn", tabindex: last ? "-1" : null },
      state.says && h("span", { class: "hvs-speaker" }, state.says), h("div", { class: "hvs-speech" }, showBlocks(state.text)));
  }
  function draw(item, focus) {
    const { steps, state } = walk(item);
    const now = item.states[state];
    const turns = [];
    for (const step of steps) {
      turns.push(showTurn(item.states[step.state]));
      turns.push(h("li", { class: "hvs-turn hvs-mine" }, h("span", { class: "hvs-speaker" }, texts.you), h("div", { class: "hvs-speech" }, step.choice.text)));
    }
    const current = showTurn(now, true);
    const group = makeId();
    const choices = now.end || !(now.choices || []).length ? h("p", { class: "hvs-finished" }, texts.ended)
      : h("div", { class: "hvs-options", role: "group", "aria-labelledby": group },
          h("p", { id: group, class: "hvs-request" }, texts.choices),
          now.choices.map((choice) => h("button", { type: "button", class: "hvs-option", onclick: () => choose(item, state, choice) }, choice.text)));
    const restart = !steps.length ? null
      : model.get("submitted") ? h("p", { class: "hvs-count" }, texts.restart_locked)
      : h("button", { type: "button", class: "hvs-button hvs-quiet", onclick: () => begin(item) }, "↺ " + texts.restart);
    frames[item.id].replaceChildren(h("ol", { class: "hvs-dialogue" }, turns, current), choices, ...(restart ? [restart] : []));
    if (focus) current.focus();
  }
  function choose(item, state, choice) {
    traces[item.id].push([state, choice.id]);
    draw(item, true);
    context.changed();
    if (item.states[choice.to].end) announce(texts.ended);
  }
  function begin(item) {
    traces[item.id] = [];
    draw(item, true);
    context.changed();
    announce(texts.restarted);
  }
  function showItem(item, index) {
    const name = view.items.length > 1 || !item.title ? fill(texts.item, { n: index + 1 }) : null;
    const label = makeId();
    frames[item.id] = h("div", { class: "hvs-flow" });
    const old = isRecord(saved) ? saved[item.id] : null;
    traces[item.id] = Array.isArray(old) ? old : [];
    const node = h("div", { class: "hvs-item", role: "group", "aria-labelledby": label },
      h("p", { id: label, class: "hvs-legend" }, name && h("span", { class: "hvs-name" }, name), item.title && h("span", { class: "hvs-item-title" }, item.title)),
      showBody(item, texts), frames[item.id]);
    draw(item, false);
    return node;
  }
  model.on("change:submitted", () => view.items.forEach((item) => draw(item, false)));
  return {
    node: h("div", { class: "hvs-items" }, view.items.map(showItem)),
    answer() {
      const given = {};
      for (const item of view.items) if (traces[item.id].length) given[item.id] = traces[item.id].map((step) => [...step]);
      return given;
    },
    done: () => view.items.filter((item) => item.states[walk(item).state].end).length,
  };
}

const KINDS = { classify: makeClassify, marks: makeMarks, order: makeOrder, number: makeNumber, path: makePath };

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
