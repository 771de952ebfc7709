  /* --- The address. */

  function asked() {
    var values = { q: "", "in": "" };
    location.search.slice(1).split("&").forEach(function (part) {
      var pair = part.split("=");
      if (values.hasOwnProperty(pair[0])) {
        try {
          values[pair[0]] = decodeURIComponent(pair.slice(1).join("=").replace(/\+/g, " "));
        } catch (broken) { /* not of ours */ }
      }
    });
    return values;
  }

  function follow() {
    var values = asked();
    form.elements.q.value = values.q;
    if (form.elements["in"]) {
      form.elements["in"].value = values["in"];
      if (form.elements["in"].selectedIndex < 0) { form.elements["in"].selectedIndex = 0; }
    }
    var known = values["in"] === "all" || languages.indexOf(values["in"]) >= 0;
    return search(values.q, known ? values["in"] : "");
  }

  form.addEventListener("submit", function (event) {
    var where = form.elements["in"] ? form.elements["in"].value : "";
    var address = "?q=" + encodeURIComponent(form.elements.q.value) + (where ? "&in=" + where : "");
    try {
      history.pushState(null, "", location.pathname + address);
    } catch (refused) {
      // The browser then opens the address itself.
      return;
    }
    event.preventDefault();
    follow();
  });
  window.addEventListener("popstate", follow);
  form.className += " ready";
  // For those who judge this script.
  window.makeDiscSearch = { inflate: inflate, unpack: unpack, fold: fold, words: wordsOf, requests: requests, chars: function () { return shard("chars"); } };
  follow();
})();
