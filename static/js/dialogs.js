// Opens <dialog>s, and turns a <details data-confirm> (which works alone) into a button with a modal question.
(() => {
  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-dialog-open]");
    if (opener) {
      document.getElementById(opener.dataset.dialogOpen)?.showModal();
      opener.closest("details[data-menu]")?.removeAttribute("open");
    }
    if (event.target.closest("[data-dialog-close], [data-confirm-cancel]")) event.target.closest("dialog")?.close();
    if (event.target.matches?.("dialog")) event.target.close(); // a press on the veil
  });

  document.addEventListener("toggle", (event) => {
    const details = event.target;
    if (!details.matches?.("details[data-confirm]") || !details.open) return;
    const panel = details.querySelector(".confirm-panel");
    const dialog = document.createElement("dialog");
    dialog.className = "dialog";
    dialog.setAttribute("aria-labelledby", panel.getAttribute("aria-labelledby"));
    dialog.append(panel);
    details.append(dialog);
    dialog.addEventListener("close", () => {
      details.append(panel);
      dialog.remove();
      details.open = false;
      details.querySelector("summary").focus();
    });
    dialog.showModal();
    (panel.querySelector("textarea, input:not([type=hidden])") || panel.querySelector("[data-confirm-cancel]"))?.focus();
  }, true);
})();
