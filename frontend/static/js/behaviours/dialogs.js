/* [data-dialog-open=id], [data-dialog-close], "?" for the shortcuts, and forms with data-confirm-title that ask first. */
(function () {
  "use strict";
  function isOutside(dialog, event) {
    var box = dialog.getBoundingClientRect();
    return event.clientX < box.left || event.clientX > box.right || event.clientY < box.top || event.clientY > box.bottom;
  }
  function ask(form) {
    var dialog = document.getElementById("confirm");
    var typed = dialog.querySelector("[data-confirm-typed]");
    var yes = dialog.querySelector("[data-confirm-yes]");
    var name = form.dataset.confirmName || "";
    dialog.querySelector("[data-confirm-title]").textContent = form.dataset.confirmTitle;
    dialog.querySelector("[data-confirm-text]").textContent = form.dataset.confirmText || "";
    dialog.querySelector("[data-confirm-name]").textContent = name;
    dialog.querySelector("[data-confirm-ask]").hidden = !name;
    yes.textContent = form.dataset.confirmYes || "Go on";
    typed.value = "";
    yes.disabled = Boolean(name);
    typed.oninput = function () { yes.disabled = Boolean(name) && typed.value.trim() !== name; };
    dialog.returnValue = "";
    dialog.onclose = function () {
      if (dialog.returnValue !== "yes") return;
      form.dataset.confirmed = "yes";
      form.requestSubmit();
    };
    dialog.showModal();
    if (name) typed.focus();
  }
  document.addEventListener("submit", function (event) {
    var form = event.target;
    if (!form.dataset.confirmTitle || form.dataset.confirmed) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    ask(form);
  }, true);
  document.addEventListener("click", function (event) {
    var opener = event.target.closest("[data-dialog-open]");
    if (opener) document.getElementById(opener.dataset.dialogOpen).showModal();
    var closer = event.target.closest("[data-dialog-close]");
    if (closer) closer.closest("dialog").close();
    if (event.target.matches("dialog[open]") && isOutside(event.target, event)) event.target.close();
  });
  document.addEventListener("keydown", function (event) {
    var shortcuts = document.getElementById("shortcuts");
    if (event.key !== "?" || !shortcuts || event.target.matches("input, textarea, select")) return;
    shortcuts.showModal();
  });
})();
