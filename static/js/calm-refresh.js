// A list that refreshes itself waits while somebody is in the middle of an answer inside it.
(() => {
  document.addEventListener("htmx:beforeRequest", (event) => {
    const list = event.target.closest?.("[data-calm]");
    if (!list || event.target !== list) return;
    const busy = list.querySelector("details[open], dialog[open]") || list.querySelector("input:focus, textarea:focus, select:focus");
    if (busy || document.hidden) event.preventDefault();
  });
})();
