/* ------------------------------------------------------------------- start */

function renderStart(model, root) {
  const view = model.get("view");
  const texts = model.get("texts");
  const list = h("div", { class: "hvs-modules" });
  const places = new Map();
  const creator = makeCreator();
  const fresh = makeButton(texts.new_module, () => creator.open(), { primary: true });
  let waiting = null;
  const asker = makeAsker(model, texts, () => settle({ state: "error", text: texts.lost, findings: [] }));

  function ask(slug, message, busy) {
    if (waiting) return;
    waiting = slug;
    setBusy(true);
    if (slug) places.get(slug).replaceChildren(h("p", null, busy));
    asker.send(message);
  }
  function setBusy(busy) {
    for (const button of root.querySelectorAll("button")) busy ? button.setAttribute("aria-disabled", "true") : button.removeAttribute("aria-disabled");
  }
  function settle(told) {
    const slug = waiting;
    waiting = null;
    asker.heard();
    setBusy(false);
    if (places.has(slug)) show(places.get(slug), told);
    else creator.refuse(told.text);
  }
  function show(place, told) {
    const link = told.url && h("p", null, h("a", { href: told.url, target: "_blank", rel: "noopener", class: "hvs-receipt" }, texts.preview_open));
    place.replaceChildren(h("div", { class: "hvs-verdict", "data-state": told.state },
      told.text && h("p", { class: "hvs-verdict-title" }, told.text), link,
      (told.checked || told.findings.length > 0) && showFindings(told.findings, texts)));
    if (link) link.firstChild.focus();
  }

  async function openLesson(slug) {
    const path = `source/${slug}/lesson.ipynb`;
    if (!(await openFile(path))) places.get(slug).replaceChildren(h("p", null, fill(texts.open_by_hand, { path })));
  }
  function askRelease(slug) {
    if (waiting) return;
    const place = places.get(slug);
    const question = h("p", { class: "hvs-confirm-title", tabindex: "-1" }, texts.release_ask);
    const close = () => { place.replaceChildren(); list.querySelector(`[data-release="${slug}"]`).focus(); };
    place.replaceChildren(h("div", { class: "hvs-confirm", role: "group", "aria-label": texts.release, onkeydown: (event) => { if (event.key === "Escape") close(); } },
      question, h("div", { class: "hvs-actions" },
        makeButton(texts.release, () => ask(slug, { type: "release", slug }, texts.releasing), { primary: true }), makeButton(texts.cancel, close))));
    question.focus();
  }

  function showModule(module) {
    const { slug, title } = module;
    const place = places.get(slug) || h("div", { class: "hvs-result", role: "status" });
    places.set(slug, place);
    const release = makeButton(texts.release, () => askRelease(slug), { label: fill(texts.release_of, { title }) });
    release.dataset.release = slug;
    const facts = [module.code, module.status, module.minutes && fill(texts.minutes, { n: module.minutes })].filter(Boolean);
    return h("article", { class: "hvs-item", "data-module": slug },
      h("h4", { class: "hvs-module-title" }, title), h("p", { class: "hvs-count" }, facts.join(" · ")),
      h("div", { class: "hvs-actions" },
        makeButton(texts.open, () => openLesson(slug), { label: fill(texts.open_of, { title }) }),
        makeButton(texts.check, () => ask(slug, { type: "check", slug }, texts.checking), { label: fill(texts.check_of, { title }) }),
        makeButton(texts.preview, () => ask(slug, { type: "preview", slug }, texts.preview_starting), { label: fill(texts.preview_of, { title }) }),
        release), place);
  }
  function refresh() {
    const modules = model.get("modules");
    list.replaceChildren(...(modules.length ? modules.map(showModule) : [h("p", null, texts.no_modules)]));
  }

  function makeCreator() {
    const fields = {
      title: makeInput(), "title-en": makeInput({ lang: "en" }), code: makeInput({ value: view.code }), slug: makeInput(),
      minutes: makeInput({ value: "50", inputmode: "numeric" }), objective: makeArea(), "objective-en": makeArea({ lang: "en" }),
    };
    const tick = (one, i) => ({ ...one, checked: i === 0 });
    const domains = makeTicks(texts.module_domains, view.domains.map((one) => ({ ...one, checked: one.id === "tac-nghiep" })));
    const qualities = makeTicks(texts.module_qualities, view.qualities.map(tick));
    const frameworks = view.frameworks.map((framework) => [framework.id,
      makeTicks(fill(texts.module_competences, { framework: framework.name }), framework.codes.map((code) => ({ id: code, text: code })))]);
    const said = h("div", { class: "hvs-result", role: "status" });
    const heading = h("h4", { class: "hvs-module-title", tabindex: "-1" }, texts.new_module);
    let named = false;
    fields.slug.addEventListener("input", () => { named = true; });
    fields.title.addEventListener("change", () => { if (!named) model.send({ type: "suggest", title: fields.title.value }); });
    const lines = (field) => field.value.split("\n").map((line) => line.trim()).filter(Boolean);
    function send() {
      if (waiting !== null) return;
      const form = Object.fromEntries(["title", "title-en", "code", "slug", "minutes"].map((name) => [name, fields[name].value.trim()]));
      form.objective = lines(fields.objective);
      form["objective-en"] = lines(fields["objective-en"]);
      form.domain = domains.read();
      form.quality = qualities.read();
      form.competence = frameworks.flatMap(([id, ticks]) => ticks.read().map((code) => `${id}:${code}`));
      said.replaceChildren(h("p", null, texts.busy));
      waiting = "";
      setBusy(true);
      asker.send({ type: "new", form });
    }
    const node = h("div", { class: "hvs-item hvs-creator", hidden: true }, heading,
      h("div", { class: "hvs-form" },
        makeField(`${texts.module_title} (${texts.vietnamese})`, fields.title), makeField(`${texts.module_title} (${texts.english})`, fields["title-en"]),
        makeField(texts.module_code, fields.code), makeField(texts.module_slug, fields.slug), makeField(texts.module_minutes, fields.minutes),
        makeField(`${texts.module_objectives} (${texts.vietnamese})`, fields.objective, { wide: true }),
        makeField(`${texts.module_objectives} (${texts.english})`, fields["objective-en"], { wide: true })),
      domains.node, qualities.node, frameworks.map(([, ticks]) => ticks.node),
      h("div", { class: "hvs-actions" }, makeButton(texts.create, send, { primary: true }), makeButton(texts.cancel, close)), said);
    function close() {
      node.hidden = true;
      fresh.focus();
    }
    return {
      node,
      open() { node.hidden = false; heading.focus(); },
      suggest(slug) { if (!named) fields.slug.value = slug; },
      refuse(text) { said.replaceChildren(h("div", { class: "hvs-verdict", "data-state": "error" }, h("p", null, text))); },
      finish() {
        node.hidden = true;
        said.replaceChildren();
        named = false;
        for (const name of ["title", "title-en", "slug", "objective", "objective-en"]) fields[name].value = "";
        fields.code.value = "";
      },
    };
  }

  function hear(message) {
    if (message.type === "suggested") creator.suggest(message.slug);
    else if (message.type === "created") {
      waiting = null;
      asker.heard();
      setBusy(false);
      creator.finish();
      show(places.get(message.slug), { state: "right", text: message.text, findings: [] });
      const made = list.querySelector(`[data-module="${message.slug}"]`);
      made.scrollIntoView({ block: "center" });
      made.querySelector("button").focus();
    } else if (message.type === "refused" || message.type === "done") settle(message);
  }
  model.on("msg:custom", hear);
  model.on("change:modules", refresh);
  const title = h("h2", { class: "hvs-title", id: makeId() }, texts.start_title);
  const section = h("section", { class: "hvs hvs-author", lang: view.lang, "aria-labelledby": title.id, "data-lm-suppress-shortcuts": "true" },
    title, h("p", null, texts.start_lead),
    h("div", { class: "hvs-actions" }, fresh, makeButton(texts.refresh, () => model.send({ type: "list" }))),
    creator.node, h("h3", { class: "hvs-module-title" }, texts.modules), list);
  root.append(section);
  refresh();
  return () => {
    asker.heard();
    model.off("msg:custom", hear);
    model.off("change:modules", refresh);
  };
}
