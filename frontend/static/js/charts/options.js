/* From the server's neutral description of a chart to ECharts options.
   chart: {kind: lines | stacked | scatter, x: axis, y: axis, series: [{name, points: [[x, y, note?, href?]], style?, href?}]}
   axis: {name, kind: number | seconds | category, unit?, currency?, log?, keys?, open_from?}; a series' href ends with the key of the
   category that is clicked; from open_from on bars are pale, since they may still grow. */
(function () {
  "use strict";
  function axisOption(axis, colours, side, stacked) {
    var category = axis.kind === "category";
    var option = {
      type: category ? "category" : axis.log ? "log" : "value",
      scale: !category && !axis.from_zero && !stacked,
      name: axis.name + (axis.unit ? " (" + axis.unit + ")" : ""),
      nameLocation: "middle",
      nameGap: side === "x" ? 26 : 8,
      nameTextStyle: { color: colours.muted, fontSize: 11 },
      axisLine: { show: side === "x", lineStyle: { color: colours.axis } },
      axisTick: { show: false },
      splitLine: { show: side === "y", lineStyle: { color: colours.line } },
      axisLabel: { color: colours.muted, fontSize: 11, hideOverlap: true }
    };
    if (side === "y") Object.assign(option, { nameLocation: "end", nameGap: 10, nameTextStyle: { color: colours.muted, fontSize: 11, align: "left" } });
    option.axisLabel.formatter = function (value) { return AssayCharts.formatTick(value, axis); };
    return option;
  }
  function plotted(point) {
    return { value: [point[0], Number(point[1])], exact: point[1], note: point[2], href: point[3] };
  }
  function lineSeries(item, index, colours) {
    var only = item.points.length === 1;
    var front = item.style === "front";
    return {
      name: item.name, type: "line", step: front ? "end" : false,
      data: item.points.map(plotted),
      showSymbol: only || item.style === "points", symbolSize: only ? 7 : 5, sampling: "lttb", animation: false,
      lineStyle: { width: front ? 2 : 1.75, type: item.style === "front" ? "dashed" : "solid" },
      itemStyle: { color: AssayCharts.palette[index % AssayCharts.palette.length] },
      emphasis: { focus: "series" }, z: front ? 3 : 2
    };
  }
  function barSeries(item, index, colours, axis) {
    var open = axis.open_from;
    var colour = item.style === "rest" ? colours.rest : AssayCharts.palette[index % AssayCharts.palette.length];
    return {
      name: item.name, type: "bar", stack: "all", barCategoryGap: "22%", animation: false,
      data: item.points.map(function (point, at) {
        return open !== undefined && at >= open ? Object.assign(plotted(point), { itemStyle: { opacity: 0.45 } }) : plotted(point);
      }),
      itemStyle: { color: colour }, emphasis: { focus: "series" }
    };
  }
  function scatterSeries(item, index, colours) {
    return {
      name: item.name, type: "scatter", data: item.points.map(plotted), animation: false,
      symbol: item.style === "front" ? "diamond" : "circle", symbolSize: item.style === "front" ? 13 : 8,
      itemStyle: { color: item.style === "front" ? AssayCharts.palette[1] : AssayCharts.palette[index % 10], opacity: item.style === "front" ? 1 : 0.85, borderColor: colours.surface, borderWidth: 1 },
      z: item.style === "front" ? 4 : 2
    };
  }
  function seriesOf(chart, colours) {
    return chart.series.map(function (item, index) {
      if (chart.kind === "stacked") return barSeries(item, index, colours, chart.x);
      if (chart.kind === "scatter" && item.style !== "line") return scatterSeries(item, index, colours);
      return lineSeries(chart.kind === "scatter" ? Object.assign({}, item, { style: "front" }) : item, index, colours);
    });
  }
  function element(tag, text) {
    var made = document.createElement(tag);
    if (text !== undefined) made.textContent = text;
    return made;
  }
  function row(marker, name, value) {
    var line = element("div");
    var dot = element("span");
    dot.style.cssText = "display:inline-block;width:8px;height:8px;border-radius:50%;margin-right:6px;background:" + marker;
    var strong = element("strong", value);
    strong.style.cssText = "float:right;margin-left:18px;font-variant-numeric:tabular-nums";
    line.append(dot, element("span", name), strong);
    return line;
  }
  function tooltipOf(chart) {
    return function (found) {
      var box = element("div");
      var items = Array.isArray(found) ? found : [found];
      if (!items.length) return box;
      if (chart.kind === "scatter") {
        var point = items[0].data;
        box.append(element("strong", point.note || items[0].seriesName));
        box.append(row(items[0].color, chart.y.name, AssayCharts.format(point.exact, chart.y)));
        box.append(row("transparent", chart.x.name, AssayCharts.format(point.value[0], chart.x)));
        return box;
      }
      var at = items[0].data.value[0];
      box.append(element("strong", (chart.x.kind === "category" ? "" : chart.x.name + " ") + AssayCharts.format(at, chart.x)));
      items.filter(function (item) { return chart.kind !== "stacked" || Number(item.data.exact) !== 0; })
        .sort(function (a, b) { return chart.kind === "stacked" ? Number(b.data.exact) - Number(a.data.exact) : 0; })
        .slice(0, 12)
        .forEach(function (item) { box.append(row(item.color, item.data.note || item.seriesName, AssayCharts.format(item.data.exact, chart.y))); });
      return box;
    };
  }
  AssayCharts.axisOption = axisOption;
  AssayCharts.tooltipRow = row;
  AssayCharts.optionOf = function (chart, figure) {
    if (chart.kind === "curves") return AssayCurves.optionOf(chart, figure);
    var colours = AssayCharts.colours();
    var named = chart.series.filter(function (item) { return item.name; });
    var legend = named.length > 1;
    return {
      backgroundColor: "transparent",
      textStyle: { fontFamily: "inherit", color: colours.text },
      grid: { left: 10, right: 18, top: (legend ? 34 : 10) + (chart.y.name ? 22 : 4), bottom: chart.x.name ? 34 : 16, containLabel: true },
      legend: { show: legend, data: named.map(function (item) { return item.name; }), type: "scroll", top: 4, left: 8, right: 8, itemWidth: 14, itemHeight: 12, textStyle: { color: colours.text, fontSize: 11 }, pageTextStyle: { color: colours.muted }, pageIconColor: colours.muted },
      tooltip: {
        trigger: chart.kind === "scatter" ? "item" : "axis", confine: true, axisPointer: { type: chart.kind === "stacked" ? "shadow" : "line" },
        backgroundColor: colours.raised, borderColor: colours.axis, padding: [6, 10], textStyle: { color: colours.text, fontSize: 12 }, formatter: tooltipOf(chart)
      },
      toolbox: { show: true, top: -100, feature: { dataZoom: { filterMode: "none", yAxisIndex: chart.kind === "scatter" ? 0 : "none" } } },
      xAxis: axisOption(chart.x, colours, "x"),
      yAxis: axisOption(chart.y, colours, "y", chart.kind === "stacked"),
      series: seriesOf(chart, colours)
    };
  };
})();
