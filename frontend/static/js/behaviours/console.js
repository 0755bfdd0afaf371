/* pre[data-console] grows by templates that htmx brings ([data-console-text] at its end, [data-console-earlier] at its start);
   it follows its end while [data-console-follow] is ticked, and form[data-console-find] walks through matches. */
(function () {
  "use strict";
  var MOST_MATCHES = 2000;
  var MOST_KEPT = 4000000;
  var pane = document.querySelector("[data-console]");
  if (!pane) return;
  var form = document.querySelector("[data-console-find]");
  var follow = document.querySelector("[data-console-follow]");
  var matches = [];
  var current = -1;
  function toEnd() { if (follow && follow.checked) pane.scrollTop = pane.scrollHeight; }
  /* Progress bars write over the line before: what stands after the last line break goes. */
  function cutLastLine(stream) {
    for (var part = pane.lastElementChild; part && part.classList.contains(stream); part = pane.lastElementChild) {
      var at = part.textContent.lastIndexOf("\n");
      if (at < 0) { part.remove(); continue; }
      var range = document.createRange();
      var walker = document.createTreeWalker(part, NodeFilter.SHOW_TEXT);
      for (var node = walker.nextNode(); node; node = walker.nextNode()) {
        if (at < node.length) { range.setStart(node, at + 1); break; }
        at -= node.length;
      }
      range.setEndAfter(part.lastChild);
      range.deleteContents();
      return;
    }
  }
  function forget() {
    while (pane.textContent.length > MOST_KEPT && pane.children.length > 1) pane.firstElementChild.remove();
  }
  function append(template) {
    var parts = Array.from(template.content.childNodes);
    parts.forEach(function (part) {
      if (part.dataset && part.dataset.overwrites !== undefined) cutLastLine(part.className);
      pane.append(part);
    });
    template.remove();
    var nothing = document.querySelector("[data-console-nothing]");
    if (nothing) nothing.remove();
    forget();
    find();
    toEnd();
  }
  function prepend(template) {
    var before = pane.scrollHeight;
    if (follow) follow.checked = false;
    pane.prepend(template.content);
    template.remove();
    pane.scrollTop += pane.scrollHeight - before;
    find();
  }
  function take() {
    document.querySelectorAll("template[data-console-text]").forEach(append);
    document.querySelectorAll("template[data-console-earlier]").forEach(prepend);
  }
  function find() {
    var words = form ? form.querySelector("input").value.toLowerCase() : "";
    matches = [];
    if (words) {
      var walker = document.createTreeWalker(pane, NodeFilter.SHOW_TEXT);
      for (var node = walker.nextNode(); node && matches.length < MOST_MATCHES; node = walker.nextNode()) {
        var text = node.data.toLowerCase();
        for (var at = text.indexOf(words); at >= 0 && matches.length < MOST_MATCHES; at = text.indexOf(words, at + words.length)) {
          var range = document.createRange();
          range.setStart(node, at);
          range.setEnd(node, at + words.length);
          matches.push(range);
        }
      }
    }
    current = Math.min(current, matches.length - 1);
    mark();
    var found = document.querySelector("[data-console-found]");
    if (found) found.textContent = words ? (matches.length ? current + 1 + " of " + matches.length + (matches.length === MOST_MATCHES ? "+" : "") : "nothing") : "";
  }
  function mark() {
    if (!window.CSS || !CSS.highlights) return;
    CSS.highlights.set("console-match", new Highlight(...matches));
    CSS.highlights.set("console-current", new Highlight(...matches.slice(current, current + 1)));
  }
  function step(by) {
    if (!matches.length) return;
    current = (current + by + matches.length) % matches.length;
    if (follow) follow.checked = false;
    var box = matches[current].getBoundingClientRect();
    pane.scrollTop += box.top - pane.getBoundingClientRect().top - pane.clientHeight / 2;
    find();
  }
  if (form) {
    form.addEventListener("input", function () { current = 0; find(); step(0); });
    form.addEventListener("submit", function (event) { event.preventDefault(); step(1); });
    form.querySelector("[data-console-step]").addEventListener("click", function () { step(-1); });
  }
  if (follow) follow.addEventListener("change", toEnd);
  pane.addEventListener("wheel", function (event) { if (event.deltaY < 0 && follow) follow.checked = false; }, { passive: true });
  document.addEventListener("htmx:after:swap", take);
  take();
  toEnd();
})();
