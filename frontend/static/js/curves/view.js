/* form[data-curve-view]: axis, smoothing, log scale, search and pins of the curves below; its state stands in the address. */
(function () {
  "use strict";
  var form = document.querySelector("form[data-curve-view]");
  if (!form) return;
  var waiting;
  function field(name) { return form.elements[name]; }
  function address() {
    var query = new URLSearchParams();
    new FormData(form).forEach(function (value, name) {
      var plain = value === "" || (name === "smooth" && Number(value) === 0) || (name === "x" && value === "step");
      if (!plain) query.append(name, value);
    });
    return query;
  }
  function remember() {
    var query = address().toString();
    var shown = location.pathname + (query ? "?" + query : "");
    history.replaceState(history.state, "", shown);
    document.querySelectorAll("input[name=next]").forEach(function (next) { next.value = shown; });
  }
  function read() {
    AssayCurves.view.smooth = Number(field("smooth").value) || 0;
    AssayCurves.view.log = field("log").checked;
    var shown = form.querySelector("[data-curve-smooth]");
    if (shown) shown.textContent = AssayCurves.view.smooth.toFixed(2);
    var x = new FormData(form).get("x") || "step";
    var note = document.querySelector("[data-curve-dollars]");
    if (note) note.hidden = x !== "dollars";
    AssayCurves.axis = x;
  }
  function redraw() {
    document.querySelectorAll(".curve-card[data-chart]").forEach(function (figure) {
      if (figure.assayDrawn) AssayCharts.draw(figure, figure.assayChart);
    });
  }
  AssayCurves.redraw = redraw;
  AssayCurves.remember = remember;
  function ask() { form.dispatchEvent(new CustomEvent("curves-changed")); }
  form.addEventListener("input", function (event) {
    clearTimeout(waiting);
    if (event.target.name === "q") {
      waiting = setTimeout(function () { remember(); ask(); }, 250);
      return;
    }
    var before = AssayCurves.axis;
    read();
    if (AssayCurves.axis !== before) document.dispatchEvent(new CustomEvent("curves-axis"));
    else redraw();
    waiting = setTimeout(remember, 150);
  });
  form.addEventListener("submit", function (event) {
    event.preventDefault();
    remember();
    ask();
  });
  document.addEventListener("click", function (event) {
    var button = event.target.closest("[data-curve-pin]");
    if (!button) return;
    var box = form.querySelector("[data-curve-pins]");
    var known = Array.from(box.querySelectorAll("input")).find(function (input) { return input.value === button.dataset.curvePin; });
    if (known) known.remove();
    else box.insertAdjacentHTML("beforeend", '<input type="hidden" name="pin">');
    if (!known) box.lastElementChild.value = button.dataset.curvePin;
    remember();
    ask();
  });
  read();
})();
