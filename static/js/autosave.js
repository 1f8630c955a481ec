// A form with data-autosave="<url>" sends itself while somebody types; its [data-save-mark] says how far that is.
// The mark carries its words: data-saving, data-saved, data-failed.
(() => {
  const start = (form) => {
    if (form.dataset.autosaveReady) return;
    form.dataset.autosaveReady = "1";
    const mark = form.querySelector("[data-save-mark]") ?? document.querySelector(`[data-save-mark-for="${form.id}"]`);
    let timer = 0;
    let running = false;
    let again = false;
    const clock = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", timeZone: document.documentElement.dataset.timeZone });
    const show = (state) => {
      if (!mark) return;
      mark.dataset.state = state;
      const time = state === "saved" ? ` ${clock.format(new Date())}` : "";
      mark.textContent = (mark.dataset[state] ?? "") + time;
    };
    const save = async () => {
      if (running) {
        again = true;
        return;
      }
      running = true;
      again = false;
      show("saving");
      try {
        const answer = await fetch(form.dataset.autosave, { method: "POST", body: new FormData(form), headers: { "HX-Request": "true", "X-Autosave": "1" } });
        const away = answer.headers.get("HX-Redirect");
        if (answer.status === 409 || answer.status === 422) {
          // sending the same again would not help: the page shows what is wrong and the person decides
          show("failed");
          form.dispatchEvent(new CustomEvent("autosave:refused", { bubbles: true, detail: { html: await answer.text() } }));
          return;
        }
        if (!answer.ok || away) throw new Error(String(answer.status));
        const version = answer.headers.get("X-Version");
        if (version && form.elements.version) form.elements.version.value = version;
        show("saved");
        form.dispatchEvent(new CustomEvent("autosave:saved", { bubbles: true }));
      } catch {
        show("failed");
        timer = setTimeout(save, 8000);
      } finally {
        running = false;
        if (again) timer = setTimeout(save, 400);
      }
    };
    form.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(save, 1200);
    });
    form.addEventListener("change", () => {
      clearTimeout(timer);
      timer = setTimeout(save, 300);
    });
    form.addEventListener("submit", () => clearTimeout(timer));
    window.addEventListener("online", () => mark?.dataset.state === "failed" && save());
  };
  const startAll = (root) => root.querySelectorAll("form[data-autosave]").forEach(start);
  startAll(document);
  document.addEventListener("htmx:load", (event) => startAll(event.target));
})();
