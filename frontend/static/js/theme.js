/* Runs before the first paint: a page that follows the system gets the system's theme. */
(function () {
  "use strict";
  var root = document.documentElement;
  var dark = window.matchMedia("(prefers-color-scheme: dark)");
  function follow() {
    if (root.dataset.themeChoice === "auto") root.setAttribute("data-bs-theme", dark.matches ? "dark" : "light");
  }
  follow();
  root.addEventListener("assay:theme", follow);
  dark.addEventListener("change", function () { root.dispatchEvent(new CustomEvent("assay:theme", { bubbles: true })); });
})();
