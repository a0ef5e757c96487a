// The slowest line that is waited for, in bytes per millisecond.
const FILE_SLOWEST = 25;

// Adler-32 with the length: the mark by which the session knows a file that it has already.
function markFile(content) {
  let a = 1;
  let b = 0;
  for (let i = 0; i < content.length; i += 1) {
    a = (a + content.charCodeAt(i)) % 65521;
    b = (b + a) % 65521;
  }
  return `${content.length}-${b * 65536 + a}`;
}

function readFile(file) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result).split(",")[1] || "");
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(file);
  });
}

function makeFile(context) {
  const { view, texts, saved, id } = context;
  const given = {};
  const shown = {};
  for (const item of view.items) {
    const old = isRecord(saved) ? saved[item.id] : null;
    given[item.id] = isRecord(old) && typeof old.mark === "string" ? { name: String(old.name), mark: old.mark } : null;
  }
  let files = view.told && view.told.files;
  const told = (item) => (isRecord(files) && isRecord(files[item.id]) ? files[item.id] : null);

  function changed() {
    const size = Object.values(given).reduce((sum, one) => sum + (one && one.content ? one.content.length : 0), 0);
    context.changed({ patience: size / FILE_SLOWEST });
  }
  function showState(item) {
    const { card, error, pick, note } = shown[item.id];
    const file = given[item.id];
    const facts = told(item);
    const known = file && facts && facts.mark === file.mark;
    pick.textContent = file ? texts.file_replace : texts.file_choose;
    card.dataset.state = !file ? "none" : !known ? "busy" : facts.problem ? "refused" : "ok";
    note.replaceChildren(...(!file ? [h("p", { class: "hvs-count" }, texts.file_none)] : !known ? [h("p", null, fill(texts.file_sending, { name: file.name }))] : [
      h("p", { class: "hvs-file-name" }, fill(texts.file_size, { name: facts.name, kb: facts.kb })),
      h("p", { class: "hvs-file-state" }, facts.problem ? texts.file_refused : texts.file_uploaded, facts.facts && h("span", { class: "hvs-file-facts" }, facts.facts)),
    ]));
    error.textContent = known ? facts.problem : "";
    shown[item.id].remove.hidden = !file;
  }
  async function choose(item, input) {
    const file = input.files[0];
    // The same file can be chosen again after it was changed.
    const forget = () => { input.value = ""; };
    if (!file) return;
    const name = file.name.slice(0, 200);
    const kb = Math.ceil(file.size / 1024);
    if (file.size > item.max_kb * 1024) {
      forget();
      refuse(item, fill(texts.file_too_large, { name, kb, limit: item.max_kb }));
      return;
    }
    const turn = (shown[item.id].turn += 1);
    let content;
    try {
      content = await readFile(file);
    } catch {
      if (turn === shown[item.id].turn) refuse(item, fill(texts.file_unreadable, { name }));
      return;
    } finally {
      forget();
    }
    if (turn !== shown[item.id].turn) return;
    given[item.id] = { name, content, mark: markFile(content) };
    showState(item);
    changed();
  }
  function refuse(item, text) {
    showState(item);
    shown[item.id].error.textContent = text;
    context.announce(text);
  }
  function remove(item) {
    shown[item.id].turn += 1;
    given[item.id] = null;
    showState(item);
    changed();
    context.announce(texts.file_removed);
    shown[item.id].input.focus();
  }
  function update(message) {
    if (!message.told || !isRecord(message.told.files)) return;
    files = message.told.files;
    let isLost = false;
    for (const item of view.items) {
      const file = given[item.id];
      const facts = told(item);
      if (file && !file.content && !facts && message.type === "saved") {
        // It is no longer on the disk, and that is what counts.
        given[item.id] = null;
        refuse(item, fill(texts.file_lost, { name: file.name }));
        isLost = true;
      }
      if (!file || !facts || facts.mark !== file.mark) continue;
      const isNew = Boolean(file.content);
      // It lies on the disk now; from here on its mark is enough.
      delete file.content;
      showState(item);
      if (isNew) context.announce([fill(texts.file_size, { name: facts.name, kb: facts.kb }), facts.problem ? texts.file_refused : texts.file_uploaded, facts.problem || facts.facts].join(". "));
    }
    if (isLost) changed();
  }
  function showItem(item, index) {
    const field = `${id}-${item.id}`;
    const name = view.items.length > 1 || !item.title ? h("span", { class: "hvs-name" }, fill(texts.item, { n: index + 1 })) : null;
    const pick = h("span", { class: "hvs-button hvs-file-button", id: `${field}-pick` });
    const input = h("input", { id: field, class: "hvs-file-input", type: "file", accept: item.endings,
      "aria-labelledby": `${field}-pick ${field}-name`, "aria-describedby": `${field}-types ${field}-note ${field}-error`,
      onchange: (event) => choose(item, event.target) });
    const note = h("div", { class: "hvs-file-note", id: `${field}-note` });
    const error = h("p", { class: "hvs-error", id: `${field}-error` });
    const away = h("button", { type: "button", class: "hvs-button hvs-quiet", "aria-describedby": `${field}-name`, onclick: () => remove(item) }, texts.file_remove);
    const card = h("div", { class: "hvs-file-card" }, note, error);
    shown[item.id] = { input, pick, note, error, card, remove: away, turn: 0 };
    return h("fieldset", { class: "hvs-item" },
      h("legend", { id: `${field}-name` }, name, item.title && h("span", { class: "hvs-item-title" }, item.title)),
      showBody(item, texts), card,
      h("div", { class: "hvs-file-actions" }, h("label", { class: "hvs-file-pick", for: field }, input, pick), away),
      h("p", { class: "hvs-count", id: `${field}-types` }, fill(texts.file_types, { types: item.types, kb: item.max_kb })));
  }
  const node = h("div", { class: "hvs-items" }, view.items.map(showItem));
  view.items.forEach(showState);
  return {
    node,
    update,
    answer() {
      const answer = {};
      for (const item of view.items) {
        const file = given[item.id];
        if (file) answer[item.id] = file.content === undefined ? { name: file.name, mark: file.mark } : { name: file.name, content: file.content };
      }
      return answer;
    },
    done: () => view.items.filter((item) => given[item.id]).length,
  };
}

KINDS.file = makeFile;
