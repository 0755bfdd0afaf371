/* Parallel coordinates on a canvas. chart: {kind: "parallel", dimensions: [{label, kind: number | category, log, currency}],
   runs: [{name, colour, href, values}]}; dragging along an axis keeps the runs between. */
(function () {
  "use strict";
  var SIDE = 64, TOP = 40, BOTTOM = 34, NEAR = 6;
  function scaleOf(chart, at) {
    var dimension = chart.dimensions[at];
    var values = chart.runs.map(function (run) { return run.values[at]; }).filter(function (value) { return value !== null; });
    if (dimension.kind === "category") {
      var names = Array.from(new Set(values)).sort();
      return { ticks: names, share: function (value) { return names.length > 1 ? names.indexOf(value) / (names.length - 1) : 0.5; } };
    }
    var turn = dimension.log ? Math.log10 : Number;
    var least = turn(Math.min.apply(null, values)), span = turn(Math.max.apply(null, values)) - least;
    var ticks = span ? [0, 0.25, 0.5, 0.75, 1].map(function (part) { var place = least + part * span; return dimension.log ? Math.pow(10, place) : place; }) : values.slice(0, 1);
    return { ticks: ticks, share: function (value) { return span ? (turn(value) - least) / span : 0.5; } };
  }
  function make(figure) {
    var box = figure.querySelector("[data-chart-canvas]");
    var canvas = document.createElement("canvas");
    canvas.style.cssText = "display:block;height:100%;touch-action:pan-x";
    var tip = document.createElement("div");
    tip.className = "note";
    tip.style.cssText = "position:absolute;pointer-events:none;z-index:5;padding:4px 8px;max-width:320px";
    tip.hidden = true;
    box.style.cssText = "position:relative;overflow-x:auto;overflow-y:hidden";
    box.replaceChildren(canvas, tip);
    return { figure: figure, box: box, canvas: canvas, tip: tip, brushes: {}, hovered: -1 };
  }
  function layout(state) {
    var chart = state.figure.assayChart;
    state.width = Math.max(state.box.clientWidth, chart.dimensions.length * 84);
    state.height = state.box.clientHeight;
    state.scales = chart.dimensions.map(function (_, at) { return scaleOf(chart, at); });
    var room = state.width - 2 * SIDE;
    state.xs = chart.dimensions.map(function (_, at) { return SIDE + (chart.dimensions.length > 1 ? room * at / (chart.dimensions.length - 1) : room / 2); });
    state.lines = chart.runs.map(function (run) {
      return run.values.map(function (value, at) { return value === null ? null : [state.xs[at], yOf(state, state.scales[at].share(value))]; });
    });
  }
  function yOf(state, share) { return TOP + (1 - share) * (state.height - TOP - BOTTOM); }
  function isKept(state, line) {
    return Object.keys(state.brushes).every(function (at) {
      return line[at] && line[at][1] >= state.brushes[at][0] && line[at][1] <= state.brushes[at][1];
    });
  }
  function stroke(pen, line, colour, width, opacity) {
    pen.strokeStyle = colour;
    pen.lineWidth = width;
    pen.globalAlpha = opacity;
    pen.beginPath();
    var last = null;
    line.forEach(function (point) {
      if (point && last) pen.lineTo(point[0], point[1]);
      else if (point) pen.moveTo(point[0], point[1]);
      last = point;
    });
    pen.stroke();
    pen.globalAlpha = 1;
  }
  function shorten(pen, text, width) {
    while (text.length > 2 && pen.measureText(text).width > width) text = text.slice(0, -2) + "…";
    return text;
  }
  function axes(state, pen, colours) {
    var room = state.xs.length > 1 ? state.xs[1] - state.xs[0] - 10 : state.width;
    state.figure.assayChart.dimensions.forEach(function (dimension, at) {
      var x = state.xs[at];
      pen.strokeStyle = colours.axis;
      pen.lineWidth = 1;
      pen.beginPath(); pen.moveTo(x, TOP); pen.lineTo(x, state.height - BOTTOM); pen.stroke();
      pen.textAlign = "center";
      pen.font = "600 11px system-ui, sans-serif";
      pen.fillStyle = colours.text;
      pen.fillText(shorten(pen, dimension.label, Math.max(room, 48)), x, TOP - 18);
      pen.font = "11px system-ui, sans-serif";
      pen.fillStyle = colours.muted;
      pen.textAlign = at === state.xs.length - 1 ? "right" : "left";
      state.scales[at].ticks.slice(0, 14).forEach(function (tick) {
        var text = dimension.kind === "category" ? String(tick) : AssayCharts.formatTick(Number(Number(tick).toPrecision(3)), dimension);
        var side = at === state.xs.length - 1 ? -6 : 6;
        var shown = shorten(pen, text, Math.max(room - 8, 36)), wide = pen.measureText(shown).width, y = yOf(state, state.scales[at].share(tick)) + 4;
        pen.globalAlpha = 0.72; pen.fillStyle = colours.surface;
        pen.fillRect(side > 0 ? x + 4 : x - 8 - wide, y - 10, wide + 4, 13);
        pen.globalAlpha = 1; pen.fillStyle = colours.muted;
        pen.fillText(shown, x + side, y);
      });
      if (state.brushes[at]) {
        pen.fillStyle = colours.accent;
        pen.globalAlpha = 0.25;
        pen.fillRect(x - 7, state.brushes[at][0], 14, state.brushes[at][1] - state.brushes[at][0]);
        pen.globalAlpha = 1;
      }
    });
  }
  function paint(state) {
    var dense = window.devicePixelRatio || 1;
    var colours = AssayCharts.colours();
    state.canvas.style.width = state.width + "px";
    state.canvas.width = state.width * dense;
    state.canvas.height = state.height * dense;
    var pen = state.canvas.getContext("2d");
    pen.scale(dense, dense);
    pen.fillStyle = colours.surface;
    pen.fillRect(0, 0, state.width, state.height);
    var kept = 0;
    state.lines.forEach(function (line, at) { if (!isKept(state, line)) stroke(pen, line, colours.rest, 1, 0.25); });
    state.lines.forEach(function (line, at) {
      if (!isKept(state, line)) return;
      kept += 1;
      if (at !== state.hovered) stroke(pen, line, state.figure.assayChart.runs[at].colour, 1.5, state.hovered < 0 ? 0.8 : 0.25);
    });
    axes(state, pen, colours);
    if (state.hovered >= 0) stroke(pen, state.lines[state.hovered], state.figure.assayChart.runs[state.hovered].colour, 3, 1);
    state.figure.dataset.chartKept = String(kept);
  }
  function distance(point, start, end) {
    var dx = end[0] - start[0], dy = end[1] - start[1];
    var part = Math.max(0, Math.min(1, ((point[0] - start[0]) * dx + (point[1] - start[1]) * dy) / (dx * dx + dy * dy || 1)));
    return Math.hypot(point[0] - start[0] - part * dx, point[1] - start[1] - part * dy);
  }
  function lineAt(state, point) {
    var best = -1, least = NEAR;
    state.lines.forEach(function (line, at) {
      if (!isKept(state, line)) return;
      for (var k = 1; k < line.length; k += 1) {
        if (!line[k] || !line[k - 1] || line[k][0] < point[0] - NEAR || line[k - 1][0] > point[0] + NEAR) continue;
        var far = distance(point, line[k - 1], line[k]);
        if (far < least) { least = far; best = at; }
      }
    });
    return best;
  }
  function listen(state) {
    var from = null;
    function place(event) { var box = state.canvas.getBoundingClientRect(); return [event.clientX - box.left, event.clientY - box.top]; }
    state.canvas.addEventListener("pointerdown", function (event) {
      var point = place(event);
      var axis = state.xs.findIndex(function (x) { return Math.abs(x - point[0]) < 12; });
      if (axis < 0) return;
      from = { axis: axis, y: point[1] };
      state.canvas.setPointerCapture(event.pointerId);
    });
    state.canvas.addEventListener("pointermove", function (event) {
      var point = place(event);
      if (from) {
        state.brushes[from.axis] = [Math.min(from.y, point[1]), Math.max(from.y, point[1])];
        paint(state);
        return;
      }
      var hovered = lineAt(state, point);
      state.canvas.style.cursor = state.xs.some(function (x) { return Math.abs(x - point[0]) < 12; }) ? "ns-resize" : hovered >= 0 ? "pointer" : "default";
      state.tip.hidden = hovered < 0;
      if (hovered >= 0) {
        state.tip.textContent = state.figure.assayChart.runs[hovered].name;
        state.tip.style.left = Math.min(point[0] + 12, state.width - 160) + "px";
        state.tip.style.top = point[1] + 12 + "px";
      }
      if (hovered !== state.hovered) { state.hovered = hovered; paint(state); }
    });
    state.canvas.addEventListener("pointerup", function (event) {
      var point = place(event);
      if (from && Math.abs(point[1] - from.y) < 3) { delete state.brushes[from.axis]; paint(state); }
      else if (!from && state.hovered >= 0) location.href = state.figure.assayChart.runs[state.hovered].href;
      from = null;
    });
    state.canvas.addEventListener("pointerleave", function () { state.hovered = -1; state.tip.hidden = true; paint(state); });
  }
  AssayCharts.drawParallel = function (figure, chart) {
    chart.x = { name: "axis", kind: "category" };
    chart.y = { name: "value", kind: "category" };
    chart.series = chart.runs.map(function (run) {
      return { name: run.name, points: chart.dimensions.map(function (dimension, at) { return [dimension.label, run.values[at] === null ? "" : run.values[at]]; }) };
    });
    figure.assayChart = chart;
    var state = figure.assayParallel || make(figure);
    var isNew = !figure.assayParallel;
    figure.assayParallel = state;
    layout(state);
    paint(state);
    if (isNew) listen(state);
    figure.assayDrawn = {
      getDataURL: function () { return state.canvas.toDataURL("image/png"); },
      resize: function () { state.brushes = {}; layout(state); paint(state); },
      dispose: function () {}
    };
    figure.dataset.chartPoints = String(chart.runs.length * chart.dimensions.length);
  };
  AssayCharts.drawAll(document);
})();
