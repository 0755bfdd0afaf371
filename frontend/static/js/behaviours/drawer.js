/* On small screens [data-drawer-open] shows the navigation; [data-drawer-close] and Escape hide it. */
(function () {
  "use strict";
  function set(open) {
    document.body.classList.toggle("drawer-open", open);
    var opener = document.querySelector("[data-drawer-open]");
    if (!opener) return;
    opener.setAttribute("aria-expanded", String(open));
    if (open) document.querySelector("#navigation a").focus();
    else opener.focus();
  }
  document.addEventListener("click", function (event) {
    if (event.target.closest("[data-drawer-open]")) set(true);
    else if (event.target.closest("[data-drawer-close]")) set(false);
  });
  document.addEventListener("keydown", function (event) {
    if (event.key === "Escape" && document.body.classList.contains("drawer-open")) set(false);
  });
})();
