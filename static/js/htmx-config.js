// What HTMX does when things go wrong: the page keeps what was typed, and says in words what happened.
(() => {
  const words = document.getElementById("toasts")?.dataset ?? {};
  const say = (text, level) => window.toast?.(text, level);
  let lost = null;

  // A refresh that nobody asked for is no sign of a person: it does not keep a forgotten session alive.
  document.addEventListener("htmx:configRequest", (event) => {
    if (!event.detail.triggeringEvent) event.detail.headers["X-Background"] = "1";
  });
  document.addEventListener("htmx:sendError", () => {
    lost ??= say(words.lost, "warning") ?? true;
  });
  window.addEventListener("offline", () => {
    lost ??= say(words.lost, "warning") ?? true;
  });
  const back = () => {
    if (!lost || !navigator.onLine) return;
    lost.remove?.();
    lost = null;
    say(words.back, "success");
  };
  window.addEventListener("online", back);
  document.addEventListener("htmx:afterRequest", (event) => event.detail.xhr?.status && back());
  document.addEventListener("htmx:responseError", (event) => {
    const status = event.detail.xhr.status;
    if (event.detail.elt?.matches?.("[hx-trigger*=every], [hx-trigger*=load]") && status !== 401) return; // a refresh nobody asked for fails quietly
    const answer = new DOMParser().parseFromString(event.detail.xhr.responseText, "text/html");
    say(answer.querySelector("[role=alert]")?.textContent.trim() || words.failed, "error"); // a rule's refusal says why
  });
})();
