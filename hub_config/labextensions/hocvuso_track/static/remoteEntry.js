// The page of the optional Python track, for people who have never programmed: frames to write in, each with a
// button to run it, checks with one button, and a bar to save, undo and stop.  The machinery runs by itself.
//
// A prebuilt JupyterLab extension written by hand, so that nothing has to be built: JupyterLab calls `init` with the
// modules that it shares (webpack's module federation) and `get` for the plugin.  Texts come from the server.
(() => {
  const NAME = "hocvuso_track";
  let shared = {};

  async function take(name) {
    const [version] = Object.values(shared[name]);
    return (await version.get())();
  }

  function readTexts() {
    const page = JSON.parse(document.getElementById("jupyter-config-data").textContent);
    return JSON.parse(page.hocvusoTrack);
  }

  /* ---------------------------------------------------------------- elements */

  function h(tag, props, ...children) {
    const node = document.createElement(tag);
    for (const [name, value] of Object.entries(props || {})) {
      if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
      else node.setAttribute(name, value);
    }
    node.append(...children);
    return node;
  }

  const fill = (text, values) => text.replace(/\{(\w+)\}/g, (all, name) => (name in values ? values[name] : all));

  // A row below a frame.  What is pressed here is no business of the notebook's, which would move its focus.
  function makeRow(...children) {
    const row = h("div", { class: "hvs-track-row", "data-lm-suppress-shortcuts": "true" }, ...children);
    for (const type of ["mousedown", "dblclick"]) row.addEventListener(type, (event) => event.stopPropagation());
    return row;
  }

  function setBusy(button, isBusy, text) {
    button.setAttribute("aria-disabled", String(isBusy));
    button.textContent = text;
  }

  /* ------------------------------------------------------------------- cells */

  const GIVEN = "given", FRAME = "frame", CHECK = "check", MACHINERY = "machinery", TEXT = "text";

  function findRole(cell) {
    if (cell.model.type !== "code") return TEXT;
    const tags = cell.model.getMetadata("tags") || [];
    if (tags.includes("setup") || tags.includes("submit")) return MACHINERY;
    if (cell.model.sharedModel.getSource().startsWith("%%check")) return CHECK;
    return cell.readOnly ? GIVEN : FRAME;
  }

  class Track {
    constructor(panel, modules, texts, bar) {
      this.panel = panel;
      this.notebook = panel.content;
      this.session = panel.sessionContext;
      this.modules = modules;
      this.texts = texts;
      this.bar = bar;
      this.parts = [];
      this.ran = new Map();
      this.prepared = false;
      this.isPassing = false;
      this.waiting = 0;
      this.chain = Promise.resolve();
    }

    async open() {
      this.panel.toolbar.hide();
      await this.panel.context.ready;
      this.parts = this.notebook.widgets.map((cell) => ({ cell, role: findRole(cell) }));
      await Promise.all(this.parts.map((part) => part.cell.ready));
      let frames = 0;
      let last = 0;
      for (const part of this.parts) {
        part.cell.addClass(`hvs-track-${part.role}`);
        if (part.role === FRAME || part.role === GIVEN) last = frames += 1;
        part.number = last;
        if (part.role === FRAME || part.role === GIVEN) this.dressFrame(part);
        if (part.role === CHECK) this.dressCheck(part);
        // What an earlier visit showed may no longer be true of what stands in the frames.
        if (part.role === CHECK || part.role === MACHINERY) part.cell.model.clearExecution();
      }
      this.watchKeys();
      this.showTitle();
      this.describe();
      this.bar.attach(this);
      this.notebook.addClass("hvs-track-arranged");
      this.session.statusChanged.connect((_, status) => this.noteStatus(status));
      this.session.kernelChanged.connect((_, change) => {
        if (change.newValue) return;
        this.forget();
        this.enqueue(() => this.prepare());
      });
      this.enqueue(() => this.prepare());
    }

    dressFrame(part) {
      const { texts } = this;
      const name = fill(part.role === FRAME ? texts.frame : texts.given, { n: part.number });
      const content = part.cell.node.querySelector(".cm-content");
      content.setAttribute("aria-label", name);
      const hint = h("span", { class: "hvs-track-hint", id: `hvs-track-hint-${part.number}` }, texts.leave);
      content.setAttribute("aria-describedby", hint.id);
      // JupyterLab expects its own keys to get here; Tab is what people know.
      content.setAttribute("tabindex", "0");
      part.button = h("button", { type: "button", class: "hvs-track-button", onclick: () => this.runFrame(part) }, texts.run);
      part.button.setAttribute("aria-label", fill(texts.run_frame, { n: part.number }));
      part.status = h("span", { class: "hvs-track-hint", role: "status" });
      const label = h("span", { class: "hvs-track-name", "aria-hidden": "true" }, name);
      this.insertRow(part, makeRow(part.button, label, part.role === FRAME ? hint : "", part.status));
    }

    dressCheck(part) {
      const { texts } = this;
      part.button = h("button", { type: "button", class: "hvs-track-button hvs-track-primary", onclick: () => this.runCheck(part) }, texts.check);
      part.button.setAttribute("aria-label", fill(texts.check_frame, { n: part.number }));
      part.status = h("span", { class: "hvs-track-hint", role: "status" }, fill(texts.check_hint, { n: part.number }));
      this.insertRow(part, makeRow(part.button, part.status));
    }

    insertRow(part, row) {
      const { layout, inputArea } = part.cell;
      const above = layout.widgets.findIndex((widget) => widget.node.contains(inputArea.node));
      layout.insertWidget(above + 1, new this.modules.widgets.Widget({ node: row }));
    }

    // JupyterLab calls the page a feed and names parts that have no role; both mislead screen readers.
    describe() {
      const viewport = this.notebook.node.querySelector(".jp-WindowedPanel-viewport");
      for (const name of ["role", "aria-label"]) viewport.removeAttribute(name);
      for (const { cell, role } of this.parts) {
        if (role === TEXT) cell.node.removeAttribute("aria-label");
        else cell.node.setAttribute("role", "group");
      }
      this.notebook.node.setAttribute("aria-label", this.bar.title.textContent);
    }

    showTitle() {
      const heading = this.notebook.node.querySelector(".jp-MarkdownCell h1");
      const source = this.parts.map((part) => (part.role === TEXT ? part.cell.model.sharedModel.getSource() : "")).join("\n");
      const found = source.match(/^# +(.+)$/m);
      const title = found ? found[1].trim() : heading ? heading.textContent.replace("¶", "").trim() : this.texts.title;
      this.bar.title.textContent = title;
      document.title = `${title} — ${this.texts.product}`;
    }

    // JupyterLab's own shortcuts are off: most of them change cells.
    watchKeys() {
      const onKey = (event) => {
        if (event.isComposing) return;
        const part = this.parts.find((one) => one.cell.node.contains(event.target));
        const inEditor = part && event.target.closest(".cm-content");
        if (!inEditor || !part.button) return;
        if (event.key === "Tab" && this.isPassing) {
          event.stopPropagation(); // the browser goes on; nothing is indented
          return;
        }
        if (!["Tab", "Shift", "Control", "Alt", "Meta"].includes(event.key)) this.isPassing = false;
        if (event.key === "Enter" && (event.shiftKey || event.ctrlKey || event.metaKey)) this.runFrame(part);
        else if (event.key === "Escape") part.button.focus();
        else return;
        event.preventDefault();
        event.stopPropagation();
      };
      this.panel.node.addEventListener("keydown", onKey, true);
      // Who comes to a frame with Tab goes on with Tab, until they write in it: then Tab indents.
      this.panel.node.addEventListener("mousedown", () => { this.isPassing = false; }, true);
      document.addEventListener("keyup", (event) => {
        if (event.key === "Tab" && event.target !== this.lastTarget) this.isPassing = true;
        this.lastTarget = event.target;
      }, true);
      // Text is for reading; a double click would open its source.
      const onDouble = (event) => event.target.closest(".jp-MarkdownCell") && event.stopPropagation();
      this.panel.node.addEventListener("dblclick", onDouble, true);
    }

    /* ---------------------------------------------------------------- running */

    // One after the other, in the order of the presses.
    enqueue(job) {
      this.waiting += 1;
      this.bar.showRunning(true);
      this.chain = this.chain.then(job).catch(() => this.bar.say(this.texts.lost)).finally(() => {
        this.waiting -= 1;
        this.bar.showRunning(this.waiting > 0);
      });
      return this.chain;
    }

    async prepare() {
      const { session } = this;
      await session.ready;
      const isGone = () => !session.session || !session.session.kernel || session.session.kernel.status === "dead";
      if (isGone()) {
        this.forget();
        await session.changeKernel({ name: "python3" });
      }
      await session.session.kernel.info;
      if (this.prepared) return;
      this.prepared = true;
      for (const part of this.parts.filter((one) => one.role === MACHINERY)) await this.execute(part);
      this.bar.say("");
    }

    async execute(part) {
      const reply = await this.modules.cells.CodeCell.execute(part.cell, this.session);
      const isFine = Boolean(reply) && reply.content.status === "ok";
      if (isFine) this.ran.set(part, part.cell.model.sharedModel.getSource());
      else this.ran.delete(part);
      return isFine;
    }

    forget() {
      this.prepared = false;
      this.ran.clear();
    }

    noteStatus(status) {
      if (["restarting", "autorestarting", "dead"].includes(status)) this.forget();
      else if (status === "idle" && !this.prepared && !this.waiting) this.enqueue(() => this.prepare());
    }

    runFrame(part) {
      if (part.button.getAttribute("aria-disabled") === "true") return;
      setBusy(part.button, true, this.texts.running);
      part.status.textContent = "";
      this.enqueue(async () => {
        await this.prepare();
        part.status.textContent = (await this.execute(part)) ? this.texts.ran : "";
      }).finally(() => setBusy(part.button, false, this.texts.run));
    }

    runCheck(part) {
      if (part.button.getAttribute("aria-disabled") === "true") return;
      setBusy(part.button, true, this.texts.running);
      part.status.textContent = "";
      part.cell.model.clearExecution();
      this.enqueue(async () => {
        await this.prepare();
        const above = this.parts.slice(0, this.parts.indexOf(part)).filter((one) => one.role === FRAME || one.role === GIVEN);
        const nearest = above[above.length - 1];
        for (const one of above) {
          const source = one.cell.model.sharedModel.getSource();
          const isFine = one !== nearest && this.ran.get(one) === source ? true : await this.execute(one);
          if (isFine || one !== nearest) continue;
          part.status.textContent = fill(this.texts.check_failed, { n: part.number });
          return;
        }
        await this.execute(part);
        part.status.textContent = "";
      }).finally(() => setBusy(part.button, false, this.texts.check));
    }

    runActive() {
      const part = this.parts.find((one) => one.cell === this.notebook.activeCell && one.button) || this.parts.find((one) => one.button);
      if (part) (part.role === CHECK ? this.runCheck : this.runFrame).call(this, part);
    }

    undo() {
      const { activeCell } = this.notebook;
      if (activeCell && activeCell.editor && !activeCell.readOnly) activeCell.editor.undo();
    }

    stop() {
      const kernel = this.session.session && this.session.session.kernel;
      if (kernel) kernel.interrupt().catch(() => this.bar.say(this.texts.lost));
    }
  }

  /* --------------------------------------------------------------------- bar */

  class Bar {
    constructor(app, texts) {
      const button = (text, hint, act) => h("button", { type: "button", class: "hvs-track-button", title: hint, onclick: act }, text);
      const track = (act) => () => this.track && act(this.track);
      this.texts = texts;
      this.title = h("span", { class: "hvs-track-title" }, texts.title);
      this.stop = button(texts.stop, texts.stop_hint, track((one) => one.stop()));
      this.stop.classList.add("hvs-track-stop");
      this.state = h("span", { class: "hvs-track-state" });
      this.alert = h("span", { class: "hvs-track-alert", role: "alert" });
      this.save = () => app.commands.execute("docmanager:save");
      this.node = h("header", { class: "hvs-track-bar" },
        h("a", { class: "hvs-track-back", href: texts.portal }, texts.back),
        this.title,
        h("div", { class: "hvs-track-tools", role: "group", "aria-label": texts.tools },
          button(texts.save, texts.save_hint, this.save),
          button(texts.undo, texts.undo_hint, track((one) => one.undo())),
          button(texts.run, texts.run_hint, track((one) => one.runActive())),
          this.stop,
          this.state),
        this.alert);
      // A press on the bar leaves the frame that it is meant for the active one.
      this.node.addEventListener("mousedown", (event) => event.target.closest("button") && event.preventDefault());
      this.showRunning(false);
      document.addEventListener("keydown", (event) => {
        if ((event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && event.key.toLowerCase() === "s") {
          event.preventDefault();
          this.save();
        }
      });
    }

    attach(track) {
      this.track = track;
      const { context } = track.panel;
      const show = () => {
        this.state.textContent = context.model.dirty ? this.texts.unsaved : this.texts.saved;
      };
      context.model.stateChanged.connect(show);
      context.saveState.connect((_, state) => {
        if (state === "started") this.state.textContent = this.texts.saving;
        else show();
        if (state !== "started") this.say(state === "failed" ? this.texts.not_saved : "");
      });
      show();
    }

    showRunning(isRunning) {
      this.stop.setAttribute("aria-disabled", String(!isRunning));
      this.node.classList.toggle("hvs-track-running", isRunning);
    }

    say(text) {
      if (this.alert.textContent !== text) this.alert.textContent = text;
    }
  }

  /* ------------------------------------------------------------------ plugin */

  async function makePlugin() {
    const names = ["@jupyterlab/notebook", "@jupyterlab/translation", "@jupyterlab/cells", "@lumino/widgets"];
    const [notebook, translation, cells, widgets] = await Promise.all(names.map(take));
    return {
      id: `${NAME}:plugin`,
      autoStart: true,
      requires: [notebook.INotebookTracker, translation.ITranslator],
      activate(app, tracker, translator) {
        const texts = readTexts();
        document.documentElement.lang = texts.language;
        const bar = new Bar(app, texts);
        const holder = new widgets.Widget({ node: bar.node });
        holder.id = "hvs-track-bar";
        app.shell.add(holder, "top", { rank: 0 });
        const open = (panel) => {
          // Notebook 7 gives its page no translator, so what it says of a lost session would stay English.
          panel._trans = translator.load("jupyterlab");
          return new Track(panel, { cells, widgets }, texts, bar).open();
        };
        tracker.forEach(open);
        tracker.widgetAdded.connect((_, panel) => open(panel));
      },
    };
  }

  window._JUPYTERLAB = window._JUPYTERLAB || {};
  window._JUPYTERLAB[NAME] = {
    init(scope) {
      shared = scope;
    },
    async get() {
      const plugin = await makePlugin();
      return () => ({ __esModule: true, default: plugin });
    },
  };
})();
