/* [data-charts-url] asks for its charts at once and, while the answer says "live", again and again.
   answer: {live: bool, charts: {figure's data-chart: description}} */
(function () {
  "use strict";
  var SECONDS_BETWEEN = 3;
  var SECONDS_AFTER_ERROR = 15;
  function again(box, seconds) {
    setTimeout(function () { if (box.isConnected) ask(box); }, seconds * 1000);
  }
  function show(box, answer) {
    Object.keys(answer.charts).forEach(function (name) {
      var figure = box.querySelector('[data-chart="' + CSS.escape(name) + '"]');
      if (figure) AssayCharts.draw(figure, answer.charts[name]);
      else box.dataset.chartsMissing = "yes";
    });
    if (box.dataset.chartsMissing && box.dataset.chartsReload !== undefined) {
      delete box.dataset.chartsMissing;
      box.dispatchEvent(new CustomEvent("charts-missing", { bubbles: true }));
    }
  }
  function ask(box) {
    if (document.hidden) { again(box, SECONDS_BETWEEN); return; }
    fetch(box.dataset.chartsUrl, { headers: { Accept: "application/json" } }).then(function (response) {
      if (!response.ok) throw new Error(String(response.status));
      return response.json();
    }).then(function (answer) {
      show(box, answer);
      if (answer.live) again(box, SECONDS_BETWEEN);
    }).catch(function () { again(box, SECONDS_AFTER_ERROR); });
  }
  function start() {
    document.querySelectorAll("[data-charts-url]").forEach(function (box) {
      if (box.assayAsked) return;
      box.assayAsked = true;
      ask(box);
    });
  }
  document.addEventListener("htmx:after:swap", start);
  start();
})();
