/* form[data-column-chooser]: what is typed narrows the lists; a column that is ticked moves up to those shown. */
(function () {
  "use strict";
  function narrow(form) {
    var words = form.querySelector("[data-column-search]").value.trim().toLowerCase();
    form.querySelectorAll("[data-column]").forEach(function (item) {
      item.hidden = Boolean(words) && !item.textContent.toLowerCase().includes(words);
    });
  }
  function dropDoubles(form) {
    var shown = new Set(Array.from(form.querySelectorAll("[data-columns-shown] input"), function (box) { return box.value; }));
    form.querySelectorAll("[data-columns-more] input").forEach(function (box) {
      if (shown.has(box.value)) box.closest("[data-column]").remove();
    });
  }
  document.addEventListener("input", function (event) {
    var form = event.target.closest("form[data-column-chooser]");
    if (form && event.target.matches("[data-column-search]")) narrow(form);
  });
  document.addEventListener("change", function (event) {
    var item = event.target.closest("[data-columns-more] [data-column]");
    if (!item || !event.target.checked) return;
    item.closest("form").querySelector("[data-columns-shown]").append(item);
    event.target.focus();
  });
  document.addEventListener("keydown", function (event) {
    if (event.key === "Enter" && event.target.matches("[data-column-search]")) event.preventDefault();
  });
  document.addEventListener("submit", function (event) {
    var search = event.target.querySelector("[data-column-search]");
    if (search) search.disabled = true;
  });
  document.addEventListener("htmx:after:swap", function () {
    document.querySelectorAll("form[data-column-chooser]").forEach(dropDoubles);
  });
})();
