// On a phone every table with a head becomes cards: each cell is told the name of its column. Without this script the
// table scrolls sideways. Tables that opted out (.table-plain) or stand inside a chart (.table-sm) stay tables.
(() => {
  const tell = (table) => {
    const shown = (cell) => (cell.querySelector(".visually-hidden") ? "" : cell.textContent.trim());
    const heads = [...table.tHead.rows[table.tHead.rows.length - 1].cells].map(shown);
    for (const body of table.tBodies)
      for (const row of body.rows)
        if (row.cells.length === heads.length)
          [...row.cells].forEach((cell, place) => {
            if (place && heads[place] && !cell.dataset.label) cell.dataset.label = heads[place];
          });
    table.classList.add("table-cards");
  };

  const dress = (root) => {
    for (const table of root.querySelectorAll("table.table:not(.table-plain):not(.table-sm)")) if (table.tHead) tell(table);
  };

  dress(document);
  document.addEventListener("htmx:afterSettle", (event) => dress(event.target.closest("table")?.parentNode ?? event.target));
})();
