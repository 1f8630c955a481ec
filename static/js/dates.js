// A calendar beside a date field; typing stays possible in either order and with Khmer digits.
(() => {
  const start = (input) => {
    if (input.dataset.ready || input.dataset.date !== "date" || input.disabled || input.readOnly) return;
    input.dataset.ready = "1";
    const native = document.createElement("input");
    native.type = "date";
    native.className = "date-native";
    native.tabIndex = -1;
    native.setAttribute("aria-hidden", "true");
    if (!native.showPicker) return;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "date-button";
    button.tabIndex = -1;
    button.setAttribute("aria-hidden", "true");
    button.innerHTML = '<svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><path d="M4 7a2 2 0 0 1 2-2h12a2 2 0 0 1 2 2v12a2 2 0 0 1-2 2H6a2 2 0 0 1-2-2zM16 3v4M8 3v4M4 11h16"/></svg>';
    button.addEventListener("click", () => {
      if (/^\d{4}-\d{2}-\d{2}$/.test(input.value)) native.value = input.value;
      native.showPicker();
    });
    native.addEventListener("change", () => {
      input.value = native.value;
      input.dispatchEvent(new Event("input", { bubbles: true }));
      input.dispatchEvent(new Event("change", { bubbles: true }));
      input.focus();
    });
    input.after(native, button);
  };
  const startAll = (root) => root.querySelectorAll("[data-date]").forEach(start);
  startAll(document);
  document.addEventListener("htmx:load", (event) => startAll(event.target));
})();
