/* Colours of charts, read from the page's own, so that both themes need one definition. */
var AssayCharts = window.AssayCharts || {};
window.AssayCharts = AssayCharts;
(function () {
  "use strict";
  /* Told apart with any kind of colour vision, on light and on dark ground. */
  var PALETTE = ["#2a87d0", "#ee7733", "#009988", "#cc6677", "#ddaa33", "#33bbee", "#aa4499", "#999933", "#88a0ad", "#bb5522"];
  var probe;
  function colour(name) {
    if (!probe) {
      probe = document.createElement("span");
      probe.hidden = true;
      document.body.append(probe);
    }
    probe.style.color = "var(" + name + ")";
    return getComputedStyle(probe).color;
  }
  AssayCharts.palette = PALETTE;
  AssayCharts.colours = function () {
    return {
      text: colour("--a-text"),
      muted: colour("--a-muted"),
      line: colour("--a-line-soft"),
      axis: colour("--a-line"),
      surface: colour("--a-surface"),
      raised: colour("--a-raised"),
      accent: colour("--a-accent"),
      rest: colour("--a-rest")
    };
  };
})();
