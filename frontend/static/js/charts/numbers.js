/* Figures on axes and in tooltips. Amounts come as text with every digit; only their place in the picture is a number. */
(function () {
  "use strict";
  var SYMBOLS = { USD: "$", EUR: "€", GBP: "£", JPY: "¥", INR: "₹", BRL: "R$", KRW: "₩" };
  function significant(value) {
    var size = Math.abs(value);
    if (size === 0) return "0";
    if (size >= 1e6 || size < 1e-4) return value.toExponential(3).replace(/\.?0+e/, "e");
    return String(Number(value.toPrecision(6)));
  }
  function digits(size) {
    if (size === 0 || size >= 0.1) return 2;
    return Math.min(9, Math.max(2, 1 - Math.floor(Math.log10(size))));
  }
  function money(value, currency) {
    var number = Number(value);
    var size = Math.abs(number);
    var places = size >= 100000 ? 0 : digits(size);
    var shown = size.toLocaleString("en-US", { minimumFractionDigits: places, maximumFractionDigits: places });
    return (number < 0 ? "−" : "") + (SYMBOLS[currency] || currency + " ") + shown;
  }
  function moneyAxis(value, currency) {
    var size = Math.abs(value);
    var prefix = (value < 0 ? "−" : "") + (SYMBOLS[currency] || currency + " ");
    if (size >= 1e6) return prefix + Number((size / 1e6).toPrecision(3)) + "M";
    if (size >= 1e4) return prefix + Number((size / 1e3).toPrecision(3)) + "k";
    return prefix + Number(size.toPrecision(4));
  }
  function seconds(value) {
    var size = Math.abs(value);
    if (size < 60) return Number(size.toPrecision(3)) + " s";
    if (size < 3600) return Number((size / 60).toPrecision(3)) + " min";
    return Number((size / 3600).toPrecision(3)) + " h";
  }
  var MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
  function day(text) {
    var parts = /^\d{4}-(\d\d)-(\d\d)$/.exec(text);
    return parts ? Number(parts[2]) + " " + MONTHS[Number(parts[1]) - 1] : text;
  }
  AssayCharts.format = function (value, axis) {
    if (axis.currency) return money(value, axis.currency);
    if (axis.kind === "seconds") return seconds(Number(value));
    if (axis.kind === "category") return String(value);
    return significant(Number(value)) + (axis.unit ? " " + axis.unit : "");
  };
  AssayCharts.formatTick = function (value, axis) {
    if (axis.currency) return moneyAxis(value, axis.currency);
    if (axis.kind === "seconds") return seconds(value);
    if (axis.kind === "category") return day(String(value));
    return significant(value);
  };
})();
