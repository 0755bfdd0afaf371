/* [data-selection=name] keeps which boxes [data-select] are ticked, over pages and swaps, in the session of the tab: at most
   data-selection-most. Its bar shows while something is chosen; each form[data-selection-form] sends the chosen ones as "run". */
(function () {
  "use strict";
  var root = document.querySelector("[data-selection]");
  if (!root) return;
  var key = "assay:selection:" + root.dataset.selection;
  var most = Number(root.dataset.selectionMost);
  var bar = root.querySelector("[data-selection-bar]");
  var last = null;

  function read() {
    try { return JSON.parse(sessionStorage.getItem(key)) || []; } catch { return []; }
  }
  function boxes() {
    return Array.from(root.querySelectorAll("input[data-select]"));
  }
  function show() {
    var chosen = read();
    var here = boxes();
    here.forEach(function (box) {
      box.checked = chosen.includes(box.value);
      box.disabled = !box.checked && chosen.length >= most;
      box.closest("tr").classList.toggle("is-chosen", box.checked);
    });
    bar.hidden = !chosen.length;
    bar.querySelector("[data-selection-count]").textContent = chosen.length;
    bar.querySelector("[data-selection-full]").hidden = chosen.length < most;
    bar.querySelectorAll("form[data-selection-least]").forEach(function (form) {
      form.querySelector("button").disabled = chosen.length < Number(form.dataset.selectionLeast);
    });
    var page = root.querySelector("[data-selection-page]");
    if (!page) return;
    var ticked = here.filter(function (box) { return box.checked; }).length;
    page.checked = here.length > 0 && ticked === here.length;
    page.indeterminate = ticked > 0 && ticked < here.length;
  }
  function write(chosen) {
    sessionStorage.setItem(key, JSON.stringify(chosen.slice(0, most)));
    show();
  }
  function set(values, on) {
    var chosen = read().filter(function (value) { return !values.includes(value); });
    write(on ? chosen.concat(values) : chosen);
  }
  function stretch(box) {
    var all = boxes();
    var from = all.findIndex(function (one) { return one.value === last; });
    var to = all.indexOf(box);
    if (from < 0) return [box];
    return all.slice(Math.min(from, to), Math.max(from, to) + 1);
  }
  root.addEventListener("click", function (event) {
    var box = event.target.closest("input[data-select]");
    if (box) {
      var reached = event.shiftKey ? stretch(box) : [box];
      set(reached.map(function (one) { return one.value; }), box.checked);
      last = box.value;
    }
    if (event.target.closest("[data-selection-clear]")) write([]);
  });
  root.addEventListener("change", function (event) {
    if (event.target.matches("[data-selection-page]")) set(boxes().map(function (box) { return box.value; }), event.target.checked);
  });
  document.addEventListener("submit", function (event) {
    var form = event.target;
    if (!form.matches("form[data-selection-form]") || event.defaultPrevented) return;
    var shown = Array.from(form.elements).filter(function (field) { return field.matches("[data-select]:checked"); });
    var sent = shown.map(function (box) { return box.value; });
    form.querySelectorAll("input[data-selection-sent]").forEach(function (field) { field.remove(); });
    read().forEach(function (value) {
      if (sent.includes(value)) return;
      var field = document.createElement("input");
      field.type = "hidden";
      field.name = "run";
      field.value = value;
      field.dataset.selectionSent = "";
      form.append(field);
    });
    if (form.hasAttribute("data-selection-clears")) sessionStorage.removeItem(key);
  });
  document.addEventListener("keydown", function (event) {
    if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
    if (event.target.matches("input:not([type=checkbox]), textarea, select")) return;
    var form = bar.querySelector("form[data-selection-key='" + CSS.escape(event.key) + "']");
    if (!form || bar.hidden) return;
    form.querySelector("button:not(:disabled)")?.click();
  });
  document.addEventListener("htmx:after:swap", show);
  window.addEventListener("pageshow", show);
  show();
})();
