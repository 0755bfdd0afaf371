/* [data-what-if]: a slider over sizes that the server has worked out; the figures follow it, and the address keeps what was chosen. */
(function () {
  "use strict";
  function sizesOf(box) {
    if (!box.assaySizes) box.assaySizes = JSON.parse(box.querySelector("script[type='application/json']").textContent);
    return box.assaySizes;
  }
  function show(box) {
    var slider = box.querySelector("[data-what-if-slider]");
    var size = sizesOf(box)[Number(slider.value)];
    if (!size) return;
    box.querySelectorAll("[data-what-if-text]").forEach(function (place) { place.textContent = size[place.dataset.whatIfText]; });
    slider.setAttribute("aria-valuetext", size.commitment);
  }
  function keep(box) {
    var slider = box.querySelector("[data-what-if-slider]");
    var address = new URL(location.href);
    address.searchParams.set("size", sizesOf(box)[Number(slider.value)].size);
    address.searchParams.set("offer", box.querySelector("input[name=offer]").value);
    history.replaceState(history.state, "", address);
  }
  function showAll() { document.querySelectorAll("[data-what-if]").forEach(show); }
  document.addEventListener("input", function (event) {
    if (event.target.matches("[data-what-if-slider]")) show(event.target.closest("[data-what-if]"));
  });
  document.addEventListener("change", function (event) {
    if (event.target.matches("[data-what-if-slider]")) keep(event.target.closest("[data-what-if]"));
  });
  document.addEventListener("htmx:after:swap", showAll);
  showAll();
})();
