/* In table[data-keys]: j and k move a cursor over rows, Enter opens the row's first link, x ticks its box. The cursor stays on
   its row when the table is swapped. */
(function () {
  "use strict";
  var place = "";
  function rows() {
    return Array.from(document.querySelectorAll("table[data-keys] tbody tr")).filter(function (row) {
      return row.id || row.querySelector("a");
    });
  }
  function move(step) {
    var all = rows();
    if (!all.length) return;
    var at = all.findIndex(function (row) { return row.classList.contains("is-cursor"); });
    var next = all[Math.min(Math.max(at + step, 0), all.length - 1)];
    all.forEach(function (row) { row.classList.toggle("is-cursor", row === next); });
    next.scrollIntoView({ block: "nearest" });
    place = next.id;
  }
  document.addEventListener("htmx:after:swap", function () {
    if (place) document.getElementById(place)?.classList.add("is-cursor");
  });
  document.addEventListener("keydown", function (event) {
    if (event.target.matches("input, textarea, select, button, a") && event.target !== document.body) {
      if (!event.target.matches("input[type=checkbox], a")) return;
      if (event.key === "Enter") return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
    if (event.key === "j") move(1);
    if (event.key === "k") move(-1);
    var row = document.querySelector("table[data-keys] tr.is-cursor");
    if (!row) return;
    if (event.key === "x") row.querySelector("input[type=checkbox]")?.click();
    if (event.key === "Enter") row.querySelector("a")?.click();
  });
})();
