// The two pages that wait: the learning room being prepared, and a submission being graded.
// Without this file both look again by themselves (meta refresh).

const EVERY_MS = 1000;
const SLOW_AFTER_MS = 15000;
const FAILED_AFTER = 3; // looks in a row that find the room closed

const pause = () => new Promise((done) => setTimeout(done, document.hidden ? 5 * EVERY_MS : EVERY_MS));

async function waitForRoom(box) {
  const started = Date.now();
  const status = box.querySelector("[data-status]");
  let closed = 0;
  for (;;) {
    await pause();
    let room;
    try {
      const answer = await fetch(box.dataset.room, { headers: { Accept: "application/json" } });
      if (answer.status === 401) return location.reload();
      room = answer.ok ? await answer.json() : {};
    } catch {
      room = {};
    }
    if (room.state === "running") return location.replace(box.dataset.target);
    closed = room.state === "stopped" ? closed + 1 : 0;
    if (closed >= FAILED_AFTER) return showFailure(box);
    if (Date.now() - started > SLOW_AFTER_MS && status.textContent !== status.dataset.slow) {
      status.textContent = status.dataset.slow;
    }
  }
}

function showFailure(box) {
  box.querySelector('[data-when="pending"]').hidden = true;
  const failed = box.querySelector('[data-when="failed"]');
  failed.hidden = false;
  failed.querySelector("h1").focus();
}

async function waitForResult(box) {
  const lost = document.createElement("p");
  lost.setAttribute("role", "status");
  lost.className = "soft";
  box.after(lost);
  for (;;) {
    await pause();
    let answer;
    try {
      answer = await fetch(box.dataset.poll);
    } catch {
      lost.textContent = box.dataset.lost;
      continue;
    }
    const settled = answer.headers.get("X-Settled");
    // No such header: signed out meanwhile, or an error; the page itself says it best.
    if (settled === null && answer.status < 500) return location.reload();
    lost.textContent = settled === null ? box.dataset.lost : "";
    if (settled === "yes") {
      announce(box, await answer.text());
      return;
    }
  }
}

// The status region stays in the page and gets new content: that is what screen readers read out.
function announce(box, html) {
  const fresh = new DOMParser().parseFromString(html, "text/html");
  const status = box.querySelector('[role="status"]');
  const news = fresh.querySelector('[role="status"]');
  status.replaceChildren(...news.childNodes);
  news.remove();
  box.append(...fresh.body.childNodes);
}

for (const box of document.querySelectorAll("[data-room]")) waitForRoom(box);
for (const box of document.querySelectorAll("[data-poll]")) waitForResult(box);
