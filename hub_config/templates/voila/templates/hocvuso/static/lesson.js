// The lesson page around Voilà: progress while it opens, a word when something is wrong, tables that scroll.
"use strict";
(function () {
  const STUCK_AFTER_MS = 45000;
  const LOST_AFTER_MS = 4000;
  const PENDING = 'script[type="application/vnd.voila.cell-output+json"]';
  const byId = (id) => document.getElementById(id);
  let sent = false;
  let isOpen = false;

  // Voilà and the template call these while cells are sent.
  window.voila_process = function (index, count) {
    const bar = byId("opening-progress");
    if (bar) { bar.max = count + 1; bar.value = index; }
  };
  window.voila_sent = function () { sent = true; };
  window.voila_finish = window.voila_heartbeat = window.update_loading_text = window.display_cells = function () {};

  function showTrouble(kind) {
    byId("trouble-text").textContent = document.body.dataset[kind];
    byId("trouble").hidden = false;
    byId("reload").hidden = kind === "lost";
  }

  function hideTrouble() { byId("trouble").hidden = true; }

  function markOpen() {
    isOpen = true;
    byId("opening-progress").hidden = true;
    byId("opening-text").textContent = document.body.dataset.ready;
    byId("opening").classList.add("quiet");
    hideTrouble();
  }

  function waitUntilOpen(started) {
    if (sent && window.jupyterapp && !document.querySelector(PENDING)) { markOpen(); return; }
    if (Date.now() - started > STUCK_AFTER_MS) { showTrouble("stuck"); }
    setTimeout(waitUntilOpen, 100, started);
  }

  // Answers are saved by the connection to the learner's own server; without it the page must say so.
  function watchConnection() {
    const manager = window.jupyterapp && window.jupyterapp.widgetManager;
    if (!manager || !manager.kernel) { setTimeout(watchConnection, 500); return; }
    let timer = null;
    const judge = function () {
      const kernel = manager.kernel;
      clearTimeout(timer);
      if (kernel.status === "dead" || kernel.isDisposed) { showTrouble("ended"); return; }
      if (kernel.connectionStatus === "connected") { if (isOpen) { hideTrouble(); } return; }
      timer = setTimeout(showTrouble, LOST_AFTER_MS, "lost");
    };
    manager.kernel.connectionStatusChanged.connect(judge);
    manager.kernel.statusChanged.connect(judge);
    manager.kernel.disposed.connect(judge);
  }

  function letTablesScroll() {
    for (const table of document.querySelectorAll(".jp-RenderedMarkdown table")) {
      const frame = document.createElement("div");
      frame.className = "scroll";
      frame.tabIndex = 0;
      frame.setAttribute("role", "region");
      frame.setAttribute("aria-label", document.body.dataset.table);
      table.replaceWith(frame);
      frame.append(table);
    }
  }

  document.addEventListener("DOMContentLoaded", function () {
    byId("reload").addEventListener("click", function () { window.location.reload(); });
    letTablesScroll();
    waitUntilOpen(Date.now());
    watchConnection();
  });
})();
