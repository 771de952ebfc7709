/* --- The search page. */

var form = document.getElementById("search");
if (!form || !String.prototype.normalize || !window.Uint8Array || !window.Promise) { return; }
/* Hide the notice that the search needs scripts or a newer browser. */
document.getElementById("search_needs").style.display = "none";
var indexFolder = form.getAttribute("data-index");
var languages = form.getAttribute("data-languages").split(" ");
var pageLanguage = document.documentElement.lang;
/* Other forms of the language of the page in the same script, such as pt for pt-BR: its readers can read them. */
var closeLanguages = (form.getAttribute("data-close") || "").split(" ");
var status = document.getElementById("search_status");
var results = document.getElementById("search_results");
/* The number of the current search. An earlier one that is still running shows nothing. */
var currentSearch = 0;

var defaultLanguage = form.getAttribute("data-default") || "";
var catalogue = null;
/* Templates of older versions do not name the folder of the metadata. */
var catalogueFolder = form.getAttribute("data-catalogue") || "reports";

function openIndex(language) {
  return new LanguageIndex(language, form.getAttribute("data-folders").split(" ")[languages.indexOf(language)]);
}

function isComplete(result) { return result.isComplete; }

function hasPages(number) { return function (index) { return index.matches[number].pages > 0; }; }

/* The numbers of the terms that none of the indexes has. In scripts without spaces, a pair of characters is unknown only if no pair
   of the same run of characters is known, apart from stop words. */
function unknownTerms(query, indexes) {
  function isKnown(number) { return indexes.some(hasPages(number)); }
  function isStopWord(number) { return indexes.some(function (index) { return isMinor(index.matches[number], query.terms[number]); }); }
  return query.terms.map(function (term, number) { return number; }).filter(function (number) {
    var term = query.terms[number];
    if (isKnown(number) || isStopWord(number)) { return false; }
    return !term.isBigram || !query.terms.some(function (other, at) { return other.run === term.run && isKnown(at) && !isStopWord(at); });
  });
}

/* The texts of terms by their numbers. Neighbouring pairs of characters become one text. */
function textsOfTerms(query, numbers) {
  var groups = [];
  numbers.forEach(function (number, at) {
    var term = query.terms[number], before = query.terms[numbers[at - 1]];
    var isNext = at && numbers[at - 1] === number - 1 && term.isBigram && before.isBigram && before.run === term.run;
    if (isNext) { groups[groups.length - 1].push(term); } else { groups.push([term]); }
  });
  return groups.map(textOfTerms);
}

/* How well readers of the page can read a language: 2 if it is theirs, 1 if it is another form of theirs, otherwise 0. */
function closenessOf(language) { return language === pageLanguage ? 2 : language && closeLanguages.indexOf(language) >= 0 ? 1 : 0; }

/* The language of the page, or the other forms of it that documents have, if none has this one. Empty if there are no such documents. */
function ownLanguages() {
  return languages.indexOf(pageLanguage) >= 0 ? [pageLanguage] : languages.filter(closenessOf);
}

/* Searches in the language `where`; in all languages if it is "all"; and if it is empty, in the page's language, and in the others
   if the page's language has no page with all counted terms. `filters` narrow the search to a report, a section, a year and a
   format. */
function search(text, where, filters) {
  var number = ++currentSearch;
  results.textContent = "";
  offerWays(false, where);
  document.title = (text ? text + " – " : "") + form.getAttribute("data-title");
  if (!text.trim()) {
    status.textContent = "";
    offerWays(true, "all");
    return Promise.resolve();
  }
  status.textContent = dataText(form, "working");
  var own = ownLanguages();
  var others = languages.filter(function (language) { return own.indexOf(language) < 0; });
  others.sort(function (a, b) { return closenessOf(b) - closenessOf(a) || languages.indexOf(a) - languages.indexOf(b); });
  var first = (where === "" ? own : where === "all" ? own.concat(others) : [where]).map(openIndex);
  var second = (where === "" ? others : []).map(openIndex);
  var query = null, facets = [], notices = [], counted = [], reports = [], unknownEverywhere = [], misspelt = [];

  function lookUp(indexes) {
    return Promise.all(indexes.map(function (index) { return index.matches ? index : index.findTerms(query); }));
  }

  function isWanted(report, format) {
    var facet = facets[report] || {};
    return !(report in catalogue.excludedReports) && (filters.report === undefined || +filters.report === report) &&
      (filters.section === undefined || +filters.section === facet.section) &&
      (filters.year === undefined || +filters.year === facet.year) &&
      (filters.format === undefined || format === undefined || filters.format === format);
  }

  function searchIn(indexes) {
    return Promise.all(indexes.map(function (index) {
      return index.search(query, catalogue, function (document) {
        return isWanted(document.report, index.head.formats[document.format]);
      });
    })).then(function (found) {
      if (number !== currentSearch) { throw null; }
      found.forEach(function (result) {
        // Words that no language has are replaced by similar ones, or left out.
        result.missing = unknownTerms(query, [result.index, catalogue]);
        // Words that other languages have as they were typed may be meant like this: these languages are searched as well.
        result.isComplete = result.isComplete && result.missing.every(function (at) { return unknownEverywhere.indexOf(at) >= 0; }) &&
          !misspelt.some(function (at) { return result.index.matches[at].similar.length; });
      });
      return found.filter(function (result) { return result.hits.length; });
    });
  }

  /* Adds a notice about the words of a query. On a disc in several languages, it begins with the name of the language, unless it is
     about all languages and readers search only in the language of the page. */
  function notice(language, words, isAboutAll) {
    var isLabelled = languages.length > 1 && !(isAboutAll && first.length < 2 && closenessOf(language));
    notices.push(isLabelled ? dataText(form, "pair", { name: nameOf(language), value: words }) || words : words);
  }

  /* Looks for words that are similar to the words that no language has: in the first languages, or if they have none, in the
     others. If only other languages have a word, but the first ones have another word of the query, words with a wrong letter are looked for in
     the first ones. */
  function addSimilar() {
    var missing = unknownTerms(query, first.concat(catalogue));
    if (!missing.length) { return; }
    function addIn(indexes, numbers, isStrict) {
      return Promise.all(indexes.map(function (index) {
        return Promise.all(numbers.map(function (at) { return index.findSimilar(at, query.terms[at], isStrict); }));
      }));
    }
    var hasOwn = query.terms.some(function (term, at) {
      return first.some(hasPages(at)) && !first.some(function (index) { return isMinor(index.matches[at], term); });
    });
    return lookUp(second).then(function () {
      unknownEverywhere = unknownTerms(query, first.concat(second, catalogue));
      misspelt = hasOwn ? missing.filter(function (at) { return unknownEverywhere.indexOf(at) < 0; }) : [];
      return Promise.all([addIn(first.concat(catalogue), unknownEverywhere), addIn(first, misspelt, true)]);
    }).then(function () {
      var hasSome = unknownEverywhere.some(function (at) { return first.concat(catalogue).some(hasPages(at)); });
      return hasSome ? null : addIn(second, unknownEverywhere);
    });
  }

  /* Says which words a language does not have, and which words were found instead. */
  function describeTerms(result) {
    var language = result.index.language;
    var missing = result.missing.filter(function (at) { return !result.index.matches[at].similar.length; });
    result.index.matches.forEach(function (match, at) {
      if (match.spellings && match.spellings.length) {
        notice(language, dataText(form, "near", { word: query.terms[at].text, words: formatList(match.spellings) }));
      }
    });
    if (missing.length) {
      var words = textsOfTerms(query, missing);
      var isMissingEverywhere = missing.every(function (at) { return unknownEverywhere.indexOf(at) >= 0; });
      notice(language, dataText(form, "missing", { words: formatList(words) }), isMissingEverywhere);
    }
  }

  /* Says which similar words were found in the metadata of reports, unless they are also found in documents and named there, or documents
     have the word itself. */
  function describeReportTerms(found) {
    var texts = [];
    reports.forEach(function (hit) {
      (hit.record ? hit.record.fields : []).forEach(function (field) { texts.push({ text: field.text, words: splitWords(field.text) }); });
    });
    catalogue.matches.forEach(function (match, at) {
      var inDocuments = found.map(function (result) { return result.index.matches[at]; });
      if (inDocuments.some(function (other) { return other.pages && !other.similar.length; })) { return; }
      var words = match.similar.filter(function (form) {
        return !found.some(function (result) { return result.index.matches[at].similar.indexOf(form) >= 0; });
      }).map(function (form) { return findSpelling(form, texts); }).filter(Boolean);
      if (words.length) { notice(pageLanguage, dataText(form, "near", { word: query.terms[at].text, words: formatList(words) }), true); }
    });
  }

  function showAll(found, isUnderHeading, top) {
    return found.reduce(function (previous, result) {
      return previous.then(function () {
        describeTerms(result);
        return showResult(result, found.length > 1 ? nameOf(result.index.language) : "", isUnderHeading, top);
      });
    }, Promise.resolve());
  }

  /* Searches the other languages if none of the first has a page with all words. Pages with some of the words count only if nothing
     else was found. */
  function searchElsewhere(found) {
    if (found.some(isComplete) || !second.length) { return Promise.resolve([]); }
    return lookUp(second).then(function () { return searchIn(second); }).then(function (more) {
      return found.length || reports.length || more.some(isComplete) ? more.filter(isComplete) : more;
    });
  }

  /* If nothing has all words, finds the reports whose metadata has most of the words and of which no page is shown. */
  function findSomeReports(found) {
    var minTerms = Math.max(2, Math.ceil(counted.length * SOME_SHARE)), pages = newMap();
    if (reports.length || found.some(isComplete) || query.phrases.length || query.terms.some(function (term) { return term.isBigram; })) {
      return Promise.resolve();
    }
    found.forEach(function (result) {
      minTerms = Math.max(minTerms, result.minTerms);
      result.hits.concat(result.partialHits).forEach(function (hit) { pages[hit.report] = true; });
    });
    return catalogue.searchSome(query, counted, pageLanguage, function (report) {
      return !(report in pages) && isWanted(report);
    }, minTerms).then(function (some) {
      reports = some.filter(isOfferedIn);
      reports.counted = counted;
      reports.minTerms = reports.reduce(function (fewest, hit) { return Math.min(fewest, hit.terms); }, counted.length);
      reports.all = counted.length + unknownTerms(query, first.concat(catalogue)).length;
    });
  }

  function showElsewhere(more, shown) {
    if (!more.length) { return Promise.resolve(); }
    var heading = createElement("h2", dataText(form, "elsewhere"), { "class": "section" });
    results.appendChild(heading);
    return showAll(more, true, { shown: shown }).then(function () {
      if (results.lastChild === heading) { results.removeChild(heading); }
    });
  }

  /* Drops the phrases of a query that no text has in exactly these words, and says so. Resolves to whether there are any. */
  function dropMissingPhrases() {
    return lookUp(second).then(function () {
      return Promise.all(query.phrases.map(function (phrase) {
        return Promise.all(first.concat(second, catalogue).map(function (index) { return index.searchPhrase(phrase); }));
      }));
    }).then(function (answers) {
      var isBounded = false, absent = [], kept = [];
      query.phrases.forEach(function (phrase, at) {
        if (answers[at].indexOf(true) >= 0) {
          kept.push(phrase);
        } else if (answers[at].indexOf(null) >= 0) {
          isBounded = true;
        } else {
          absent.push(query.phraseTexts[at]);
        }
      });
      if (absent.length) {
        var words = dataText(form, "missing", { words: formatList(absent) });
        if (where === "" || where === "all") { notices.push(words); } else { notice(where, words, false); }
      }
      if (isBounded) { notices.push(dataText(form, "bounded", { number: PHRASE_PAGES })); }
      var hasDropped = kept.length < query.phrases.length;
      query.phrases = kept;
      return hasDropped;
    });
  }

  /* Searches the metadata and the pages. Resolves to what the first languages have, and to what the others have. */
  function searchEverything() {
    counted = countForReports(query, first);
    return catalogue.findReports(query, counted).then(function () {
      return Promise.all([searchIn(first), catalogue.search(query, counted, pageLanguage, function (report) { return isWanted(report); })]);
    }).then(function (loaded) {
      reports = loaded[1].filter(isOfferedIn);
      reports.counted = counted;
      reports.areForPage = where === "";
      return searchElsewhere(loaded[0]).then(function (more) { return { first: loaded[0], more: more }; });
    });
  }

  return loadCharactersFor(text).then(function () {
    query = parseQuery(text);
    query.isQuestion = isQuestion(text, pageLanguage);
    catalogue = new CatalogueIndex(catalogueFolder, pageLanguage);
    return Promise.all([lookUp(first.concat(catalogue)), catalogue.loadFacets()]);
  }).then(function (loaded) {
    facets = loaded[1];
    // The query is probably in the language of the page, so the stop words of that language are stop words in all indexes.
    first.slice(0, 1).forEach(function (index) {
      query.terms.forEach(function (term, at) {
        // In a question, what is joined to a stop word by a hyphen does not make it another word: dois-je, a-t-elle.
        term.isMinor = index.matches[at].isMinor || Boolean(query.isQuestion && index.matches[at].isStopWord);
      });
      findOverlaps(query.terms);
      if (query.isQuestion) { findAskingWords(query.terms, text, pageLanguage); }
    });
    if (query.isOnlyExcluded) { notices.push(dataText(form, "minus")); }
    if (query.excludedTexts.length) { notices.push(dataText(form, "lacks", { words: formatList(query.excludedTexts) })); }
    return addSimilar();
  }).then(searchEverything).then(function (all) {
    if (!query.phrases.length || reports.length || all.first.length || all.more.length) { return all; }
    return dropMissingPhrases().then(function (hasDropped) { return hasDropped ? searchEverything() : all; });
  }).then(function (all) {
    var found = all.first, more = all.more;
    if (number !== currentSearch) { throw null; }
    // Pages with some of the words are not shown beside reports with all words. If another language has pages with all words, pages
    // in a language that does not have some of the words are not shown either.
    var haveReportsAll = reports.length > 0 && !unknownTerms(query, first.concat(catalogue)).length;
    if (!found.some(isComplete) && (more.some(isComplete) || haveReportsAll)) {
      found = found.filter(function (result) { return !haveReportsAll && !result.missing.length; });
    }
    return findSomeReports(found.concat(more)).then(function () {
      if (number !== currentSearch) { throw null; }
      // Pages with fewer words than the reports that are shown are not shown either.
      if (reports.length && reports.all) {
        found = found.filter(function (result) { return result.minTerms >= reports.minTerms; });
        more = more.filter(function (result) { return result.minTerms >= reports.minTerms; });
      }
      describeReportTerms(found.concat(more));
      // The documents of a single language continue the list of reports, unless they do not have all words.
      var continuation = found.length === 1 && isComplete(found[0]) && !reports.all ? found[0] : null;
      return showReports(reports, found.concat(more), query, continuation).then(function (top) {
        return showAll(found, false, top).then(function () { return showElsewhere(more, top.shown); });
      }).then(function () { return found.concat(more); });
    });
  }).then(function (found) {
    if (number !== currentSearch) { throw null; }
    // If a question has no other words, the results are not those that merely have the words with which one asks.
    var unknown = found.length || reports.length ? [] : unknownTerms(query, first.concat(second, catalogue));
    if (unknown.length && unknown.length < query.terms.length) {
      notices.push(dataText(form, "missing", { words: formatList(textsOfTerms(query, unknown)) }));
    }
    showStatus(describeCount(found, reports, text), notices);
    offerWays(!found.length && !reports.length, where);
    showChips(found, reports, facets, filters);
  }, function (error) {
    if (error !== null) { showDamage(); }
  });

  /* Whether a report has a file in the chosen language and format. */
  function isOfferedIn(hit) {
    return !hit.record || hit.record.files.some(function (file) {
      return (filters.format === undefined || file.format === filters.format) && (where === "" || where === "all" || file.lang === where);
    });
  }
}

/* The numbers of the terms that must be in the metadata of a report. */
function countForReports(query, indexes) {
  var all = query.terms.map(function (term, number) { return number; }).filter(function (number) {
    return catalogue.matches[number].pages || indexes.some(hasPages(number)) || !query.terms[number].isBigram;
  });
  var unknown = unknownTerms(query, indexes.concat(catalogue));
  all = all.filter(function (number) { return unknown.indexOf(number) < 0; });
  var major = all.filter(function (number) {
    var own = indexes.length ? indexes : [catalogue];
    return !own.some(function (index) { return isMinor(index.matches[number], query.terms[number]); });
  });
  return major.length || (query.isQuestion && unknown.length) ? major : all;
}

function showStatus(count, notices) {
  status.textContent = count;
  notices.filter(Boolean).forEach(function (text) {
    status.appendChild(document.createTextNode(" "));
    status.appendChild(createElement("span", text, { "class": "notice" }));
  });
}

var MAX_CHIPS = 8;
var FILTERS = ["report", "section", "year", "format"];

/* The address of this page with some parameters changed; those that are empty are left out. */
function addressWith(changes) {
  var parameters = readQuery(), pairs = [];
  eachEntry(changes, function (name, value) { parameters[name] = value; });
  ["q", "in"].concat(FILTERS).forEach(function (name) {
    if (parameters[name]) { pairs.push(name + "=" + encodeURIComponent(parameters[name])); }
  });
  return "?" + pairs.join("&");
}

/* On a screen that is narrower than this, the ways to narrow the results are folded, so that the first result is visible. */
var NARROW_SCREEN = "(max-width: 40em)";

/* Lets readers narrow the results: links with the number of documents. */
function showChips(found, reports, facets, filters) {
  var old = document.getElementById("search_chips");
  if (old) { old.parentNode.removeChild(old); }
  var counts = { section: newMap(), year: newMap(), format: newMap(), "in": newMap() }, seen = newMap(), isNarrowed = false;
  function count(name, value) { counts[name][value] = (counts[name][value] || 0) + 1; }
  function countReport(report) {
    if (seen[report]) { return; }
    seen[report] = true;
    count("section", facets[report].section);
    if (facets[report].year) { count("year", facets[report].year); }
  }
  function countOnce(name, value, report) {
    var id = name + " " + value + " " + report;
    if (!seen[id]) { count(name, value); }
    seen[id] = true;
  }
  found.forEach(function (result) {
    result.hits.forEach(function (hit) {
      countReport(hit.report);
      countOnce("format", result.index.head.formats[result.index.head.documents[hit.document].format], hit.report);
      countOnce("in", result.index.language, hit.report);
    });
  });
  reports.forEach(function (hit) { countReport(hit.report); });
  var sections = (form.getAttribute("data-sections") || "").split("\n");
  var names = {
    section: function (value) { return sections[value]; },
    year: formatYear, format: String, "in": nameOf
  };
  var chips = createElement("div", "", { id: "search_chips", "class": "chips", role: "group", "aria-label": dataText(form, "narrow") });
  // What the reader has chosen is never folded.
  var isFolded = Boolean(window.matchMedia && window.matchMedia(NARROW_SCREEN).matches), fold = createElement("details");
  fold.appendChild(createElement("summary", dataText(form, "narrow"), { "class": "chip" }));
  if (filters.report !== undefined) { addReportChip(chips, +filters.report); }
  ["section", "year", "in", "format"].forEach(function (name) {
    var values = Object.keys(counts[name]), isChosen = name === "in" ? false : filters[name] !== undefined;
    isNarrowed = isNarrowed || isChosen;
    // A filter that the reader has chosen is shown even if it leaves no results.
    if (isChosen && !values.length) { values = [filters[name]]; }
    if ((!isChosen && values.length < 2) || !dataText(form, "by-" + name)) { return; }
    // The newest year first; the others by their number of documents, and sections with the same number in the order of the disc.
    values.sort(function (a, b) {
      return name === "year" ? b - a : counts[name][b] - counts[name][a] || (name === "section" ? a - b : a < b ? -1 : 1);
    });
    var kind = dataText(form, "by-" + name), links = createElement("div", "", { "class": "values" });
    var line = createElement("div", "", { "class": "line", role: "group", "aria-label": kind });
    line.appendChild(createChipName(kind));
    line.appendChild(links);
    // Do not fold a single value.
    var folded = values.length > MAX_CHIPS + 1 && values.slice(MAX_CHIPS);
    (folded ? values.slice(0, MAX_CHIPS) : values).forEach(function (value) { addChip(links, value); });
    if (folded) {
      var more = createElement("details"), rest = createElement("div");
      more.appendChild(createElement("summary", dataText(form, "more-values", { number: folded.length }) || "+ " + folded.length, { "class": "chip" }));
      folded.forEach(function (value) { addChip(rest, value); });
      more.appendChild(rest);
      links.appendChild(more);
    }

    function addChip(parent, value) {
      var changes = {};
      changes[name] = value;
      var link = createElement(isChosen ? "strong" : "a", "", isChosen ? { "class": "chip" } : { "class": "chip", href: addressWith(changes) });
      link.appendChild(createElement("bdi", names[name](value) || value));
      if (!isChosen) { link.appendChild(createElement("small", " (" + formatNumber(counts[name][value]) + ")")); }
      parent.appendChild(link);
      parent.appendChild(document.createTextNode(" "));
    }
    (isFolded && !isChosen ? fold : chips).appendChild(line);
  });
  if (isNarrowed || filters.report !== undefined) {
    var all = {};
    FILTERS.forEach(function (name) { all[name] = ""; });
    chips.appendChild(createElement("a", dataText(form, "all"), { "class": "chip", href: addressWith(all) }));
  }
  if (fold.childNodes.length > 1) { chips.appendChild(fold); }
  if (chips.firstChild) { results.parentNode.insertBefore(chips, results); }
}

/* The name of a group of values. A stylesheet may hide the colon, if the name is above the values. */
function createChipName(name) {
  var label = createElement("span", "", { "class": "name" }), text = dataText(form, "pair", { name: name, value: "" });
  var isFirst = text.slice(0, name.length) === name;
  label.appendChild(document.createTextNode(isFirst ? name : text));
  if (isFirst) { label.appendChild(createElement("span", text.slice(name.length), { "class": "colon" })); }
  return label;
}

/* Shows the title of the report to which the search is narrowed. */
function addReportChip(chips, report) {
  if (!(report >= 0 && report < catalogue.head.pages)) { return; }
  var chip = createElement("strong", "", { "class": "chip" });
  chips.insertBefore(chip, chips.firstChild);
  catalogue.loadRecord(report).then(function (record) {
    var title = titleOf(record, pageLanguage);
    chip.appendChild(createElement("span", title.text, languageOf(title.lang)));
  }, showDamage);
}

/* Offers other ways to find documents if nothing was found: the search in all languages, unless it was in all, and the lists. */
function offerWays(isNothing, where) {
  var ways = document.getElementById("search_nothing"), wider = document.getElementById("search_wider");
  if (ways) { setHidden(ways, !isNothing); }
  if (!wider) { return; }
  setHidden(wider, !isNothing || !where || where === "all");
  wider.querySelector("a").setAttribute("href", addressWith({ "in": "all" }));
}

/* Starts the search that the parameters in the address describe. */
function searchFromAddress() {
  var parameters = readQuery(), query = parameters.q || "", where = parameters["in"] || "", filters = {};
  var choice = form.elements["in"], printed = document.getElementById("search_printed");
  FILTERS.forEach(function (name) { if (parameters[name]) { filters[name] = parameters[name]; } });
  form.elements.q.value = query;
  if (printed) { printed.textContent = query; }
  if (choice) {
    choice.value = where;
    if (choice.selectedIndex < 0) { choice.selectedIndex = 0; }
  }
  // Fold the tips: on a small screen, the results would begin below the visible part.
  var tips = document.getElementById("search_tips");
  if (tips && query.trim()) { tips.removeAttribute("open"); }
  keepQueryInLanguages(location.search);
  return search(query, where === "all" || languages.indexOf(where) >= 0 ? where : "", filters);
}

/* Suggests titles, subjects, authors and words of documents while a reader is typing. */
var SUGGESTION_DELAY = 200, MAX_SUGGESTIONS = 8, MAX_SUGGESTED_WORDS = 3, MIN_SUGGESTION_LETTERS = 2;
var SUGGESTED = ["subjects", "authors", "series", "symbol"];
var suggestions = document.getElementById("search_suggestions"), suggestionTimer = null;

function findSuggestions(text) {
  var index = new CatalogueIndex(catalogueFolder), query, counted;
  return loadCharactersFor(text).then(function () {
    query = parseQuery(text);
    return index.findTerms(query);
  }).then(function () {
    counted = index.countedTerms(query.terms, function () { return false; });
    return index.findReports(query, counted);
  }).then(function () {
    return index.search(query, counted, pageLanguage, function () { return true; });
  }).then(function (hits) {
    var texts = [], seen = newMap();
    function add(text) {
      if (!(text in seen) && texts.length < MAX_SUGGESTIONS) { texts.push(text); }
      seen[text] = true;
    }
    hits.slice(0, MAX_SUGGESTIONS).forEach(function (hit) {
      (hit.record ? hit.record.fields : []).forEach(function (field) {
        if (SUGGESTED.indexOf(field.kind) < 0 || (field.lang && !closenessOf(field.lang))) { return; }
        var words = splitWords(field.text), marks = findMarks(words, findCompounds(words, field.text), index.matches);
        if (counted.every(function (number) { return marks.some(function (mark) { return mark.term === number; }); })) { add(field.text); }
      });
      if (hit.title) { add(hit.title.text); }
    });
    return texts;
  });
}

/* The most frequent words of the documents in the page's language that begin like the last word that was typed, with what was
   typed before it. */
function findSuggestedWords(text) {
  var last = /\S+$/.exec(text), term = last && parseQuery(last[0]).terms[0];
  if (!ownLanguages().length || !term || term.isBigram || term.parts || term.text !== last[0] || term.form.length < MIN_UNFINISHED_LETTERS) {
    return Promise.resolve([]);
  }
  var index = openIndex(ownLanguages()[0]), match = newMatch();
  return index.open().then(function () { return index.loadWordsAround(term.form); }).then(function (words) {
    words.filter(function (word) {
      return word.stems.length && !word.isMinor && word.form !== term.form && word.form.indexOf(term.form) === 0;
    }).sort(function (a, b) { return b.stems[0].pages - a.stems[0].pages; }).slice(0, MAX_SUGGESTED_WORDS).forEach(function (word) {
      match.similar.push(word.form);
      word.stems.slice(0, 1).forEach(function (stem) { match.stems[stem.id] = stem; });
    });
    return index.findSpellings(match, []);
  }).then(function (words) {
    return words.map(function (word) { return text.slice(0, last.index) + word; });
  });
}

function suggest() {
  var text = form.elements.q.value, isEnough = text.trim().length >= MIN_SUGGESTION_LETTERS;
  var found = !isEnough ? Promise.resolve([[], []]) : loadCharactersFor(text).then(function () {
    return Promise.all([findSuggestions(text), findSuggestedWords(text)]);
  });
  found.then(function (kinds) {
    if (form.elements.q.value !== text) { return; }
    var words = kinds[1].filter(function (word) { return kinds[0].indexOf(word) < 0; });
    var texts = kinds[0].slice(0, MAX_SUGGESTIONS - words.length).concat(words);
    suggestions.textContent = "";
    texts.forEach(function (each) { suggestions.appendChild(createElement("option", "", { value: each })); });
  }, function () { /* A damaged index is reported by the search itself. */ });
}

if (suggestions) {
  form.elements.q.addEventListener("input", function () {
    clearTimeout(suggestionTimer);
    suggestionTimer = setTimeout(suggest, SUGGESTION_DELAY);
  });
}

form.addEventListener("submit", function (event) {
  var where = form.elements["in"] ? form.elements["in"].value : "";
  var address = addressWith({ q: form.elements.q.value, "in": where });
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
