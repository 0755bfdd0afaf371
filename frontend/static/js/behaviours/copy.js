/* [data-copy="#id"] copies that element's text; [data-copy-text] copies its own value; [data-copy-url] the address. */
(function () {
  "use strict";
  function textFor(button) {
    if (button.hasAttribute("data-copy-url")) return location.href;
    if (button.dataset.copyText !== undefined) return button.dataset.copyText;
    return document.querySelector(button.dataset.copy).textContent.trim();
  }
  function copyBySelection(text) {
    var area = document.createElement("textarea");
    area.value = text;
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
  }
  function announce(button) {
    var detail = { text: "Copied.", tone: "success" };
    button.dispatchEvent(new CustomEvent("toast", { bubbles: true, detail: detail }));
  }
  document.addEventListener("click", function (event) {
    var button = event.target.closest("[data-copy], [data-copy-text], [data-copy-url]");
    if (!button) return;
    var text = textFor(button);
    if (!navigator.clipboard) {
      copyBySelection(text);
      announce(button);
      return;
    }
    navigator.clipboard.writeText(text).then(
      function () { announce(button); },
      function () { copyBySelection(text); announce(button); }
    );
  });
})();
