// Runs the authoring start page and lessons as soon as they are opened, so that no lecturer has to know what running is.
//
// A prebuilt JupyterLab extension written by hand, so that nothing has to be built: JupyterLab calls `init` with the
// modules that it shares (webpack's module federation) and `get` for the plugin.
(() => {
  const NAME = "hocvuso_author";
  const OPENED = /^(?:soan-bai|source\/[^/]+\/lesson)\.ipynb$/;
  const NARROW_PX = 800;
  let shared = {};

  async function take(name) {
    const [version] = Object.values(shared[name]);
    return (await version.get())();
  }

  async function runOnce(panel, actions) {
    if (!OPENED.test(panel.context.path)) return;
    await panel.context.ready;
    await panel.sessionContext.ready;
    await actions.runAll(panel.content, panel.sessionContext);
    panel.content.activeCellIndex = 0;
    panel.content.node.querySelector(".jp-WindowedPanel-outer")?.scrollTo({ top: 0 });
  }

  async function makePlugin() {
    const notebook = await take("@jupyterlab/notebook");
    return {
      id: `${NAME}:plugin`,
      autoStart: true,
      requires: [notebook.INotebookTracker],
      activate(app, tracker) {
        // On a phone the list of files would leave no room for the page.
        app.restored.then(() => {
          if (window.innerWidth >= NARROW_PX) return;
          app.shell.collapseLeft();
          app.shell.collapseRight();
          for (const side of ["left", "right"]) app.commands.execute("application:toggle-side-tabbar", { side });
        });
        const open = (panel) => runOnce(panel, notebook.NotebookActions);
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
