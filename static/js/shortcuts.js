// "/" or Ctrl-K finds a patient, "g" and a letter opens a page of the menu, "?" shows the help, Ctrl-Enter sends the form.
(() => {
  if (!document.body.hasAttribute("data-shortcuts")) return;
  let waiting = 0;
  const typing = (target) => target.closest("input, textarea, select, [contenteditable]");
  const search = () => {
    const input = document.querySelector("[data-search]");
    input?.focus();
    input?.select();
    return Boolean(input);
  };

  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
      if (search()) event.preventDefault();
      return;
    }
    if ((event.ctrlKey || event.metaKey) && event.key === "Enter") {
      typing(event.target)?.form?.requestSubmit();
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target) || document.querySelector("dialog[open]")) return;
    if (Date.now() - waiting < 1500) {
      waiting = 0;
      const link = document.querySelector(`[data-go="${CSS.escape(event.key)}"]`);
      if (link) {
        event.preventDefault();
        link.click();
      }
    } else if (event.key === "/") {
      if (search()) event.preventDefault();
    } else if (event.key === "g") {
      waiting = Date.now();
    } else if (event.key === "?") {
      document.getElementById("shortcut-help")?.showModal();
    }
  });
})();
