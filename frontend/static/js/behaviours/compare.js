/* form[data-compare] belongs to the ticked boxes of a table: it counts them, and "c" or its button sends two or more. */
(function () {
  "use strict";
  var MOST = 12;
  function refresh() {
    document.querySelectorAll("form[data-compare]").forEach(function (form) {
      var chosen = document.querySelectorAll("input[form='" + form.id + "']:checked").length;
      form.querySelector("button").disabled = chosen < 2 || chosen > MOST;
      form.querySelector("[data-compare-count]").textContent = chosen ? " " + chosen : "";
    });
  }
  document.addEventListener("change", refresh);
  document.addEventListener("htmx:after:swap", refresh);
  document.addEventListener("keydown", function (event) {
    if (event.key !== "c" || event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
    if (event.target.matches("input:not([type=checkbox]), textarea, select")) return;
    var button = document.querySelector("form[data-compare] button:not(:disabled)");
    if (button) button.click();
  });
  refresh();
})();
