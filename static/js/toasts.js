// Notes at the edge of the page: shown for a while, longer when they are longer; errors stay until closed.
(() => {
  const shelf = document.getElementById("toasts");
  if (!shelf) return;

  const settle = (note) => {
    if (note.dataset.settled) return;
    note.dataset.settled = "1";
    const button = document.createElement("button");
    button.type = "button";
    button.className = "toast-close";
    button.textContent = "×";
    button.setAttribute("aria-label", shelf.dataset.close);
    button.addEventListener("click", () => note.remove());
    note.append(button);
    if (note.classList.contains("toast-error")) return;
    setTimeout(() => note.remove(), 4000 + note.textContent.length * 60);
  };

  window.toast = (text, level = "info") => {
    const note = document.createElement("div");
    note.className = `toast-note toast-${level}`;
    const words = document.createElement("span");
    words.textContent = text;
    note.append(words);
    shelf.append(note);
    settle(note);
    return note;
  };

  const settleAll = () => shelf.querySelectorAll("[data-toast]").forEach(settle);
  settleAll();
  document.addEventListener("htmx:afterSettle", settleAll);
  document.addEventListener("toast", (event) => window.toast(event.detail.text, event.detail.level));
})();
