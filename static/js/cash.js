// A cashier's arithmetic while typing; the server calculates again and decides. Integers only: cents and riel.
// <form data-cash data-due="1250" data-due-currency="USD" data-rate="4100" data-step="100"> with inputs [data-cash-usd] and
// [data-cash-khr], outputs [data-cash-paid], [data-cash-rest], [data-cash-change-usd], [data-cash-change-khr];
// notes are counted by inputs [data-note="20" data-note-currency="USD"] into [data-count-usd] and [data-count-khr].
(() => {
  const grouped = (digits) => digits.replace(/\B(?=(\d{3})+(?!\d))/g, ",");
  const usd = (cents) => `USD ${grouped(String(Math.trunc(cents / 100)))}.${String(cents % 100).padStart(2, "0")}`;
  const khr = (riel) => `KHR ${grouped(String(riel))}`;
  const khmerDigits = (text) => text.replace(/[០-៩]/g, (digit) => String(digit.charCodeAt(0) - 0x17e0));
  const cents = (text) => {
    const match = /^(\d+)(?:\.(\d{0,2}))?$/.exec(khmerDigits(text || "").replace(/[\s,]/g, ""));
    return match ? Number(match[1]) * 100 + Number((match[2] || "").padEnd(2, "0")) : 0;
  };
  const riel = (text) => Number(khmerDigits(text || "").replace(/[^\d]/g, "")) || 0;
  const write = (form, name, text) => form.querySelectorAll(`[data-cash-${name}]`).forEach((place) => (place.textContent = text));
  const nearest = (amount, step) => Math.floor((amount + step / 2) / step) * step;

  const tender = (form) => {
    const rate = Number((form.dataset.rate || "").replace(/,/g, ""));
    const step = riel(form.dataset.step) || 100;
    const inUsd = form.dataset.dueCurrency === "USD";
    const due = Number((form.dataset.due || "").replace(/,/g, ""));
    const dueRiel = inUsd ? Math.round((due * rate) / 100) : due;
    const paidUsd = [...form.querySelectorAll("[data-cash-usd]")].reduce((sum, input) => sum + cents(input.value), 0);
    const paidKhr = [...form.querySelectorAll("[data-cash-khr]")].reduce((sum, input) => sum + riel(input.value), 0);
    const rest = dueRiel - Math.round((paidUsd * rate) / 100) - paidKhr;
    write(form, "paid", [paidUsd ? usd(paidUsd) : "", paidKhr ? khr(paidKhr) : ""].filter(Boolean).join(" + ") || "–");
    write(form, "rest", rest > 0 ? khr(nearest(rest, step)) : khr(0));
    const over = Math.max(-rest, 0);
    const whole = paidUsd ? Math.floor(over / rate) : 0;
    write(form, "change-usd", whole ? usd(whole * 100) : "");
    write(form, "change-khr", over ? khr(nearest(over - whole * rate, step)) : "");
    form.dataset.settled = String(rest < step / 2 || rest <= 0);
  };
  const count = (form) => {
    const sums = { USD: 0, KHR: 0 };
    for (const input of form.querySelectorAll("[data-note]")) sums[input.dataset.noteCurrency] += riel(input.dataset.note) * riel(input.value);
    form.querySelectorAll("[data-count-usd]").forEach((place) => (place.textContent = usd(sums.USD * 100)));
    form.querySelectorAll("[data-count-khr]").forEach((place) => (place.textContent = khr(sums.KHR)));
  };
  const start = (form) => {
    if (form.dataset.cashReady) return;
    form.dataset.cashReady = "1";
    const work = () => {
      if (form.dataset.due) tender(form);
      count(form);
    };
    form.addEventListener("input", work);
    work();
  };
  const startAll = (root) => root.querySelectorAll("form[data-cash]").forEach(start);
  startAll(document);
  document.addEventListener("htmx:load", (event) => startAll(event.target));
})();
