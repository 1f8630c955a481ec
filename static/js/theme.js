// Runs before the first paint: "system" follows the device, and the choice is kept in a cookie the server reads.
(() => {
  const root = document.documentElement;
  const device = matchMedia("(prefers-color-scheme: dark)");
  const paint = () => {
    const choice = root.dataset.themeChoice || "system";
    const dark = choice === "dark" || (choice === "system" && device.matches);
    root.setAttribute("data-bs-theme", dark ? "dark" : "light");
    document.dispatchEvent(new CustomEvent("themechange"));
  };
  root.classList.add("has-js");
  device.addEventListener("change", paint);
  paint();

  document.addEventListener("submit", (event) => {
    const form = event.target.closest("[data-theme-form]");
    if (!form || !event.submitter) return;
    event.preventDefault();
    const choice = event.submitter.value;
    document.cookie = `theme=${choice}; path=/; max-age=31536000; SameSite=Lax`;
    root.dataset.themeChoice = choice;
    for (const button of form.querySelectorAll("button")) {
      if (button.value === choice) button.setAttribute("aria-current", "true");
      else button.removeAttribute("aria-current");
    }
    form.closest("details")?.removeAttribute("open");
    paint();
  });
})();
