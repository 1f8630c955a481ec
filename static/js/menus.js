// <details data-menu> behaves like a menu: one open at a time, closed by Escape or a press elsewhere, walked by arrows.
(() => {
  const open = () => document.querySelectorAll("details[data-menu][open]");
  const close = (except) => open().forEach((menu) => menu !== except && menu.removeAttribute("open"));

  document.addEventListener("click", (event) => close(event.target.closest("details[data-menu]")));
  document.addEventListener("keydown", (event) => {
    const menu = event.target.closest?.("details[data-menu][open]");
    if (event.key === "Escape") {
      menu?.querySelector("summary").focus();
      close();
    } else if (menu && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
      const items = [...menu.querySelectorAll("summary, a[href], button")].filter((item) => item.offsetParent);
      const step = event.key === "ArrowDown" ? 1 : -1;
      items[(items.indexOf(document.activeElement) + step + items.length) % items.length]?.focus();
      event.preventDefault();
    }
  });
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-print]")) window.print();
  });
})();
