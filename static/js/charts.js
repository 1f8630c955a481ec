// Draws the charts of a page; Chart.js is fetched only where there is one. Colours come from the page's own tokens.
(() => {
  const ORDER = ["teal", "amber", "blue", "violet", "green", "red", "grey"]; // also the only tones there are
  const token = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const colour = (tone) => token(`--${tone}-${document.documentElement.dataset.bsTheme === "dark" ? "ink" : "fill"}`);
  const drawn = new Map();
  let library = null;

  const load = (address) => {
    library ??= new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.src = address;
      script.onload = resolve;
      script.onerror = reject;
      document.head.append(script);
    });
    return library;
  };

  const datasets = (data) => {
    const round = data.kind === "doughnut";
    return data.series.map((one, place) => {
      const base = colour(ORDER.includes(one.tone) ? one.tone : ORDER[place % ORDER.length]);
      return {
        label: one.label,
        data: one.values,
        borderColor: round ? token("--surface") : base,
        backgroundColor: round ? data.labels.map((_, index) => colour(ORDER[index % ORDER.length])) : data.kind === "line" || data.kind === "area" ? `color-mix(in srgb, ${base} 18%, transparent)` : base,
        borderWidth: round ? 2 : data.kind === "line" || data.kind === "area" ? 2 : 0,
        borderRadius: round ? 0 : 4,
        maxBarThickness: 36,
        fill: data.kind === "area",
        tension: .3,
        pointRadius: data.labels.length > 20 ? 0 : 3,
        pointHitRadius: 12,
        spanGaps: true,
      };
    });
  };

  const options = (data) => {
    const round = data.kind === "doughnut";
    const stacked = data.kind === "stacked";
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    const value = { stacked, beginAtZero: true, border: { display: false }, grid: { color: token("--line") }, ticks: { maxTicksLimit: 6, precision: 0 } };
    const label = { stacked, grid: { display: false }, border: { color: token("--line") } };
    return {
      responsive: true,
      maintainAspectRatio: false,
      animation: calm ? false : { duration: 350 },
      indexAxis: data.horizontal ? "y" : "x",
      interaction: { mode: round ? "nearest" : "index", intersect: round },
      cutout: round ? "64%" : undefined,
      scales: round ? {} : data.horizontal ? { x: value, y: label } : { x: label, y: value },
      plugins: {
        legend: { display: round || data.series.length > 1, position: round ? "right" : "bottom", labels: { usePointStyle: true, boxWidth: 8, boxHeight: 8 } },
        tooltip: { padding: 10, cornerRadius: 8, callbacks: { label: (item) => ` ${item.dataset.label || item.label}: ${item.formattedValue}${data.unit ? ` ${data.unit}` : ""}` } },
      },
    };
  };

  const draw = (figure) => {
    const data = JSON.parse(figure.dataset.chart);
    const type = { area: "line", stacked: "bar" }[data.kind] || data.kind;
    const root = getComputedStyle(document.documentElement);
    Chart.defaults.color = token("--ink-2");
    Chart.defaults.font.family = token("--font");
    Chart.defaults.font.size = parseFloat(root.fontSize) * .86;
    drawn.get(figure)?.destroy();
    drawn.set(figure, new Chart(figure.querySelector("canvas"), { type, data: { labels: data.labels, datasets: datasets(data) }, options: options(data) }));
  };

  const drawAll = async (root) => {
    const figures = [...root.querySelectorAll("[data-chart]")].filter((figure) => !drawn.has(figure));
    if (!figures.length) return;
    try {
      await load(figures[0].dataset.library);
      await document.fonts.ready;
      figures.forEach(draw);
    } catch {
      figures.forEach((figure) => figure.querySelector("details")?.setAttribute("open", "")); // the table is still there
    }
  };
  drawAll(document);
  document.addEventListener("htmx:load", (event) => drawAll(event.target));
  document.addEventListener("themechange", () => [...drawn.keys()].filter((figure) => figure.isConnected).forEach(draw));
})();
