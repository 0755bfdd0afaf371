/* form[data-upload] streams its files to the API as they are, with progress, rate and time left; then goes to data-upload-next.
   Several files travel as one tar archive, put together of pieces of the files themselves: nothing is read into memory. */
(function () {
  "use strict";
  var BLOCK = 512;
  function megabytes(bytes) { return (bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0) + " MB"; }
  function left(seconds) { return seconds < 60 ? Math.ceil(seconds) + " s left" : Math.ceil(seconds / 60) + " min left"; }
  function say(form, text, tone) {
    form.dispatchEvent(new CustomEvent("toast", { bubbles: true, detail: { text: text, tone: tone } }));
  }
  function reason(request) {
    try { return JSON.parse(request.responseText).error.message; }
    catch { return "The server answered " + request.status + ". Try again, or use `assay costs import PATH`."; }
  }
  function padding(size) { return new Uint8Array((BLOCK - (size % BLOCK)) % BLOCK); }
  function header(name, size, kind) {
    var block = new Uint8Array(BLOCK);
    var encoder = new TextEncoder();
    function put(text, at) { block.set(encoder.encode(text), at); }
    block.set(name.slice(0, 100), 0);
    put("0000644\0", 100); put("0000000\0", 108); put("0000000\0", 116);
    if (size < 8589934592) { put(size.toString(8).padStart(11, "0") + "\0", 124); }
    else {
      block[124] = 128;
      for (var i = 11, rest = size; i > 0; i -= 1) { block[124 + i] = rest % 256; rest = Math.floor(rest / 256); }
    }
    put("00000000000\0", 136); put("        ", 148); put(kind, 156); put("ustar  \0", 257);
    var sum = block.reduce(function (total, byte) { return total + byte; }, 0);
    put(sum.toString(8).padStart(6, "0") + "\0 ", 148);
    return block;
  }
  function nameOf(file) { return file.webkitRelativePath ? file.webkitRelativePath.split("/").slice(1).join("/") : file.name; }
  function archive(files) {
    var parts = [];
    files.forEach(function (file) {
      var name = new TextEncoder().encode(nameOf(file));
      if (name.length > 100) { parts.push(header(new TextEncoder().encode("././@LongLink"), name.length + 1, "L"), name, new Uint8Array(1), padding(name.length + 1)); }
      parts.push(header(name, file.size, "0"), file, padding(file.size));
    });
    parts.push(new Uint8Array(2 * BLOCK));
    return new Blob(parts);
  }
  function chosen(form) {
    var files = [];
    form.querySelectorAll("input[type=file]").forEach(function (input) { files = files.concat(Array.from(input.files)); });
    return files.filter(function (file) { return /\.(csv|gz|parquet|zip|json)$/i.test(file.name); });
  }
  function send(form) {
    var files = chosen(form);
    if (!files.length) { say(form, "Choose the bill's files or its folder first: CSV, CSV.gz or Parquet.", "error"); return; }
    var progress = form.querySelector("[data-upload-progress]");
    var button = form.querySelector("button");
    var request = new XMLHttpRequest();
    var several = files.length > 1;
    var query = new URLSearchParams({ source: form.elements.source.value, filename: files[0].name });
    var began = performance.now();
    request.upload.onprogress = function (event) {
      var seconds = (performance.now() - began) / 1000;
      var rate = event.loaded / Math.max(seconds, 0.1);
      progress.querySelector("progress").value = (100 * event.loaded) / event.total;
      progress.querySelector("[data-upload-text]").textContent = (several ? files.length + " files: " : "") +
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
      say(form, "The connection broke off; nothing was imported. Send the files again.", "error");
    };
    button.disabled = true;
    progress.hidden = false;
    request.open("POST", form.dataset.upload + "?" + query);
    request.setRequestHeader("X-CSRFToken", form.elements.csrfmiddlewaretoken.value);
    request.setRequestHeader("Content-Type", several ? "application/x-tar" : "application/octet-stream");
    request.send(several ? archive(files) : files[0]);
  }
  document.addEventListener("submit", function (event) {
    if (!event.target.matches("form[data-upload]")) return;
    event.preventDefault();
    send(event.target);
  });
})();
