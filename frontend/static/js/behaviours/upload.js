/* form[data-upload] streams its file to the API as it is, with progress, rate and time left; then goes to data-upload-next. */
(function () {
  "use strict";
  function megabytes(bytes) { return (bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0) + " MB"; }
  function left(seconds) { return seconds < 60 ? Math.ceil(seconds) + " s left" : Math.ceil(seconds / 60) + " min left"; }
  function say(form, text, tone) {
    form.dispatchEvent(new CustomEvent("toast", { bubbles: true, detail: { text: text, tone: tone } }));
  }
  function reason(request) {
    try { return JSON.parse(request.responseText).error.message; }
    catch { return "The server answered " + request.status + ". Try again, or use `assay costs import FILE`."; }
  }
  function send(form) {
    var file = form.querySelector("input[type=file]").files[0];
    var progress = form.querySelector("[data-upload-progress]");
    var button = form.querySelector("button");
    var request = new XMLHttpRequest();
    var query = new URLSearchParams({ source: form.elements.source.value, filename: file.name });
    var began = performance.now();
    request.upload.onprogress = function (event) {
      var seconds = (performance.now() - began) / 1000;
      var rate = event.loaded / Math.max(seconds, 0.1);
      progress.querySelector("progress").value = (100 * event.loaded) / event.total;
      progress.querySelector("[data-upload-text]").textContent =
        megabytes(event.loaded) + " of " + megabytes(event.total) + ", " + megabytes(rate) + "/s, " + left((event.total - event.loaded) / rate);
    };
    request.onload = function () {
      if (request.status < 300) { location.href = form.dataset.uploadNext; return; }
      button.disabled = false;
      progress.hidden = true;
      say(form, reason(request), "error");
    };
    request.onerror = function () {
      button.disabled = false;
      progress.hidden = true;
      say(form, "The connection broke off; nothing was imported. Send the file again.", "error");
    };
    button.disabled = true;
    progress.hidden = false;
    request.open("POST", form.dataset.upload + "?" + query);
    request.setRequestHeader("X-CSRFToken", form.elements.csrfmiddlewaretoken.value);
    request.setRequestHeader("Content-Type", "application/octet-stream");
    request.send(file);
  }
  document.addEventListener("submit", function (event) {
    if (!event.target.matches("form[data-upload]")) return;
    event.preventDefault();
    send(event.target);
  });
})();
