// A form with data-draft="<name>" survives a reload or a crash of the browser: what was typed waits in this tab's own
// storage (never on disk beyond the session), and is dropped as soon as the form was sent. Not for passwords or keys.
(() => {
  const skip = (field) => !field.name || ["hidden", "password", "file", "submit"].includes(field.type) || field.name === "csrfmiddlewaretoken";
  const start = (form) => {
    if (form.dataset.draftReady) return;
    form.dataset.draftReady = "1";
    const key = `draft:${location.pathname}:${form.dataset.draft}`;
    const fields = () => [...form.elements].filter((field) => !skip(field));
    try {
      const kept = JSON.parse(sessionStorage.getItem(key) || "null");
      if (kept && !form.querySelector(".is-invalid")) {
        for (const field of fields()) {
          if (!(field.name in kept)) continue;
          if (field.type === "checkbox" || field.type === "radio") field.checked = kept[field.name].includes(field.value);
          else field.value = kept[field.name][0] ?? "";
        }
      }
    } catch {
      sessionStorage.removeItem(key);
    }
    const keep = () => {
      const values = {};
      for (const field of fields()) {
        values[field.name] ??= [];
        if ((field.type !== "checkbox" && field.type !== "radio") || field.checked) values[field.name].push(field.value);
      }
      sessionStorage.setItem(key, JSON.stringify(values));
    };
    form.addEventListener("input", keep);
    form.addEventListener("change", keep);
    form.addEventListener("submit", () => sessionStorage.removeItem(key));
    form.addEventListener("reset", () => sessionStorage.removeItem(key));
  };
  const startAll = (root) => root.querySelectorAll("form[data-draft]").forEach(start);
  startAll(document);
  document.addEventListener("htmx:load", (event) => startAll(event.target));
})();
