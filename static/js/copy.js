// Copies the text of a field that a button names, and says so; the field stays selected where the browser refuses.
document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const field = document.getElementById(button.dataset.copy);
  field.select();
  try {
    await navigator.clipboard.writeText(field.value);
    window.toast(button.dataset.copied, "success");
  } catch {
    field.focus();
  }
});
