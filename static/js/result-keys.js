// Arrow keys walk from a search box through its results (data-result) and back; Escape returns to the box.
// <form data-result-keys="#rows"> names where the results stand.
document.addEventListener("keydown", (event) => {
  const form = document.querySelector("form[data-result-keys]");
  if (!form || !["ArrowDown", "ArrowUp", "Escape"].includes(event.key)) return;
  const box = form.querySelector("input[type=search]");
  const results = [...document.querySelectorAll(`${form.dataset.resultKeys} [data-result]`)];
  const place = results.indexOf(document.activeElement);
  if (place < 0 && document.activeElement !== box) return;
  if (event.key === "Escape") {
    box.focus();
    box.select();
    return;
  }
  event.preventDefault();
  const next = place + (event.key === "ArrowDown" ? 1 : -1);
  (next < 0 ? box : results[Math.min(next, results.length - 1)] || box).focus();
});
