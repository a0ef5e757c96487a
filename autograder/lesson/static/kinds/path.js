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

KINDS.path = makePath;
