/* Ctrl-K, "/" and [data-search-open] open the palette; arrow keys walk through what it found. "/" goes to the page's own
   filter [data-find-here] where it has one. */
(function () {
  "use strict";
  var dialog = document.getElementById("search");
  if (!dialog) return;
  function isTyping(target) {
    return target.matches("input, textarea, select, [contenteditable]");
  }
  function open() {
    if (!dialog.open) dialog.showModal();
    dialog.querySelector("input").select();
  }
  document.addEventListener("click", function (event) {
    if (!event.target.closest("[data-search-open]") || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    open();
  });
  document.addEventListener("keydown", function (event) {
    var palette = (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k";
    var slash = event.key === "/" && !isTyping(event.target) && !event.ctrlKey && !event.metaKey;
    if (!palette && !slash) return;
    event.preventDefault();
    var here = slash && document.querySelector("[data-find-here]");
    if (here && !document.querySelector("dialog[open]")) here.select();
    else open();
  });
  dialog.addEventListener("keydown", function (event) {
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    var stops = [dialog.querySelector("input")].concat(Array.from(dialog.querySelectorAll(".search-results a")));
    var step = event.key === "ArrowDown" ? 1 : -1;
    var at = stops.indexOf(document.activeElement);
    event.preventDefault();
    stops[Math.min(Math.max(at + step, 0), stops.length - 1)].focus();
  });
})();
