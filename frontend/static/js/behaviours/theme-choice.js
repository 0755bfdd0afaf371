/* [data-theme-set=light|dark|auto] keeps the choice in a cookie, so that the server renders the next page in it. */
(function () {
  "use strict";
  var root = document.documentElement;
  document.addEventListener("click", function (event) {
    var button = event.target.closest("[data-theme-set]");
    if (!button) return;
    var choice = button.dataset.themeSet;
    var secure = location.protocol === "https:" ? ";secure" : "";
    document.cookie = "theme=" + choice + ";path=/;max-age=31536000;samesite=lax" + secure;
    root.dataset.themeChoice = choice;
    if (choice !== "auto") root.setAttribute("data-bs-theme", choice);
    document.querySelectorAll("[data-theme-set]").forEach(function (other) {
      other.setAttribute("aria-pressed", String(other === button));
    });
    root.dispatchEvent(new CustomEvent("assay:theme", { bubbles: true }));
  });
})();
