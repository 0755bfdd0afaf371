/* Arithmetic of curves: smoothing, and which point is nearest. A curve: {points: [[x, y]], low: [y]?, high: [y]?}. */
var AssayCurves = window.AssayCurves || {};
window.AssayCurves = AssayCurves;
(function () {
  "use strict";
  /* Exponential moving average without the pull of its start; weight in [0, 1). */
  AssayCurves.smooth = function (points, weight) {
    if (!weight) return points;
    var last = 0;
    var grown = 1;
    return points.map(function (point) {
      last = last * weight + (1 - weight) * point[1];
      grown *= weight;
      return [point[0], last / (1 - grown)];
    });
  };
  /* Index of the point nearest to x; -1 when the curve has none, or ends well before x. reach: how far beyond its ends counts. */
  AssayCurves.nearest = function (points, x, reach) {
    var low = 0;
    var high = points.length - 1;
    if (high < 0 || x < points[0][0] - reach || x > points[high][0] + reach) return -1;
    while (high - low > 1) {
      var middle = (low + high) >> 1;
      if (points[middle][0] <= x) low = middle; else high = middle;
    }
    return Math.abs(points[low][0] - x) <= Math.abs(points[high][0] - x) ? low : high;
  };
  AssayCurves.extent = function (series) {
    var least = Infinity;
    var greatest = -Infinity;
    series.forEach(function (item) {
      if (!item.points.length) return;
      least = Math.min(least, item.points[0][0]);
      greatest = Math.max(greatest, item.points[item.points.length - 1][0]);
    });
    return [least, greatest];
  };
  AssayCurves.view = { smooth: 0, log: false, hidden: {} };
})();
