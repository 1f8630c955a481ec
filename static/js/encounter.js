// The encounter page: a note that could not be saved says why, and typed words leave with the page rather than get lost.
(() => {
  const note = document.querySelector("form[data-note]");
  if (!note) return;
  const problem = note.querySelector("[data-note-problem]");
  let unsaved = false;

  note.addEventListener("input", () => (unsaved = true));
  note.addEventListener("autosave:saved", () => {
    unsaved = false;
    problem.replaceChildren();
  });
  note.addEventListener("autosave:refused", (event) => {
    problem.innerHTML = event.detail.html;
    problem.scrollIntoView({ block: "nearest" });
  });
  note.addEventListener("submit", () => (unsaved = false));
  window.addEventListener("pagehide", () => {
    if (!unsaved) return;
    fetch(note.dataset.autosave, { method: "POST", body: new FormData(note), headers: { "HX-Request": "true" }, keepalive: true });
  });
  window.addEventListener("beforeunload", (event) => {
    const mark = note.querySelector("[data-save-mark]");
    if (unsaved && mark?.dataset.state === "failed") event.preventDefault();
  });
})();
