/* The pointer over one curve chart stands in all others too, and each says its value there in [data-chart-read]. */
(function () {
  "use strict";
  function others(figure, action) {
    document.querySelectorAll(".curve-card[data-chart]").forEach(function (other) {
      if (other !== figure && other.assayDrawn && other.assayChart && other.assayChart.x.name === figure.assayChart.x.name) action(other);
    });
  }
  function say(figure, x) {
    var read = figure.querySelector("[data-chart-read]");
    if (!read || !figure.assayChart) return;
    if (x === null) { read.textContent = figure.assayChart.last || ""; return; }
    var found = AssayCurves.readAt(figure.assayChart, x);
    read.textContent = found.length === 1 ? AssayCharts.format(found[0].shown, figure.assayChart.y) : "";
  }
  AssayCurves.say = say;
  function move(figure, event) {
    var drawn = figure.assayDrawn;
    if (!drawn || !drawn.containPixel("grid", [event.offsetX, event.offsetY])) { leave(figure); return; }
    figure.assayPointerY = event.offsetY;
    AssayCurves.hovered = figure;
    var x = drawn.convertFromPixel({ xAxisIndex: 0 }, event.offsetX);
    say(figure, x);
    others(figure, function (other) {
      var place = other.assayDrawn.convertToPixel({ xAxisIndex: 0 }, x);
      other.assayDrawn.dispatchAction({ type: "updateAxisPointer", currTrigger: "mousemove", x: place, y: other.assayDrawn.getHeight() / 2 });
      say(other, x);
    });
  }
  function leave(figure) {
    AssayCurves.hovered = null;
    say(figure, null);
    others(figure, function (other) {
      other.assayDrawn.dispatchAction({ type: "updateAxisPointer", currTrigger: "leave" });
      say(other, null);
    });
  }
  document.addEventListener("assay:chart-made", function (event) {
    var figure = event.target;
    if (!figure.matches(".curve-card")) return;
    var canvas = event.detail.getZr();
    canvas.on("mousemove", function (moved) { move(figure, moved); });
    canvas.on("globalout", function () { leave(figure); });
  });
})();
