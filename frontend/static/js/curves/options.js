/* From the server's curves to ECharts options, as the reader asked to see them (AssayCurves.view).
   chart: {kind: "curves", x: axis, y: axis, series: [curve + {name, run?, colour?}], marks: [{name, at, until?}]} */
(function () {
  "use strict";
  var MANY = 12;
  var LISTED = 12;
  function visible(chart) {
    return chart.series.filter(function (item) { return !item.run || !AssayCurves.view.hidden[item.run]; });
  }
  function colourOf(chart, item) {
    return item.colour || AssayCharts.palette[chart.series.indexOf(item) % AssayCharts.palette.length];
  }
  function drawable(points) {
    return AssayCurves.view.log ? points.filter(function (point) { return point[1] > 0; }) : points;
  }
  function line(name, points, colour, more) {
    var only = points.length === 1;
    return Object.assign({
      name: name, type: "line", data: points, animation: false, sampling: "lttb",
      showSymbol: only, symbolSize: only ? 7 : 4, itemStyle: { color: colour }, lineStyle: { width: 1.75, color: colour },
      emphasis: { lineStyle: { width: 3 } }, z: 3
    }, more);
  }
  /* What a stretch of points reaches from and to, about their mean. Empty where every point is drawn: a pointer that stands over
     the chart while it is drawn anew remembers series by their number, so there are always as many. */
  function band(item, colour) {
    var hidden = { silent: true, showSymbol: false, stack: "band" + item.name, stackStrategy: "all", sampling: undefined, z: 1, tooltip: { show: false }, emphasis: { disabled: true }, lineStyle: { opacity: 0 } };
    var low = [], span = [];
    item.points.forEach(function (point, at) {
      if (!item.low || (AssayCurves.view.log && item.low[at] <= 0)) return;
      low.push([point[0], item.low[at]]);
      span.push([point[0], item.high[at] - item.low[at]]);
    });
    return [line("", low, colour, hidden), line("", span, colour, Object.assign({}, hidden, { areaStyle: { color: colour, opacity: 0.2 } }))];
  }
  function linesOf(chart, item, few) {
    var view = AssayCurves.view;
    var colour = colourOf(chart, item);
    var raw = drawable(item.points);
    var lines = few ? band(item, colour) : [];
    if (view.smooth && few && !item.low) lines.push(line("", raw, colour, { silent: true, showSymbol: false, lineStyle: { width: 1, color: colour, opacity: 0.28 }, z: 2 }));
    return lines.concat(line(item.name, drawable(AssayCurves.smooth(item.points, view.smooth)), colour, few ? {} : { lineStyle: { width: 1.25, color: colour, opacity: 0.9 } }));
  }
  function marksOf(chart, colours) {
    var marks = chart.marks || [];
    if (!marks.length) return [];
    var bands = marks.filter(function (mark) { return mark.until !== undefined; });
    var lines = marks.filter(function (mark) { return mark.until === undefined; });
    var label = { color: colours.muted, fontSize: 10, overflow: "truncate", width: 90 };
    return [{
      name: "", type: "line", data: [], silent: true,
      markArea: { silent: true, label: Object.assign({ position: "insideTopLeft" }, label), data: bands.map(function (mark, index) {
        return [{ name: mark.name, xAxis: mark.at, itemStyle: { color: colours.muted, opacity: index % 2 ? 0.13 : 0.06 } }, { xAxis: mark.until }];
      }) },
      markLine: { silent: true, symbol: "none", label: Object.assign({ position: "insideEndTop", formatter: "{b}" }, label),
        lineStyle: { color: colours.muted, type: "dashed", width: 1 }, data: lines.map(function (mark) { return { name: mark.name, xAxis: mark.at }; }) }
    }];
  }
  /* What the reader must know of how it is drawn. */
  function noteOn(shown) {
    var lost = lostOnLog(shown);
    var ranged = shown.filter(function (item) { return item.low; });
    var total = ranged.reduce(function (sum, item) { return sum + item.total; }, 0);
    return lost || (total ? total.toLocaleString("en-US") + " points: mean, and band from least to greatest" : "");
  }
  function lostOnLog(shown) {
    if (!AssayCurves.view.log) return "";
    var lost = shown.reduce(function (sum, item) { return sum + item.points.length - drawable(item.points).length; }, 0);
    return lost ? lost + " at or below zero: not on a log scale" : "";
  }
  AssayCurves.readAt = function (chart, x) {
    var extent = AssayCurves.extent(chart.series);
    var reach = (extent[1] - extent[0]) / 50;
    return visible(chart).map(function (item) {
      var at = AssayCurves.nearest(item.points, x, reach);
      if (at < 0) return null;
      return { item: item, at: at, colour: colourOf(chart, item), x: item.points[at][0], y: item.points[at][1], shown: AssayCurves.smooth(item.points, AssayCurves.view.smooth)[at][1] };
    }).filter(Boolean);
  };
  function tooltipOf(chart, figure) {
    return function (found) {
      if (AssayCurves.hovered && AssayCurves.hovered !== figure) return "";
      var first = (Array.isArray(found) ? found : [found])[0];
      var box = document.createElement("div");
      if (!first) return box;
      var at = first.axisValue === undefined ? first.value[0] : Number(first.axisValue);
      var read = AssayCurves.readAt(chart, at);
      if (figure.assayPointerY !== undefined && figure.assayDrawn) {
        var y = figure.assayDrawn.convertFromPixel({ yAxisIndex: 0 }, figure.assayPointerY);
        read.sort(function (a, b) { return Math.abs(a.shown - y) - Math.abs(b.shown - y); });
      }
      var strong = document.createElement("strong");
      strong.textContent = chart.x.name + " " + AssayCharts.format(read.length === 1 ? read[0].x : at, chart.x);
      box.append(strong);
      read.slice(0, LISTED).forEach(function (one) {
        var value = AssayCharts.format(one.y, chart.y);
        if (AssayCurves.view.smooth) value = AssayCharts.format(one.shown, chart.y) + " (" + value + ")";
        box.append(AssayCharts.tooltipRow(one.colour, one.item.name.length > 40 ? one.item.name.slice(0, 39) + "…" : one.item.name, value));
        if (one.item.low) box.append(AssayCharts.tooltipRow("transparent", "from, to", AssayCharts.format(one.item.low[one.at], chart.y) + ", " + AssayCharts.format(one.item.high[one.at], chart.y)));
      });
      if (read.length > LISTED) box.append(document.createTextNode("and " + (read.length - LISTED) + " more"));
      return box;
    };
  }
  /* A metric that never changes is a line in the middle, not the noise of its last digit. */
  function isFlat(span) { return span.max - span.min <= 1e-9 * Math.max(Math.abs(span.max), Math.abs(span.min)); }
  function floorOf(span) { return isFlat(span) && span.min ? span.min - Math.abs(span.min) / 10 : null; }
  function roofOf(span) { return isFlat(span) && span.max ? span.max + Math.abs(span.max) / 10 : null; }
  AssayCurves.optionOf = function (chart, figure) {
    var colours = AssayCharts.colours();
    var shown = visible(chart);
    var few = shown.length <= MANY;
    var legend = chart.series.length > 1 && !chart.series[0].run;
    var y = Object.assign({}, chart.y, { unit: "", log: AssayCurves.view.log, from_zero: chart.y.from_zero && !AssayCurves.view.log });
    var zoom = figure.assayZoom || [null, null];
    var series = marksOf(chart, colours);
    shown.forEach(function (item) { series = series.concat(linesOf(chart, item, few)); });
    return {
      backgroundColor: "transparent",
      textStyle: { fontFamily: "inherit", color: colours.text },
      title: { text: noteOn(shown), right: 12, top: 0, textStyle: { fontSize: 10, fontWeight: "normal", color: colours.muted } },
      grid: { left: 10, right: 18, top: legend ? 34 : 16, bottom: 34, containLabel: true },
      legend: { show: legend, data: chart.series.map(function (item) { return item.name; }), type: "scroll", top: 4, left: 8, right: 8, itemWidth: 14, itemHeight: 12, textStyle: { color: colours.text, fontSize: 11 } },
      tooltip: {
        trigger: "axis", confine: true, axisPointer: { type: "line", snap: false, animation: false },
        backgroundColor: colours.raised, borderColor: colours.axis, padding: [6, 10], textStyle: { color: colours.text, fontSize: 12 }, formatter: tooltipOf(chart, figure)
      },
      toolbox: { show: true, top: -100, feature: { dataZoom: { filterMode: "none", yAxisIndex: "none" } } },
      xAxis: Object.assign(AssayCharts.axisOption(chart.x, colours, "x"), { min: zoom[0], max: zoom[1] }),
      yAxis: Object.assign(AssayCharts.axisOption(y, colours, "y"), y.log ? {} : { min: floorOf, max: roofOf }),
      series: series
    };
  };
})();
