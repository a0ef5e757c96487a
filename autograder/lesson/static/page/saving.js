/* ------------------------------------------------------------------ saving */

// Sends every change, repeats it until Python says that it is on the disk.
function makeSaver(model, texts, say) {
  let number = 0;
  let confirmed = 0;
  let answer = null;
  let failing = false;
  let watch = null;
  let pause = null;
  let stopped = false;

  let patience = 0;

  function send() {
    if (stopped) return;
    clearTimeout(watch);
    watch = setTimeout(lose, SAVE_TIMEOUT_MS + patience);
    try {
      model.send({ type: "save", n: number, answer });
    } catch {
      lose();
    }
  }
  function lose(text) {
    clearTimeout(watch);
    if (stopped || confirmed >= number) return;
    failing = true;
    say(typeof text === "string" ? text : texts.not_saved, "error");
    watch = setTimeout(send, RETRY_MS);
  }
  // patience: how much longer the reply may take, where much is sent.
  function change(value, { typing = false, patience: more = 0 } = {}) {
    answer = value;
    patience = more;
    number += 1;
    clearTimeout(pause);
    if (!failing) say(texts.saving, "busy", { silent: true });
    if (typing) pause = setTimeout(send, TYPING_PAUSE_MS);
    else send();
  }
  function hear(message) {
    if (message.type === "saved" && message.n >= number) {
      clearTimeout(watch);
      confirmed = number;
      say(failing ? texts.saved_again : texts.saved, "ok");
      failing = false;
    } else if (message.type === "not_saved" && message.n >= number) lose(message.text);
  }
  const onOffline = () => confirmed < number && lose();
  const onOnline = () => confirmed < number && send();
  window.addEventListener("offline", onOffline);
  window.addEventListener("online", onOnline);
  return {
    change,
    hear,
    next: () => ++number,
    stop() {
      stopped = true;
      clearTimeout(watch);
      clearTimeout(pause);
      window.removeEventListener("offline", onOffline);
      window.removeEventListener("online", onOnline);
    },
  };
}
