/* A part of a curve chart's axis, chosen by dragging, is asked for again and drawn from the points it holds; a double click
   or [data-curve-whole] goes back. figure.assayWhole: the chart from afar; figure.assayZoom: [from, to] on its axis. */
(function () {
  "use strict";
  var asked = new WeakMap();
  AssayCurves.isCoarse = function (chart) {
    return chart.series.some(function (item) { return item.total > item.points.length; });
  };
  function address(figure) {
    var url = new URL(figure.closest("[data-curves-url]").dataset.curvesUrl, location.href);
    url.searchParams.append("key", figure.dataset.chart);
    if (AssayCurves.axis) url.searchParams.set("x", AssayCurves.axis);
    url.searchParams.set("from", String(figure.assayZoom[0]));
    url.searchParams.set("to", String(figure.assayZoom[1]));
    return url;
  }
  AssayCurves.lookCloser = function (figure) {
    var zoom = figure.assayZoom;
    var last = asked.get(figure);
    if (!zoom || !AssayCurves.isCoarse(figure.assayWhole) || (last && last.zoom === zoom)) return;
    if (last) last.abort.abort();
    var one = { zoom: zoom, abort: new AbortController() };
    asked.set(figure, one);
    fetch(address(figure), { headers: { Accept: "application/json" }, signal: one.abort.signal }).then(function (response) {
      if (!response.ok) throw new Error(String(response.status));
      return response.json();
    }).then(function (answer) {
      var chart = answer.charts[figure.dataset.chart];
      if (!chart || figure.assayZoom !== zoom || !figure.assayDrawn) return;
      AssayCharts.draw(figure, chart);
      figure.dataset.chartCloser = zoom.join(" ");
      AssayCurves.say(figure, null);
    }).catch(function () {
      /* From afar it stays, as it is drawn already. */
    }).finally(function () { if (asked.get(figure) === one) asked.delete(figure); });
  };
  function show(figure, zoom) {
    var button = figure.querySelector("[data-curve-whole]");
    figure.assayZoom = zoom;
    delete figure.dataset.chartCloser;
    if (button) button.hidden = !zoom;
    if (!figure.assayDrawn) return;
    figure.assayDrawn.dispatchAction({ type: "hideTip" });
    figure.assayDrawn.dispatchAction({ type: "dataZoom", dataZoomIndex: 0, start: 0, end: 100 });
    AssayCharts.draw(figure, zoom ? figure.assayChart : figure.assayWhole);
    AssayCurves.lookCloser(figure);
  }
  document.addEventListener("assay:chart-made", function (event) {
    var figure = event.target;
    if (!figure.matches("[data-curves-url] .curve-card")) return;
    event.detail.on("datazoom", function (change) {
      var part = (change.batch || [change])[0];
      if (part.startValue === undefined || !(part.startValue < part.endValue)) return;
      show(figure, [part.startValue, part.endValue]);
    });
    event.detail.getZr().on("dblclick", function () { show(figure, null); });
  });
  document.addEventListener("click", function (event) {
    var button = event.target.closest("[data-curve-whole]");
    if (button) show(button.closest(".curve-card"), null);
  });
  document.addEventListener("curves-axis", function () {
    document.querySelectorAll(".curve-card[data-chart]").forEach(function (figure) { if (figure.assayZoom) show(figure, null); });
  });
})();
