// A form with data-grid is filled by keyboard alone: Enter goes to the next field, and at the end to the button.
// Fields with data-grid-skip are reached with Tab only. Ctrl+Enter sends the form.
(() => {
  const stops = (form) => [...form.querySelectorAll("input:not([type=hidden]):not([type=checkbox]), select, textarea")].filter((field) => !("gridSkip" in field.dataset) && !field.disabled);
  document.addEventListener("keydown", (event) => {
    const form = event.target.closest?.("form[data-grid]");
    if (!form || event.key !== "Enter" || event.target.matches("button")) return;
    if (event.shiftKey && event.target.matches("textarea")) return; // a new line
    event.preventDefault();
    const end = form.querySelector("[data-grid-end]");
    if (event.ctrlKey) {
      form.requestSubmit(end);
      return;
    }
    const fields = stops(form);
    const next = fields[fields.indexOf(event.target) + 1] ?? end;
    next?.focus();
    next?.select?.();
  });
  const first = document.querySelector("form[data-grid]");
  if (first) (first.querySelector(".is-invalid") ?? stops(first).find((field) => !field.value) ?? stops(first)[0])?.focus();
  // The field itself shows whether its value was refused.
  document.addEventListener("htmx:afterSwap", (event) => {
    const place = event.detail.target;
    if (!place.id?.endsWith("-judgement")) return;
    document.getElementById(place.id.replace(/-judgement$/, ""))?.classList.toggle("is-invalid", Boolean(place.querySelector("[data-refused]")));
  });
})();
