/* Shows notes, for a while unless they are errors or offer something to do: those of the page, those that an answer sends as the event "toast", and lost connections. */
(function () {
  "use strict";
  var SECONDS_SHOWN = 8;
  var LOST = "The server did not answer. What you see may be old; it is asked again soon.";
  var box = document.getElementById("toasts");
  var lostShown = false;
  function retire(note) {
    if (!note.matches(".note-error") && !note.querySelector("form")) setTimeout(function () { note.remove(); }, SECONDS_SHOWN * 1000);
  }
  function show(text, tone) {
    var note = document.getElementById("toast-template").content.firstElementChild.cloneNode(true);
    note.classList.add("note-" + (tone || "info"));
    note.querySelector("p").textContent = text;
    box.append(note);
    retire(note);
    return note;
  }
  box.querySelectorAll("[data-toast]").forEach(retire);
  document.addEventListener("click", function (event) {
    var button = event.target.closest("[data-toast-close]");
    if (button) button.closest("[data-toast]").remove();
  });
  document.addEventListener("toast", function (event) {
    show(event.detail.text || event.detail.value, event.detail.tone);
  });
  document.addEventListener("htmx:error", function (event) {
    if (lostShown || !event.detail.ctx) return;
    lostShown = true;
    show(LOST, "warning");
  });
  document.addEventListener("htmx:after:swap", function () { lostShown = false; });
})();
