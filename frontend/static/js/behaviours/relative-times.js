/* Keeps time[data-relative] true while a page stays open. */
(function () {
  "use strict";
  var STEPS = [["min", 60, 3600], ["h", 3600, 86400], ["day", 86400, 5184000]];
  function words(seconds) {
    if (seconds < 45) return null;
    for (var i = 0; i < STEPS.length; i++) {
      if (seconds >= STEPS[i][2]) continue;
      var count = Math.max(1, Math.round(seconds / STEPS[i][1]));
      return count + " " + STEPS[i][0] + (STEPS[i][0] === "day" && count !== 1 ? "s" : "");
    }
    return undefined;
  }
  function refresh() {
    document.querySelectorAll("time[data-relative]").forEach(function (element) {
      var seconds = (Date.now() - Date.parse(element.dateTime)) / 1000;
      var text = words(Math.abs(seconds));
      if (text === undefined) return;
      element.textContent = text === null ? "just now" : seconds > 0 ? text + " ago" : "in " + text;
    });
  }
  setInterval(refresh, 20000);
})();
