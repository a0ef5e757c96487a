// The frames are decoration: inside them stand a list of turns or a page's content, and buttons.
function showPathScreen(item, look, texts, ...inside) {
  const { contact } = item;
  const title = look === "phone" ? texts.phone_call : texts.chat;
  return h("div", { class: `hvs-path-screen hvs-path-${look}`, role: "group", "aria-label": contact ? `${title}: ${contact.name}` : title },
    h("div", { class: "hvs-path-screen-head" },
      h("p", { class: "hvs-path-screen-kind" }, title),
      contact && h("p", { class: "hvs-path-screen-name" }, contact.name),
      contact?.number && h("p", { class: "hvs-path-screen-number" }, h("span", { class: "hvs-only-read" }, texts.phone_number + ": "), contact.number)),
    inside);
}

function showPathPage(state, steps, texts) {
  const { step, form } = state;
  return h("div", { class: "hvs-path-page", tabindex: "-1" },
    step && steps && h("p", { class: "hvs-path-step-now" }, fill(texts.service_step, { n: step, all: steps.length, name: steps[step - 1] })),
    step && steps && h("ol", { class: "hvs-path-steps", "aria-hidden": "true" }, steps.map((_name, index) => h("li", { "data-state": index + 1 < step ? "done" : index + 1 === step ? "now" : "open" }, index + 1))),
    state.title && h("h4", { class: "hvs-path-page-title" }, state.title),
    state.notice && h("p", { class: "hvs-path-notice" }, h("strong", null, texts.service_notice + ": "), state.notice),
    state.says && h("p", { class: "hvs-speaker" }, state.says),
    h("div", { class: "hvs-text" }, showBlocks(state.text)),
    form && h("dl", { class: "hvs-path-form", "aria-label": texts.service_form }, form.map((row) => h("div", null, h("dt", null, row.label), h("dd", null, row.value)))));
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
  function showDialogue(item, steps, current) {
    const turns = [];
    for (const step of steps) {
      turns.push(showTurn(item.states[step.state]));
      turns.push(h("li", { class: "hvs-turn hvs-mine" }, h("span", { class: "hvs-speaker" }, texts.you), h("div", { class: "hvs-speech" }, step.choice.text)));
    }
    return h("ol", { class: "hvs-dialogue" }, turns, current);
  }
  // What was done before stays within reach, but the page in front is the one that counts.
  function showService(now, steps, current, choices) {
    return h("div", null,
      h("div", { class: "hvs-path-screen hvs-path-service", role: "group", "aria-label": texts.service_page },
        now.address && h("p", { class: "hvs-path-address" }, h("span", { class: "hvs-path-address-label" }, texts.service_address + ": "), h("code", null, now.address)),
        current, choices),
      steps.length > 0 && h("details", { class: "hvs-path-done" }, h("summary", null, fill(texts.service_done, { n: steps.length })),
        h("ol", null, steps.map((step) => h("li", null, step.choice.text)))));
  }
  function draw(item, focus) {
    const { steps, state } = walk(item);
    const now = item.states[state];
    const isService = view.look === "service";
    const current = isService ? showPathPage(now, view.steps, texts) : showTurn(now, true);
    const group = makeId();
    const choices = now.end || !(now.choices || []).length ? h("p", { class: "hvs-finished" }, texts.ended)
      : h("div", { class: "hvs-options", role: "group", "aria-labelledby": group },
          h("p", { id: group, class: "hvs-request" }, texts.choices),
          now.choices.map((choice) => h("button", { type: "button", class: "hvs-option", onclick: () => choose(item, state, choice) }, choice.text)));
    const restart = !steps.length ? null
      : model.get("submitted") ? h("p", { class: "hvs-count" }, texts.restart_locked)
      : h("button", { type: "button", class: "hvs-button hvs-quiet", onclick: () => begin(item) }, "↺ " + texts.restart);
    const shown = isService ? [showService(now, steps, current, choices)]
      : view.look ? [showPathScreen(item, view.look, texts, showDialogue(item, steps, current), choices)]
      : [showDialogue(item, steps, current), choices];
    frames[item.id].replaceChildren(...shown, ...(restart ? [restart] : []));
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

KINDS.path = makePath;
