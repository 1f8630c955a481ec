// SearchSelect: type, see the best matches, choose by arrows and Enter. Without this script the typed words are sent.
(() => {
  const start = (box) => {
    if (box.dataset.ready) return;
    box.dataset.ready = "1";
    const text = box.querySelector("[data-combobox-text]");
    const value = box.querySelector("[data-combobox-value]");
    const list = box.querySelector("[role=listbox]");
    const least = Number(box.dataset.least || 2);
    let timer = 0;
    let asked = null;
    let current = -1;
    let label = value.value ? text.value : "";
    box.querySelector("select")?.remove();
    box.dataset.chosen = String(Boolean(value.value));
    // The server asks for a value, not for text: a required choice is checked on the hidden field, by the server.
    const options = () => [...list.querySelectorAll("[role=option]")];

    const close = () => {
      list.hidden = true;
      current = -1;
      text.setAttribute("aria-expanded", "false");
      text.removeAttribute("aria-activedescendant");
    };
    const mark = (place) => {
      const all = options();
      if (!all.length) return;
      current = (place + all.length) % all.length;
      all.forEach((option, index) => option.setAttribute("aria-selected", String(index === current)));
      all[current].scrollIntoView({ block: "nearest" });
      text.setAttribute("aria-activedescendant", all[current].id);
    };
    const choose = (option) => {
      value.value = option.dataset.value;
      label = text.value = option.dataset.label;
      box.dataset.chosen = "true";
      close();
      value.dispatchEvent(new Event("change", { bubbles: true }));
      box.dispatchEvent(new CustomEvent("combobox:chosen", { bubbles: true, detail: { value: value.value, label } }));
    };
    const ask = async () => {
      const words = text.value.trim();
      if (words.length < least) return close();
      asked?.abort();
      asked = new AbortController();
      // By POST: an address is kept in histories and logs, and the words may be a patient's name.
      const body = new URLSearchParams({ q: words, csrfmiddlewaretoken: document.querySelector("[name=csrfmiddlewaretoken]")?.value ?? "" });
      try {
        const answer = await fetch(box.dataset.url, { method: "POST", body, headers: { "HX-Request": "true" }, signal: asked.signal });
        if (answer.headers.get("HX-Redirect")) return location.assign(answer.headers.get("HX-Redirect"));
        if (!answer.ok) throw new Error(answer.status);
        list.innerHTML = await answer.text();
        options().forEach((option, index) => (option.id = `${list.id}_${index}`));
        list.hidden = false;
        text.setAttribute("aria-expanded", "true");
        mark(0);
      } catch (error) {
        if (error.name !== "AbortError") close();
      }
    };

    text.addEventListener("input", () => {
      if (text.value !== label && value.value) {
        value.value = "";
        box.dataset.chosen = "false";
        value.dispatchEvent(new Event("change", { bubbles: true }));
      }
      clearTimeout(timer);
      timer = setTimeout(ask, 160);
    });
    text.addEventListener("keydown", (event) => {
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        event.preventDefault();
        if (list.hidden) ask();
        else mark(current + (event.key === "ArrowDown" ? 1 : -1));
      } else if (event.key === "Enter" && !list.hidden && options()[current]) {
        event.preventDefault();
        choose(options()[current]);
      } else if (event.key === "Escape" && !list.hidden) {
        event.stopPropagation();
        close();
      }
    });
    text.addEventListener("blur", () => setTimeout(close, 150));
    list.addEventListener("mousedown", (event) => {
      const option = event.target.closest("[role=option]");
      if (!option) return;
      event.preventDefault();
      choose(option);
    });
  };

  const startAll = (root) => root.querySelectorAll("[data-combobox]").forEach(start);
  startAll(document);
  document.addEventListener("htmx:load", (event) => {
    if (event.target.matches?.("[data-combobox]")) start(event.target);
    startAll(event.target);
  });
})();
