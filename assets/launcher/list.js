/* Narrows and orders the list of documents. Without this script the list is whole, and the pages by
   subject, year, author and language are there. */
(function () {
  "use strict";
  var form = document.getElementById("narrow");
  if (!form || !document.querySelectorAll || !Array.prototype.map) { return; }
  var listing = form.parentNode;
  var entries = [];
  var sections = [];

  function each(list, work) { Array.prototype.forEach.call(list, work); }

  /* Small letters without accents, where the browser can take them off. */
  function folded(text) {
    var small = text.toLowerCase();
    return small.normalize ? small.normalize("NFKD").replace(/[\u0300-\u036f\u064b-\u065f\u0670\u0640]/g, "") : small;
  }

  each(listing.querySelectorAll("ul.reports"), function (list) {
    var heading = list.previousElementSibling;
    sections.push({ list: list, heading: heading });
    each(list.children, function (item) {
      entries.push({
        item: item,
        home: list,
        place: entries.length,
        words: folded(item.querySelector("h3").textContent + " " + (item.querySelector(".facts") || heading).textContent),
        title: item.querySelector("h3 a").textContent,
        date: item.getAttribute("data-date") || "",
        groups: " " + (item.getAttribute("data-groups") || "") + " "
      });
    });
  });

  /* One list for the orders that know no sections. */
  var flat = document.createElement("ul");
  flat.className = "reports";
  flat.hidden = true;
  listing.appendChild(flat);

  var language = document.documentElement.lang;

  function compare(order) {
    return function (a, b) {
      var by = 0;
      if (order === "title") {
        by = a.title.localeCompare(b.title, language);
      } else if (order) {
        /* What has no date comes last either way. */
        if (!a.date !== !b.date) { return a.date ? -1 : 1; }
        by = a.date < b.date ? -1 : a.date > b.date ? 1 : 0;
        if (order === "newest") { by = -by; }
      }
      return by || a.place - b.place;
    };
  }

  function chosen() {
    var wanted = [];
    each(form.querySelectorAll("select"), function (select) {
      if (select.value) { wanted.push([select.name, select.value]); }
    });
    var words = form.elements.words.value;
    if (words) { wanted.push(["words", words]); }
    return wanted;
  }

  function show() {
    var words = folded(form.elements.words.value).split(/\s+/);
    var order = form.elements.order.value;
    var wanted = chosen().filter(function (pair) { return pair[0] !== "words" && pair[0] !== "order"; });
    var shown = 0;
    entries.forEach(function (entry) {
      var fits = wanted.every(function (pair) { return entry.groups.indexOf(" " + pair[1] + " ") >= 0; }) &&
        words.every(function (word) { return entry.words.indexOf(word) >= 0; });
      entry.item.hidden = !fits;
      shown += fits ? 1 : 0;
    });
    entries.slice().sort(compare(order)).forEach(function (entry) {
      (order ? flat : entry.home).appendChild(entry.item);
    });
    flat.hidden = !order;
    sections.forEach(function (section) {
      var any = !order && Array.prototype.some.call(section.list.children, function (item) { return !item.hidden; });
      section.list.hidden = section.heading.hidden = !any;
    });
    var contents = listing.querySelector(".contents");
    if (contents) { contents.hidden = Boolean(chosen().length); }
    var found = form.getAttribute(shown ? "data-found" : "data-none");
    document.getElementById("narrow_found").textContent = chosen().length
      ? found.replace("{number}", shown).replace("{all}", entries.length) : "";
  }

  /* The choice is kept in the address, so that it survives a visit to a document. */
  function remember() {
    var query = chosen().map(function (pair) { return pair[0] + "=" + encodeURIComponent(pair[1]); }).join("&");
    try {
      history.replaceState(null, "", location.pathname + (query ? "?" + query : "") + location.hash);
    } catch (refused) { /* Some browsers keep the address of a file as it is. */ }
  }

  function recall() {
    location.search.slice(1).split("&").forEach(function (part) {
      var field = form.elements[part.split("=")[0]];
      if (!field || field.type === "reset") { return; }
      try {
        field.value = decodeURIComponent(part.split("=").slice(1).join("=").replace(/\+/g, " "));
      } catch (broken) { return; }
      if (field.selectedIndex === -1) { field.selectedIndex = 0; }
    });
  }

  function changed() { show(); remember(); }
  form.addEventListener("input", changed);
  form.addEventListener("change", changed);
  form.addEventListener("submit", function (event) { event.preventDefault(); changed(); });
  form.addEventListener("reset", function () { setTimeout(changed, 0); });
  form.className += " ready";
  recall();
  show();
})();
