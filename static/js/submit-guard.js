// A form is sent once: its button rests until the answer comes. The server stays the authority (it knows the form's key).
(() => {
  const rest = (form, submitter) => {
    form.dataset.sending = "1";
    (submitter || form.querySelector("button:not([type=button])"))?.classList.add("is-sending");
    for (const button of form.querySelectorAll("button:not([type=button]), input[type=submit]")) button.setAttribute("aria-disabled", "true");
  };
  const wake = (form) => {
    delete form.dataset.sending;
    for (const button of form.querySelectorAll("[aria-disabled]")) button.removeAttribute("aria-disabled");
    form.querySelectorAll(".is-sending").forEach((button) => button.classList.remove("is-sending"));
  };

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post" || event.defaultPrevented || form.matches("[data-theme-form]")) return;
    if (form.dataset.sending) {
      event.preventDefault();
      return;
    }
    rest(form, event.submitter);
    // A download or a new tab answers elsewhere: this page stays and must not stay asleep.
    if (form.target === "_blank" || form.hasAttribute("data-download")) setTimeout(() => wake(form), 1500);
  });
  document.addEventListener("htmx:afterRequest", (event) => event.target.closest?.("form") && wake(event.target.closest("form")));
  window.addEventListener("pageshow", (event) => event.persisted && document.querySelectorAll("form[data-sending]").forEach(wake));
})();
