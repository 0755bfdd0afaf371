/* [data-curves-url]: charts inside are asked for when they come into sight, several in one request; while the answer says
   "live" those in sight are asked for again. answer: {live, known: how many metrics there are, charts: {data-chart: curves}} */
(function () {
  "use strict";
  var AT_ONCE = 12;
  var GATHER = 60;
  var BETWEEN = 3000;
  var AFTER_ERROR = 15000;
  var kept = new Map();
  var inSight = new Set();
  var asked = new Set();
  var live = false;
  var started = false;
  var timer;
  var abort = new AbortController();
  function box() { return document.querySelector("[data-curves-url]"); }
  function draw(figure, chart) {
    figure.assayWhole = chart;
    if (!figure.assayZoom || !figure.assayDrawn || !AssayCurves.isCoarse(chart)) AssayCharts.draw(figure, chart);
    AssayCurves.lookCloser(figure);
    AssayCurves.say(figure, null);
  }
  function show(answer) {
    if (live && !answer.live) kept.clear();
    live = answer.live;
    var known = document.querySelector("[data-curves-known]");
    Object.keys(answer.charts).forEach(function (name) { kept.set(name, answer.charts[name]); });
    inSight.forEach(function (figure) {
      var chart = answer.charts[figure.dataset.chart];
      if (chart) draw(figure, chart);
    });
    if (known && Number(known.dataset.curvesKnown) !== answer.known) {
      known.dataset.curvesKnown = String(answer.known);
      (document.querySelector("form[data-curve-view][hx-get]") || box()).dispatchEvent(new CustomEvent("curves-changed"));
    }
  }
  function request(names) {
    var url = new URL(box().dataset.curvesUrl, location.href);
    names.forEach(function (name) { url.searchParams.append("key", name); asked.add(name); });
    if (AssayCurves.axis) url.searchParams.set("x", AssayCurves.axis);
    return fetch(url, { headers: { Accept: "application/json" }, signal: abort.signal }).then(function (response) {
      if (!response.ok) throw new Error(String(response.status));
      return response.json();
    }).then(show).finally(function () { names.forEach(function (name) { asked.delete(name); }); });
  }
  function later(milliseconds) {
    clearTimeout(timer);
    timer = setTimeout(ask, milliseconds);
  }
  function ask() {
    if (!box()) return;
    if (document.hidden) { later(BETWEEN); return; }
    var names = Array.from(inSight, function (figure) { return figure.isConnected ? figure.dataset.chart : ""; });
    names = Array.from(new Set(names)).filter(function (name) { return name && !asked.has(name) && (live || !kept.has(name)); });
    if (!names.length && started && !live) return;
    started = true;
    var requests = names.length ? [] : [request([])];
    var atOnce = Number(box().dataset.curvesAtOnce) || AT_ONCE;
    while (names.length) requests.push(request(names.splice(0, atOnce)));
    Promise.all(requests).then(
      function () { if (live) later(BETWEEN); },
      function (error) { if (error.name !== "AbortError") later(AFTER_ERROR); }
    );
  }
  var observer = new IntersectionObserver(function (entries) {
    entries.forEach(function (entry) {
      var figure = entry.target;
      if (!entry.isIntersecting || !figure.isConnected) {
        inSight.delete(figure);
        if (figure.assayDrawn) { figure.assayDrawn.dispose(); figure.assayDrawn = null; }
        return;
      }
      inSight.add(figure);
      if (kept.has(figure.dataset.chart)) draw(figure, kept.get(figure.dataset.chart));
    });
    if (Array.from(inSight).some(function (figure) { return !kept.has(figure.dataset.chart); })) later(GATHER);
  }, { rootMargin: "240px 0px" });
  function watch() {
    inSight.forEach(function (figure) { if (!figure.isConnected) inSight.delete(figure); });
    document.querySelectorAll("[data-curves-url] .curve-card[data-chart]").forEach(function (figure) {
      if (figure.assayWatched) return;
      figure.assayWatched = true;
      observer.observe(figure);
    });
  }
  document.addEventListener("curves-axis", function () {
    abort.abort();
    abort = new AbortController();
    asked.clear();
    kept.clear();
    later(0);
  });
  document.addEventListener("htmx:after:swap", watch);
  watch();
  later(GATHER);
})();
