/* --- The search page. */

var form = document.getElementById("search");
if (!form || !String.prototype.normalize || !window.Uint8Array || !window.Promise) { return; }
/* The notice that the search needs a newer browser or a script. */
document.getElementById("search_needs").style.display = "none";
var indexFolder = form.getAttribute("data-index");
var languages = form.getAttribute("data-languages").split(" ");
var pageLanguage = document.documentElement.lang;
var status = document.getElementById("search_status");
var results = document.getElementById("search_results");
/* The number of the current search. An earlier one that is still running shows nothing. */
var currentSearch = 0;

function openIndex(language) {
  return new LanguageIndex(language, form.getAttribute("data-folders").split(" ")[languages.indexOf(language)]);
}

/* Searches in a language, in "all", or, if `where` is empty, in the page's language first and in others if that has
   no page with all counted terms. */
function search(query, where) {
  var number = ++currentSearch;
  results.textContent = "";
  document.title = (query ? query + " – " : "") + form.getAttribute("data-title");
  if (!query.trim()) {
    status.textContent = "";
    return Promise.resolve();
  }
  status.textContent = dataText(form, "working");
  var own = languages.indexOf(pageLanguage) >= 0 ? [pageLanguage] : [];
  var others = languages.filter(function (language) { return language !== pageLanguage; });
  var first = where === "" ? own : where === "all" ? own.concat(others) : [where];
  var second = where === "" ? others : [];

  function searchIn(list) {
    return Promise.all(list.map(function (language) { return openIndex(language).search(query); })).then(function (found) {
      if (number !== currentSearch) { throw null; }
      return found.filter(function (result) { return result.hits.length; });
    });
  }

  function showAll(found, isUnderHeading) {
    return found.reduce(function (previous, result) {
      return previous.then(function () {
        return showResult(result, found.length > 1 ? nameOf(result.index.language) : "", isUnderHeading);
      });
    }, Promise.resolve());
  }

  function searchElsewhere(found) {
    return searchIn(second).then(function (more) {
      more = more.filter(function (result) { return result.hits[0].hasAllCountedTerms; });
      if (!more.length) { return found; }
      results.appendChild(createElement("h2", dataText(form, "elsewhere"), { "class": "section" }));
      return showAll(more, true).then(function () { return found.concat(more); });
    });
  }

  return loadCharacters().then(function () {
    return searchIn(first);
  }).then(function (found) {
    var hasAllCountedTerms = found.some(function (result) { return result.hits.some(function (hit) { return hit.hasAllCountedTerms; }); });
    return showAll(found).then(function () {
      return hasAllCountedTerms || !second.length ? found : searchElsewhere(found);
    });
  }).then(function (found) {
    status.textContent = describeCount(found, query);
  }, function (error) {
    if (error !== null) { showDamage(); }
  });
}

/* Searches for what the address says. */
function searchFromAddress() {
  var parameters = readQuery(), query = parameters.q || "", where = parameters["in"] || "";
  var choice = form.elements["in"];
  form.elements.q.value = query;
  if (choice) {
    choice.value = where;
    if (choice.selectedIndex < 0) { choice.selectedIndex = 0; }
  }
  return search(query, where === "all" || languages.indexOf(where) >= 0 ? where : "");
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
  searchFromAddress();
});
window.addEventListener("popstate", searchFromAddress);
form.className += " ready";
/* For tests. */
window.makeDiscSearch = { inflate: inflate, requests: requestedShards };
searchFromAddress();
