/* [data-run-list]: ticked runs are drawn; the pointer over one brings its curves to the front. form[data-curve-view] keeps what is hidden. */
(function () {
  "use strict";
  var list = document.querySelector("[data-run-list]");
  var form = document.querySelector("form[data-curve-view]");
  if (!list || !form) return;
  var field = form.elements.hide;
  if (!field) {
    field = document.createElement("input");
    field.type = "hidden";
    field.name = "hide";
    form.append(field);
  }
  function boxes() { return Array.from(list.querySelectorAll("input[type=checkbox]")); }
  function take(redraw) {
    var hidden = boxes().filter(function (box) { return !box.checked; }).map(function (box) { return box.value; });
    AssayCurves.view.hidden = {};
    hidden.forEach(function (place) { AssayCurves.view.hidden[place] = true; });
    field.value = hidden.join(",");
    list.querySelector("[data-run-count]").textContent = boxes().length - hidden.length + " of " + boxes().length;
    if (!redraw) return;
    AssayCurves.redraw();
    AssayCurves.remember();
  }
  function tickAll(checked) {
    boxes().forEach(function (box) { box.checked = checked; });
    take(true);
  }
  function highlight(place, on) {
    var item = list.querySelector('[data-run="' + place + '"] a');
    document.querySelectorAll(".curve-card[data-chart]").forEach(function (figure) {
      if (figure.assayDrawn) figure.assayDrawn.dispatchAction({ type: on ? "highlight" : "downplay", seriesName: item.textContent });
    });
  }
  list.addEventListener("change", function () { take(true); });
  list.addEventListener("click", function (event) {
    if (event.target.closest("[data-runs-all]")) tickAll(true);
    if (event.target.closest("[data-runs-none]")) tickAll(false);
  });
  list.querySelectorAll("[data-run]").forEach(function (item) {
    item.addEventListener("mouseenter", function () { highlight(item.dataset.run, true); });
    item.addEventListener("mouseleave", function () { highlight(item.dataset.run, false); });
  });
  if (matchMedia("(max-width: 900px)").matches) list.open = false;
  take(false);
})();
