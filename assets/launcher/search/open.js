/* Searches the documents of the disc, in the page. The index is loaded piece by piece as scripts,
   which is all that browsers allow to a page opened from a disc; docs/search.md has its format. */
(function () {
  "use strict";
  var form = document.getElementById("search");
  if (!form || !String.prototype.normalize || !window.Uint8Array) { return; }
  /* It is there until a script is that can do it: where none runs, or an old one. */
  document.getElementById("search_needs").style.display = "none";
  var folder = form.getAttribute("data-index");
  var languages = form.getAttribute("data-languages").split(" ");
  var here = document.documentElement.lang;
  var status = document.getElementById("search_status");
  var results = document.getElementById("search_results");
  var SHOWN = 10;
  var RERANKED = 12;
  var VERIFIED = 300;

  function told(name, values) {
    return form.getAttribute("data-" + name).replace(/\{(\w+)\}/g, function (all, key) {
      return values && key in values ? values[key] : all;
    });
  }

