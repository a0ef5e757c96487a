/* ---------------------------------------------------------------- findings */

function showFindings(findings, texts) {
  if (!findings.length) return h("p", { class: "hvs-author-good" }, texts.no_findings);
  return [
    h("p", { class: "hvs-author-count" }, fill(texts.findings, { n: findings.length })),
    h("ol", { class: "hvs-findings" }, findings.map((finding) => h("li", null,
      h("p", null, finding.where && h("span", { class: "hvs-place" }, finding.where + ": "), h("strong", null, finding.message)),
      (finding.found || finding.expected) && h("p", { class: "hvs-evidence" },
        [finding.found && fill(texts.line_found, finding), finding.expected && fill(texts.line_expected, finding)].filter(Boolean).join("; ")),
      finding.hint && h("p", null, fill(texts.line_hint, finding))))),
  ];
}

// A labelled field; `control` gets the id that the label names.
function makeField(text, control, { wide = false, note = null } = {}) {
  const id = makeId();
  control.id = id;
  const hint = note && h("span", { class: "hvs-note", id: id + "-note" }, note);
  if (hint) control.setAttribute("aria-describedby", hint.id);
  return h("div", { class: wide ? "hvs-form-field hvs-wide" : "hvs-form-field" }, h("label", { for: id, class: "hvs-form-label" }, text), hint, control);
}

const makeInput = (props) => h("input", { type: "text", class: "hvs-form-input", autocomplete: "off", ...props });
const makeArea = (props) => h("textarea", { class: "hvs-form-input", rows: "3", ...props });
const makeButton = (text, act, { primary = false, label = null, quiet = false } = {}) =>
  h("button", { type: "button", class: "hvs-button" + (primary ? " hvs-primary" : "") + (quiet ? " hvs-quiet" : ""), onclick: act, "aria-label": label }, text);

function makeTicks(legend, choices) {
  const boxes = choices.map((one) => h("input", { type: "checkbox", value: one.id, checked: one.checked }));
  const node = h("fieldset", { class: "hvs-ticks" }, h("legend", null, legend),
    h("div", { class: "hvs-choices" }, choices.map((one, i) => h("label", { class: "hvs-choice" }, boxes[i], h("span", null, one.text)))));
  return { node, read: () => boxes.filter((box) => box.checked).map((box) => box.value) };
}
