/* Draws figure[data-chart]; its description is a JSON script inside, or comes from charts/live.js. */
(function () {
  "use strict";
  var NOTHING = "No points yet.";
  function canvas(figure) { return figure.querySelector("[data-chart-canvas]"); }
  function hasPoints(chart) {
    return chart.series.some(function (item) { return item.points.length; });
  }
  function zoomByDragging(drawn) {
    drawn.dispatchAction({ type: "takeGlobalCursor", key: "dataZoomSelect", dataZoomSelectActive: true });
  }
  function hrefOf(chart, event) {
    var href = (chart.series[event.seriesIndex] || {}).href;
    return href && href + encodeURIComponent((chart.x.keys || [])[event.dataIndex] || event.data.value[0]);
  }
  function create(figure) {
    var drawn = echarts.init(canvas(figure), null, { renderer: "canvas" });
    drawn.getZr().on("dblclick", function () { drawn.dispatchAction({ type: "restore" }); zoomByDragging(drawn); });
    drawn.on("click", function (event) {
      var target = event.data && (event.data.href || hrefOf(figure.assayChart, event));
      if (target) location.href = target;
    });
    figure.assayDrawn = drawn;
    figure.dispatchEvent(new CustomEvent("assay:chart-made", { bubbles: true, detail: drawn }));
    return drawn;
  }
  AssayCharts.draw = function (figure, chart) {
    if (chart.kind === "parallel") { AssayCharts.drawParallel(figure, chart); fillTable(figure); return; }
    figure.assayChart = chart;
    var empty = !hasPoints(chart);
    if (empty) {
      if (figure.assayDrawn) figure.assayDrawn.dispose();
      figure.assayDrawn = null;
      canvas(figure).innerHTML = '<p class="chart-empty"></p>';
      canvas(figure).firstChild.textContent = chart.empty || NOTHING;
      return;
    }
    if (!figure.assayDrawn) canvas(figure).textContent = "";
    var drawn = figure.assayDrawn || create(figure);
    drawn.setOption(AssayCharts.optionOf(chart, figure), { replaceMerge: ["series"] });
    zoomByDragging(drawn);
    figure.dataset.chartPoints = String(chart.series.reduce(function (sum, item) { return sum + item.points.length; }, 0));
    fillTable(figure);
  };
  function rowsOf(chart) {
    var ranged = chart.series.some(function (item) { return item.low; });
    var head = ["series", chart.x.name, ranged ? "mean" : chart.y.name].concat(ranged ? ["least", "greatest"] : []);
    var rows = [];
    chart.series.forEach(function (item) {
      item.points.forEach(function (point, at) {
        var range = !ranged ? [] : item.low ? [item.low[at], item.high[at]] : [point[1], point[1]];
        rows.push([point[2] || item.name, String(point[0]), String(point[1])].concat(range.map(String)));
      });
    });
    return [head].concat(rows);
  }
  function fillTable(figure) {
    var details = figure.querySelector("details[data-chart-table]");
    if (!details || !details.open || !figure.assayChart) return;
    var table = document.createElement("table");
    table.className = "data";
    rowsOf(figure.assayChart).slice(0, 1001).forEach(function (cells, index) {
      var line = table.insertRow();
      cells.forEach(function (text, column) {
        var cell = document.createElement(index ? "td" : "th");
        cell.textContent = text;
        if (column) cell.className = "amount";
        line.append(cell);
      });
    });
    details.querySelector("[data-chart-rows]").replaceChildren(table);
  }
  function quoted(text) { return /[",\n]/.test(text) ? '"' + text.replaceAll('"', '""') + '"' : text; }
  function download(name, url) {
    var link = document.createElement("a");
    link.href = url;
    link.download = name;
    link.click();
  }
  function save(figure, kind) {
    var name = (figure.dataset.chartName || "chart").replace(/[^\w.-]+/g, "-");
    if (kind === "png" && figure.assayDrawn) {
      download(name + ".png", figure.assayDrawn.getDataURL({ pixelRatio: 2, backgroundColor: AssayCharts.colours().surface }));
    }
    if (kind !== "csv" || !figure.assayChart) return;
    var text = rowsOf(figure.assayChart).map(function (row) { return row.map(quoted).join(","); }).join("\n");
    var url = URL.createObjectURL(new Blob([text], { type: "text/csv" }));
    download(name + ".csv", url);
    setTimeout(function () { URL.revokeObjectURL(url); }, 1000);
  }
  function drawAll(root) {
    root.querySelectorAll("[data-chart]").forEach(function (figure) {
      var script = figure.querySelector("script[type='application/json']");
      if (!script || figure.assayChart) return;
      var chart = JSON.parse(script.textContent);
      if (chart.kind !== "parallel" || AssayCharts.drawParallel) AssayCharts.draw(figure, chart);
    });
  }
  function each(action) {
    document.querySelectorAll("[data-chart]").forEach(function (figure) { if (figure.assayDrawn) action(figure); });
  }
  document.addEventListener("click", function (event) {
    var button = event.target.closest("[data-chart-save]");
    if (button) save(button.closest("[data-chart]"), button.dataset.chartSave);
  });
  document.addEventListener("toggle", function (event) {
    if (event.target.matches("[data-chart-table]")) fillTable(event.target.closest("[data-chart]"));
  }, true);
  document.addEventListener("assay:theme", function () {
    requestAnimationFrame(function () { each(function (figure) { AssayCharts.draw(figure, figure.assayChart); }); });
  });
  document.addEventListener("htmx:after:swap", function () { drawAll(document); });
  window.addEventListener("resize", function () { each(function (figure) { figure.assayDrawn.resize(); }); });
  AssayCharts.drawAll = drawAll;
  drawAll(document);
})();
