/* form[data-submit-on-change] sends itself when a choice changes; without scripts its button does. */
(function () {
  "use strict";
  document.addEventListener("change", function (event) {
    var form = event.target.closest("form[data-submit-on-change]");
    if (form && event.target.matches("select, input[type=checkbox], input[type=radio], input[type=date]")) form.requestSubmit();
  });
  document.addEventListener("submit", function (event) {
    if (event.target.method !== "get") return;
    event.target.querySelectorAll("input, select").forEach(function (field) {
      if (field.value === "" && field.name) field.disabled = true;
    });
    setTimeout(function () {
      event.target.querySelectorAll(":disabled").forEach(function (field) { field.disabled = false; });
    });
  });
})();
