// A waiting room's screen: it says how old its picture is, rings when somebody is called, and speaks the number.
// [data-board data-refreshed="<unix seconds>"] is swapped by HTMX; new calls carry data-call="<ticket id>" data-number data-room.
// <audio data-chime>, <div data-voice='{"A": "/…/a.mp3", …}'> are optional; browsers want one press before they may sound.
(() => {
  const OLD_SECONDS = 15;
  const known = new Set();
  // The hospital's time, whatever the television believes about where it hangs.
  const clock = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", timeZone: document.documentElement.dataset.timeZone });
  let seen = Date.now();
  let first = true;
  let context = null;
  let queue = Promise.resolve();

  const chime = () => {
    if (!context || context.state !== "running") return Promise.resolve();
    [[880, 0], [659.25, .22], [783.99, .44]].forEach(([pitch, delay]) => {
      const tone = context.createOscillator();
      const volume = context.createGain();
      const start = context.currentTime + delay;
      tone.frequency.value = pitch;
      volume.gain.setValueAtTime(0, start);
      volume.gain.linearRampToValueAtTime(.3, start + .02);
      volume.gain.exponentialRampToValueAtTime(.001, start + .6);
      tone.connect(volume).connect(context.destination);
      tone.start(start);
      tone.stop(start + .7);
    });
    return new Promise((resolve) => setTimeout(resolve, 1200));
  };
  const sound = (address) => new Promise((resolve) => {
    const audio = new Audio(address);
    audio.onended = audio.onerror = resolve;
    audio.play().catch(resolve);
  });
  const speak = async (call) => {
    for (const address of (call.dataset.voice || "").split(" ").filter(Boolean)) await sound(address);
  };
  const announce = (calls) => {
    queue = queue.then(async () => {
      for (const call of calls) {
        call.classList.add("is-new");
        await chime();
        await speak(call);
      }
    });
  };
  const look = () => {
    const calls = [...document.querySelectorAll("[data-call]")];
    const fresh = calls.filter((call) => !known.has(call.dataset.call));
    calls.forEach((call) => known.add(call.dataset.call));
    if (!first && fresh.length) announce(fresh);
    first = false;
  };
  const age = () => {
    const seconds = Math.round((Date.now() - seen) / 1000);
    document.querySelectorAll("[data-age]").forEach((place) => {
      place.dataset.state = seconds > OLD_SECONDS ? "old" : "fresh";
      place.textContent = (seconds > OLD_SECONDS ? place.dataset.old : place.dataset.fresh).replace("%s", seconds);
    });
    document.querySelectorAll("[data-clock]").forEach((place) => (place.textContent = clock.format(new Date())));
  };

  document.addEventListener("htmx:afterRequest", (event) => {
    if (event.detail.xhr && (event.detail.xhr.status === 200 || event.detail.xhr.status === 304)) seen = Date.now();
  });
  document.addEventListener("htmx:afterSettle", look);
  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-sound]")) return;
    context = new AudioContext();
    context.resume().then(chime);
    event.target.closest("[data-sound]").hidden = true;
  });
  look();
  age();
  setInterval(age, 1000);
})();
