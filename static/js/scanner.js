// A barcode reader types very fast and ends with Enter. Scanned anywhere on the page, the code goes to [data-scan].
(() => {
  let code = "";
  let last = 0;
  document.addEventListener("keydown", (event) => {
    const field = document.querySelector("[data-scan]");
    if (!field || event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
    const now = performance.now();
    if (now - last > 60) code = "";
    last = now;
    if (event.key.length === 1) {
      code += event.key;
    } else if (event.key === "Enter" && code.length >= 4 && event.target !== field) {
      event.preventDefault();
      if (event.target.matches?.("input, textarea") && event.target.value.endsWith(code)) {
        event.target.value = event.target.value.slice(0, -code.length); // the reader typed into another field
      }
      field.value = code;
      code = "";
      field.form?.requestSubmit();
    }
  });
})();
