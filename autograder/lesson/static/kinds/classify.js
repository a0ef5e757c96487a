/* ------------------------------------------------- classify: what is chosen */

// More labels than this are chosen from a list that opens.
const CLASSIFY_RADIOS = 6;

function readClassified({ view, saved }) {
  const choices = view.labels.filter((label) => !label.group);
  const names = new Map(choices.map((label) => [label.id, label.path || label.text]));
  const labels = {};
  const marks = {};
  const reasons = {};
  const keep = (value) => new Set(Array.isArray(value) ? value : []);
  for (const item of view.items) {
    const old = isRecord(saved) ? saved[item.id] : null;
    const label = isRecord(old) ? old.label : old;
    labels[item.id] = names.has(label) ? label : null;
    marks[item.id] = keep(isRecord(old) && old.evidence);
    reasons[item.id] = keep(isRecord(old) && old.reasons);
  }
  function answerItem(item) {
    const label = labels[item.id];
    if (!view.evidence && !view.reasons) return label;
    const given = { label };
    if (view.evidence) given.evidence = (item.parts || []).map((part) => part.id).filter((part) => marks[item.id].has(part));
    if (view.reasons) given.reasons = view.reasons.map((one) => one.id).filter((one) => reasons[item.id].has(one));
    return label || (given.evidence || []).length || (given.reasons || []).length ? given : null;
  }
  function answer() {
    const given = {};
    for (const item of view.items) {
      const value = answerItem(item);
      if (value) given[item.id] = value;
    }
    return given;
  }
  return { choices, names, labels, marks, reasons, answer, done: () => view.items.filter((item) => labels[item.id]).length };
}

function showClassifyRadios(context, state, item, chosen) {
  return h("div", { class: "hvs-choices" }, state.choices.map((label) =>
    h("label", { class: "hvs-choice" },
      h("input", {
        type: "radio", name: `${context.id}-${item.id}`, value: label.id, checked: state.labels[item.id] === label.id,
        onchange: () => { state.labels[item.id] = label.id; chosen(); },
      }),
      h("span", null, state.names.get(label.id)))));
}

function showClassifySelect(context, state, item, chosen) {
  const { texts, view } = context;
  const above = new Map(view.labels.map((label) => [label.id, label.under]));
  const measure = (id) => (above.get(id) ? 1 + measure(above.get(id)) : 0);
  const select = h("select", {
    class: "hvs-choice-select", "aria-label": texts.label_choose,
    onchange: () => { state.labels[item.id] = select.value || null; chosen(); },
  }, h("option", { value: "" }, texts.label_none),
  state.choices.map((label) => h("option", { value: label.id }, "\u2002".repeat(measure(label.id)) + state.names.get(label.id))));
  select.value = state.labels[item.id] || "";
  return h("div", { class: "hvs-choices" }, select);
}

function showClassifyLabels(context, state, item, chosen) {
  const show = state.choices.length > CLASSIFY_RADIOS ? showClassifySelect : showClassifyRadios;
  return show(context, state, item, chosen);
}

function showClassifyReasons({ view, texts, changed }, state, item) {
  if (!view.reasons) return null;
  const prompt = view.reasons_prompt || texts.reasons_ask;
  const ticked = state.reasons[item.id];
  return h("div", { class: "hvs-reasons", role: "group", "aria-label": prompt },
    h("p", { class: "hvs-request" }, prompt),
    h("div", { class: "hvs-choices" }, view.reasons.map((reason) =>
      h("label", { class: "hvs-choice hvs-reason" },
        h("input", {
          type: "checkbox", value: reason.id, checked: ticked.has(reason.id),
          onchange: (event) => { event.target.checked ? ticked.add(reason.id) : ticked.delete(reason.id); changed(); },
        }),
        h("span", null, reason.text)))));
}

// One part on its line: markable where evidence is asked for.
function showClassifyPart({ view, texts, changed }, state, item, part) {
  return view.evidence ? showMark(part, state.marks[item.id], texts, changed) : h("div", { class: "hvs-part" }, showPart(part, texts));
}

function showClassifyParts(context, state, item, parts) {
  const { evidence } = context.view;
  return h("div", { class: "hvs-parts", role: evidence ? "group" : null, "aria-label": evidence || null },
    evidence && h("p", { class: "hvs-request" }, evidence), parts);
}

function showClassifyLegend(item, index, texts) {
  return h("legend", null, h("span", { class: "hvs-name" }, fill(texts.item, { n: index + 1 })), item.title && h("span", { class: "hvs-item-title" }, item.title));
}

/* ---------------------------------------------------- classify: a plain list */

function showClassifyList(context, state) {
  const { view, texts, changed } = context;
  const compact = !view.reasons && view.items.every((item) => !item.parts && !item.image && !item.table && plainText(item.text).length <= 140);

  function showItem(item, index) {
    const choices = showClassifyLabels(context, state, item, changed);
    if (compact) {
      const legend = h("legend", null, h("span", { class: "hvs-index" }, index + 1 + "."), h("span", null, item.title && h("strong", null, item.title), showBlocks(item.text)));
      return h("fieldset", { class: "hvs-item hvs-compact" }, legend, choices);
    }
    const asks = view.evidence && item.parts;
    return h("fieldset", { class: "hvs-item" }, showClassifyLegend(item, index, texts),
      showBody(item, texts, { parts: !asks }),
      asks && showClassifyParts(context, state, item, item.parts.map((part) => showClassifyPart(context, state, item, part))),
      choices, showClassifyReasons(context, state, item));
  }
  // Short labels fit beside the item's text; long ones go below it.
  const length = state.choices.reduce((sum, label) => sum + state.names.get(label.id).length, 0);
  const beside = length <= 40 || state.choices.length > CLASSIFY_RADIOS;
  const rows = `hvs-items hvs-rows${beside ? " hvs-beside" : ""}`;
  return h("div", { class: compact ? rows : "hvs-items" }, view.items.map(showItem));
}

/* ------------------------------------------------------- classify: a mailbox */

const CLASSIFY_MAIL_HEAD = ["from", "to", "sent", "subject"];

// What the list says of a mail, and which of its parts stand above the line; parts without a role are judged by
// their label and place.
function readClassifyMail(item, number, texts) {
  const roles = item.roles || {};
  const parts = item.parts || [];
  const find = (role) => parts.find((part) => roles[part.id] === role);
  const head = [];
  const body = [];
  for (const part of parts) {
    const role = roles[part.id] || (part.link ? "link" : part.label && !body.length ? "head" : "body");
    (role === "head" || CLASSIFY_MAIL_HEAD.includes(role) ? head : body).push({ part, role });
  }
  const from = find("from") || (head[0] && head[0].role === "head" ? head[0].part : null);
  // A mail program shows the name that the sender has chosen, not the address.
  const sender = from ? from.text.replace(/\s*<[^<>]*>\s*$/, "") || from.text : "";
  const subject = find("subject");
  const sent = find("sent");
  return { item, head, body, sender, subject: subject ? subject.text : shortName(item, number, texts), sent: sent ? sent.text : "" };
}

function showClassifyInbox(context, state) {
  const { view, texts } = context;
  const mails = view.items.map((item, index) => readClassifyMail(item, index + 1, texts));
  const rows = mails.map(showRow);
  const list = h("ul", { class: "hvs-mail-list", role: "list", "aria-label": texts.mail_list, onkeydown: steer }, rows.map((row) => h("li", null, row.button)));
  const pane = h("div", { class: "hvs-mail" });
  const box = h("div", { class: "hvs-mailbox", "data-screen": "list" }, list, pane);
  let current = 0;

  function showRow(mail, index) {
    const chip = h("span", { class: "hvs-mail-state" });
    const button = h("button", { type: "button", class: "hvs-mail-row", tabindex: index ? "-1" : "0", onclick: () => open(index) },
      mail.sender && h("span", { class: "hvs-mail-sender" }, mail.sender), " ", mail.sent && h("span", { class: "hvs-mail-sent" }, mail.sent), " ",
      h("span", { class: "hvs-mail-subject" }, mail.subject), " ", chip);
    return { button, chip };
  }
  function tell(index) {
    const label = state.labels[mails[index].item.id];
    const { chip } = rows[index];
    chip.textContent = label ? fill(texts.mail_sorted, { label: state.names.get(label) }) : texts.mail_unsorted;
    chip.dataset.sorted = label ? "yes" : "no";
  }
  function rove(index) {
    rows.forEach(({ button }, place) => button.setAttribute("tabindex", place === index ? "0" : "-1"));
  }
  function steer(event) {
    const at = rows.findIndex(({ button }) => button === event.target);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: rows.length - 1 }[event.key];
    if (at < 0 || to === undefined || !rows[to]) return;
    event.preventDefault();
    rove(to);
    rows[to].button.focus();
  }
  function fillPane(index) {
    rows[current].button.removeAttribute("aria-current");
    current = index;
    rows[index].button.setAttribute("aria-current", "true");
    rove(index);
    pane.replaceChildren(...showMail(mails[index], index));
  }
  function open(index, moves = false) {
    fillPane(index);
    box.dataset.screen = "mail";
    context.announce(fill(texts.mail_opened, { subject: mails[index].subject }));
    // On a small screen the list has just gone, and the focus with it.
    if (moves || list.offsetParent === null) pane.querySelector("h4").focus();
    const { button } = rows[index];
    const low = button.offsetTop + button.offsetHeight - list.clientHeight;
    list.scrollTop = Math.min(Math.max(list.scrollTop, low), button.offsetTop);
  }
  function close() {
    box.dataset.screen = "list";
    rows[current].button.focus();
  }
  function showLine(mail, { part, role }) {
    const node = showClassifyPart(context, state, mail.item, part);
    node.classList.add(`hvs-mailpart-${role}`);
    return node;
  }
  function showMail(mail, index) {
    const { item } = mail;
    // The subject is the heading already; it stands in its line again only to be marked.
    const head = mail.head.filter(({ role }) => view.evidence || role !== "subject");
    const lines = (some) => some.map((one) => showLine(mail, one));
    const chosen = () => { tell(index); context.changed(); };
    return [
      h("div", { class: "hvs-mail-top" },
        h("button", { type: "button", class: "hvs-button hvs-mail-back", onclick: close }, "← ", texts.mail_back),
        h("p", { class: "hvs-mail-place" }, fill(texts.mail_place, { n: index + 1, all: mails.length }))),
      h("h4", { class: "hvs-mail-title", tabindex: "-1" }, mail.subject),
      item.parts && showClassifyParts(context, state, item, [head.length > 0 && h("div", { class: "hvs-mail-head" }, lines(head)), lines(mail.body)]),
      h("div", { class: "hvs-mail-text" }, showBody(item, texts, { parts: false })),
      h("div", { class: "hvs-mail-foot" },
        h("fieldset", { class: "hvs-mail-choice" }, h("legend", null, texts.mail_actions), showClassifyLabels(context, state, item, chosen), showClassifyReasons(context, state, item)),
        index + 1 < mails.length && h("button", { type: "button", class: "hvs-button hvs-mail-next", onclick: () => open(index + 1, true) }, texts.mail_next, " →")),
    ];
  }
  mails.forEach((_mail, index) => tell(index));
  fillPane(0);
  return h("div", { class: "hvs-desk" }, box);
}

/* -------------------------------------------- classify: checks of signed files */

const CLASSIFY_SIGNS = { ok: "✓", warn: "!", bad: "✕", none: "–" };

function showClassifySign(sign, texts) {
  const words = { ok: texts.sign_ok, warn: texts.sign_warn, bad: texts.sign_bad, none: texts.sign_none };
  return h("span", { class: "hvs-sign", "data-sign": sign }, h("span", { class: "hvs-sign-mark", "aria-hidden": "true" }, CLASSIFY_SIGNS[sign]), h("span", null, words[sign]));
}

function showClassifySignedFile(context, state, item, index) {
  const { view, texts } = context;
  const signs = item.signs || {};
  const roles = item.roles || {};
  const parts = item.parts || [];
  const banner = parts.find((part) => roles[part.id] === "subject");
  const overall = (banner && signs[banner.id]) || ["bad", "warn", "ok", "none"].find((sign) => Object.values(signs).includes(sign)) || "none";
  function showRow(part) {
    const node = showClassifyPart(context, state, item, part);
    node.classList.add("hvs-sign-row");
    if (signs[part.id]) (node.querySelector(".hvs-part-body") || node).append(showClassifySign(signs[part.id], texts));
    return node;
  }
  const rows = parts.filter((part) => signs[part.id] && part !== banner);
  const details = parts.filter((part) => !signs[part.id] && part !== banner);
  return h("fieldset", { class: "hvs-item hvs-signed" }, showClassifyLegend(item, index, texts),
    h("div", { class: "hvs-sign-panel", role: "group", "aria-label": texts.sign_panel },
      h("div", { class: "hvs-sign-banner", "data-sign": overall },
        banner ? showRow(banner) : h("p", null, texts.sign_overall, " ", showClassifySign(overall, texts))),
      view.evidence && h("p", { class: "hvs-request" }, view.evidence),
      rows.map(showRow),
      details.length > 0 && h("details", { class: "hvs-sign-details" }, h("summary", null, texts.sign_details), details.map(showRow))),
    showBody(item, texts, { parts: false }),
    showClassifyLabels(context, state, item, context.changed), showClassifyReasons(context, state, item));
}

function showClassifySignedFiles(context, state) {
  return h("div", { class: "hvs-items" }, context.view.items.map((item, index) => showClassifySignedFile(context, state, item, index)));
}

/* ----------------------------------------------------- classify: a folder tree */

function showClassifyFolders(context, state) {
  const { view, texts } = context;
  const folders = new Map([["", { id: "", text: texts.folder_unplaced, above: null }]]);
  for (const label of view.labels) folders.set(label.id, { ...label, above: folders.get(label.under) || null });
  const files = new Map(view.items.map((item, index) => [item.id, { item, index, name: shortName(item, index + 1, texts) }]));
  const help = h("p", { class: "hvs-folder-help" }, texts.folder_help);
  const tree = h("ul", { class: "hvs-folder-tree", role: "list", onkeydown: steer });
  let active = folders.get("");
  let picked = null;

  for (const folder of folders.values()) makeFolder(folder);
  for (const folder of folders.values()) (folder.above ? folder.above.children : tree).append(folder.node);
  for (const file of files.values()) makeFile(file);
  for (const file of files.values()) lay(file, 1);
  folders.forEach(count);
  setActive(active);

  function makeFolder(folder) {
    folder.files = 0;
    folder.counter = h("span", { class: "hvs-folder-count" });
    folder.toggle = h("button", {
      type: "button", class: "hvs-folder-name", "aria-expanded": "true", tabindex: "-1",
      onclick: () => { setActive(folder); expand(folder, folder.toggle.getAttribute("aria-expanded") === "false"); },
    }, h("span", { class: "hvs-folder-arrow", "aria-hidden": "true" }), h("span", { class: "hvs-folder-text" }, folder.text), " ", folder.counter);
    folder.move = !folder.group && h("button", {
      type: "button", class: "hvs-button hvs-folder-move", "aria-label": `${texts.folder_move}: ${folder.path || folder.text}`, tabindex: "-1",
      onclick: () => { setActive(folder); place(picked, folder.id || null); folder.toggle.focus({ preventScroll: true }); },
    }, texts.folder_move);
    folder.empty = h("p", { class: "hvs-folder-empty" }, texts.folder_empty);
    folder.shelf = h("ul", { class: "hvs-folder-files", role: "list" });
    folder.children = h("ul", { class: "hvs-folder-children", role: "list" });
    folder.inside = h("div", { class: "hvs-folder-inside" }, folder.empty, folder.shelf, folder.children);
    folder.node = h("li", { class: "hvs-folder" }, h("div", { class: "hvs-folder-row" }, folder.toggle, folder.move), folder.inside);
  }
  function makeFile(file) {
    const { item, name } = file;
    file.chip = h("button", { type: "button", class: "hvs-folder-file", "aria-pressed": "false", tabindex: "-1", onclick: (event) => pick(file, event) }, name);
    file.node = h("li", null, file.chip);
    file.button = h("button", {
      type: "button", class: "hvs-button hvs-quiet hvs-folder-pick", "aria-pressed": "false",
      "aria-label": `${texts.folder_pick}: ${name}`, onclick: (event) => pick(file, event),
    }, texts.folder_pick);
    file.choices = showClassifySelect(context, state, item, () => place(file, file.select.value || null));
    file.select = file.choices.querySelector("select");
    file.folder = folders.get(state.labels[item.id] || "");
  }
  // A file lies in one folder and is counted in all above it.
  function lay(file, step) {
    for (let folder = file.folder; folder; folder = folder.above) folder.files += step;
    if (step > 0) {
      file.folder.shelf.append(file.node);
      file.chip.setAttribute("tabindex", file.folder === active ? "0" : "-1");
    }
  }
  function count(folder) {
    folder.counter.textContent = fill(texts.folder_count, { n: folder.files });
    folder.empty.hidden = folder.shelf.childElementCount + folder.children.childElementCount > 0;
  }
  function place(file, label) {
    if (!file) return;
    const old = file.folder;
    lay(file, -1);
    file.folder = folders.get(label || "");
    lay(file, 1);
    for (const start of [old, file.folder]) {
      for (let folder = start; folder; folder = folder.above) count(folder);
    }
    state.labels[file.item.id] = label;
    file.select.value = label || "";
    choose(null);
    context.announce(fill(texts.folder_moved, { file: file.name, folder: file.folder.path || file.folder.text }));
    context.changed();
  }
  function choose(file) {
    if (picked) [picked.chip, picked.button].forEach((button) => button.setAttribute("aria-pressed", "false"));
    picked = file;
    if (picked) [picked.chip, picked.button].forEach((button) => button.setAttribute("aria-pressed", "true"));
    tree.classList.toggle("hvs-folder-moving", picked !== null);
  }
  function pick(file, event) {
    if (picked === file) {
      choose(null);
      context.announce(texts.folder_dropped);
      return;
    }
    choose(file);
    context.announce(fill(texts.folder_picked, { file: file.name }));
    // Without a mouse the way on is through the folders.
    if (event.detail === 0) active.toggle.focus();
    else if (event.currentTarget === file.button) help.scrollIntoView({ block: "nearest" });
  }
  function expand(folder, open) {
    folder.toggle.setAttribute("aria-expanded", String(open));
    folder.inside.hidden = !open;
  }
  function setTabs(folder, value) {
    [folder.toggle, folder.move, ...folder.shelf.querySelectorAll("button")].forEach((button) => button && button.setAttribute("tabindex", value));
  }
  function setActive(folder) {
    setTabs(active, "-1");
    active = folder;
    setTabs(active, "0");
  }
  function focus(folder) {
    if (!folder) return;
    setActive(folder);
    folder.toggle.focus();
  }
  function steer(event) {
    const order = [...folders.values()].filter((folder) => folder.toggle.offsetParent !== null);
    const at = order.findIndex((folder) => folder.toggle === event.target);
    if (at < 0) return;
    const folder = order[at];
    const isOpen = folder.toggle.getAttribute("aria-expanded") === "true";
    const steps = {
      ArrowDown: () => focus(order[at + 1]),
      ArrowUp: () => focus(order[at - 1]),
      Home: () => focus(order[0]),
      End: () => focus(order[order.length - 1]),
      ArrowLeft: () => (isOpen ? expand(folder, false) : focus(folder.above)),
      ArrowRight: () => expand(folder, true),
    };
    if (!steps[event.key]) return;
    event.preventDefault();
    steps[event.key]();
  }
  function showFile(file) {
    const { item, index } = file;
    const asks = view.evidence && item.parts;
    return h("fieldset", { class: "hvs-item hvs-compact" },
      h("legend", null, h("span", { class: "hvs-index" }, index + 1 + "."), h("span", null, item.title ? h("strong", null, item.title) : !item.text && file.name, showBlocks(item.text))),
      showBody({ ...item, text: null }, texts, { parts: !asks }),
      asks && showClassifyParts(context, state, item, item.parts.map((part) => showClassifyPart(context, state, item, part))),
      h("div", { class: "hvs-folder-controls" }, file.choices, file.button), showClassifyReasons(context, state, item));
  }
  return h("div", { class: "hvs-desk" },
    h("div", { class: "hvs-drawers" },
      h("div", { class: "hvs-folder-side" }, h("h4", { class: "hvs-desk-title" }, texts.folder_tree), help, tree),
      h("div", { class: "hvs-folder-list" }, h("h4", { class: "hvs-desk-title" }, texts.folder_files),
        h("div", { class: "hvs-items hvs-rows" }, [...files.values()].map(showFile)))));
}

/* ----------------------------------------------------------------- classify */

const CLASSIFY_LOOKS = { inbox: showClassifyInbox, signature: showClassifySignedFiles, folders: showClassifyFolders };

function makeClassify(context) {
  const state = readClassified(context);
  const show = CLASSIFY_LOOKS[context.view.look] || showClassifyList;
  return { node: show(context, state), answer: state.answer, done: state.done };
}

KINDS.classify = makeClassify;
