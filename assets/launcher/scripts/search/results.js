/* --- Showing results. */

/* At most `MAX_WITHOUT_BUTTON` results are shown at once instead of by a button. */
var HITS_PER_STEP = 10, HITS_PER_DOCUMENT = 3, MAX_WITHOUT_BUTTON = 3;
/* How many authors of a report are named, and how many characters of its summary are shown: as in the list of documents. */
var SHOWN_AUTHORS = 3, MAX_SUMMARY = 220;
/* A fact of at most this many characters is not broken over two lines: as in the list of documents. */
var MAX_UNBROKEN = 24;
/* How many words a PDF viewer is asked to mark. */
var MAX_SEARCHED_WORDS = 6;
/* The code of documents without words, such as pictures. */
var WITHOUT_WORDS = "zxx";
var PASSAGE_WORDS = 32, PASSAGE_BIGRAMS = 60, MIN_WORDS_BEFORE = 3, MAX_TAIL_CHARACTERS = 400;

function directionOf(language) {
  return form.getAttribute("data-rtl").split(" ").indexOf(language) >= 0 ? "rtl" : "ltr";
}

function nameOf(language) {
  return form.getAttribute("data-names").split("|")[languages.indexOf(language)] || language;
}

/* Words as a list in the language of the page. */
function formatList(words) {
  try {
    return new Intl.ListFormat(pageLanguage, { type: "conjunction", style: "narrow" }).format(words);
  } catch (unsupported) {
    return words.join(", ");
  }
}

/* The language of a text as attributes of its element. */
function languageOf(language) {
  return language ? { lang: language, dir: directionOf(language) } : { dir: "auto" };
}

/* The direction in which most letters of a text are written: in a document, a passage may be in another language. */
function directionOfText(text, language) {
  var right = 0, left = 0;
  eachCharacter(text, function (code) {
    if ((code >= 0x590 && code <= 0x8ff) || (code >= 0xfb1d && code <= 0xfdff) || (code >= 0xfe70 && code <= 0xfeff)) { right++; }
    else if (code > 0x40 && isInRanges(characterRanges.words, code)) { left++; }
  });
  return right === left ? directionOf(language) : right > left ? "rtl" : "ltr";
}

var HEADING_MARKS = /\u0001/g, HEADING_MARKS_BEFORE = /^[\s\u0001]+/;

/* The heading of a hit in a document without pages: the last one before the words that were found, or in the part before. */
function headingOf(hit, place) {
  var words = hit.words || [], window = hit.shownWindow, first = window && words[window.from];
  var at = first ? hit.text.lastIndexOf(HEADING_MARK, first.from) : -1;
  return at < 0 ? place.document.labels[place.pageNumber - 1] || "" : hit.text.slice(at + 1).split("\n")[0].trim();
}

/* A line of a Chinese or Japanese text with at least this many characters may go on in the next line. */
var MIN_FULL_LINE = 12;

/* Whether the blanks of a text between two positions only divide a line between two Chinese or Japanese characters. Headings and other
   short lines, such as the cells of a table, end with their line. */
function isLineBreakInCjk(text, from, to) {
  function isCjkAt(at) { return at >= 0 && (isCjk(text.charCodeAt(at)) || /[\u3001-\u3011\uff01-\uff5e]/.test(text.charAt(at))); }
  var line = text.slice(text.lastIndexOf("\n", from - 1) + 1, from);
  return text.slice(from, to).split("\n").length === 2 && isCjkAt(from - 1) && isCjkAt(to) && line.length >= MIN_FULL_LINE && line.indexOf(HEADING_MARK) < 0;
}

/* A part of a text as it is shown: without line breaks. */
function shownText(text, from, to) {
  return text.slice(from, to).replace(/\s+/g, function (blanks, at) {
    return isLineBreakInCjk(text, from + at, from + at + blanks.length) ? "" : " ";
  });
}

/* Appends the part of a text from word `first` up to word `last`, which is not included, with the marked words. */
function appendMarked(element, text, words, marks, first, last, end) {
  var start = first ? words[first].from : 0, at = start, ranges = [];
  function append(from, to) {
    var part = shownText(text, from, to);
    // At the beginning, the mark of a heading does not separate it from anything.
    if (from === start) { part = part.replace(HEADING_MARKS_BEFORE, ""); }
    element.appendChild(document.createTextNode(part.replace(HEADING_MARKS, "· ")));
  }
  marks.filter(function (mark) { return mark.at >= first && mark.at < last; }).sort(function (a, b) {
    return a.from - b.from || a.to - b.to;
  }).forEach(function (mark) {
    var before = ranges[ranges.length - 1];
    // Overlapping marks become one, and so do the marks of words with only a hyphen or a similar character between them.
    if (before && (mark.from <= before.to || (mark.from === before.to + 1 && joinerClass(text.charAt(before.to))))) {
      before.to = Math.max(before.to, mark.to);
    } else {
      ranges.push({ from: Math.max(mark.from, at), to: mark.to });
    }
  });
  ranges.forEach(function (range) {
    append(at, range.from);
    element.appendChild(createElement("mark", shownText(text, range.from, range.to)));
    at = range.to;
  });
  append(at, Math.max(at, Math.min(end, at + MAX_TAIL_CHARACTERS)));
}

/* The passage around the marked words. */
function createPassage(hit, language) {
  var passage = createElement("p", "", { "class": "passage", lang: language });
  var words = hit.words;
  if (!words.length) { return passage; }
  var size = words[0].isBigram ? PASSAGE_BIGRAMS : PASSAGE_WORDS;
  var before = Math.max(MIN_WORDS_BEFORE, (size - Math.min(hit.shownWindow.width, size)) >> 1);
  var first = Math.max(0, hit.shownWindow.from - (hit.shownWindow.isSection ? 0 : before));
  var last = Math.min(words.length, first + size);
  if (first) { passage.appendChild(document.createTextNode("…\u00a0")); }
  appendMarked(passage, hit.text, words, hit.shownMarks, first, last, last < words.length ? words[last - 1].to : hit.text.length);
  if (last < words.length) { passage.appendChild(document.createTextNode("\u00a0…")); }
  passage.setAttribute("dir", directionOfText(passage.textContent, language));
  return passage;
}

/* An element with a text in which the words of the matches are marked. */
function createMarked(name, text, matches, attributes) {
  var element = createElement(name, "", attributes), words = splitWords(text);
  appendMarked(element, text, words, findMarks(words, findCompounds(words, text), matches), 0, words.length, text.length);
  return element;
}

/* The part of a link to a PDF after #: viewers open the page, and some mark the words. */
function createFragment(hit, number, format) {
  var seen = newMap(), words = [];
  hit.shownMarks.forEach(function (mark) {
    var word = hit.text.slice(mark.from, mark.to).replace(/\s+/g, "");
    if (!(word in seen) && words.length < MAX_SEARCHED_WORDS && !hit.words[mark.at].isBigram) { words.push(word); }
    seen[word] = true;
  });
  return "#page=" + number + (format === "PDF" && words.length ? "&search=" + encodeURIComponent(words.join(" ")) : "");
}

/* The name of a page: the number that is printed on it, and its number in the file if the two differ. */
function pageName(place) {
  var label = place.document.labels[place.pageNumber - 1];
  if (label === undefined || label === String(place.pageNumber)) { return dataText(form, "page", { number: place.pageNumber }); }
  return dataText(form, "labelled", { label: label, number: place.pageNumber });
}

/* A sentence about the words of the query that a page does not have; "" if it has all. Pairs of characters are left out, because
   readers do not know how words are divided into pairs. */
function describeMissingWords(hit, query) {
  var missing = query.terms.filter(function (term, number) { return hit.missingTerms & 1 << number && !term.isBigram; });
  return missing.length ? dataText(form, "lacks", { words: formatList(missing.map(function (term) { return term.text; })) }) : "";
}

function createHit(hit, place, query, language, format) {
  var item = createElement("li");
  var address = place.document.file + (place.isPaginated ? createFragment(hit, place.pageNumber, format) : "");
  var heading = place.isPaginated ? "" : headingOf(hit, place);
  var name = place.isPaginated ? pageName(place) : heading ? dataText(form, "pair", { name: format, value: heading }) || heading : "";
  // Most browsers go to the heading; the others ignore it.
  if (heading && format === "HTML") { address += "#:~:text=" + encodeURIComponent(heading).replace(/-/g, "%2D"); }
  var link = createElement("a", name, { href: address, hreflang: language });
  if (!name) { addOpening(link, format); }
  item.appendChild(link);
  item.appendChild(createPassage(hit, language));
  var missing = describeMissingWords(hit, query);
  if (missing) { item.appendChild(createElement("p", missing, { "class": "why" })); }
  return item;
}

/* Adds to a link to a whole document what it does, and the format of the document. */
function addOpening(link, format) {
  var open = dataText(form, "open");
  link.appendChild(document.createTextNode(open ? open + " " : ""));
  link.appendChild(createElement("bdi", format));
}

/* A document or report with an empty list for its hits. */
function createGroup(headingLevel, title, href, language, matches) {
  var group = { item: createElement("li"), hits: createElement("ul", "", { "class": "hits" }) };
  var heading = createElement(headingLevel), attributes = languageOf(title.lang);
  attributes.href = href;
  group.link = createMarked("a", title.text, matches, attributes);
  heading.appendChild(group.link);
  group.heading = heading;
  addLabel(group, language);
  group.item.appendChild(heading);
  group.item.appendChild(group.hits);
  return group;
}

/* Adds the name of the language of a document, unless it is the language of the page. */
function addLabel(group, language) {
  if (!language || language === pageLanguage) { return; }
  group.heading.appendChild(document.createTextNode(" "));
  group.heading.appendChild(createElement("small", nameOf(language), { "class": "other", lang: language, dir: directionOf(language) }));
}

/* Adds a note if an OCR program recognised the text of a document. */
function addOrigin(group, entry) {
  if (!entry.isRecognised) { return; }
  group.heading.appendChild(document.createTextNode(" "));
  group.heading.appendChild(createElement("small", dataText(form, "recognised"), { "class": "other" }));
}

/* Adds links to the files of a report in the languages that are not in `seen`. */
function addLanguages(group, record, seen) {
  var files = record.files.filter(function (file) {
    var isNew = !(file.lang in seen) && file.lang !== WITHOUT_WORDS;
    seen[file.lang] = true;
    return isNew;
  });
  if (!files.length) { return; }
  var line = createElement("p", dataText(form, "also") + " ", { "class": "also" });
  files.forEach(function (file) {
    var part = createElement("span", "", { "class": "part" });
    part.appendChild(createElement("a", nameOf(file.lang), { href: file.link, lang: file.lang, hreflang: file.lang, dir: directionOf(file.lang) }));
    line.appendChild(part);
    line.appendChild(document.createTextNode(" "));
  });
  group.item.appendChild(line);
}

/* Names the document in the name of a link. A screen reader may list the links of the page, where "p. 3" or "PDF" alone does not say of
   which document. */
function nameLink(link, group) {
  var name = dataText(form, "pair", { name: group.link.textContent, value: link.textContent });
  if (name) { link.setAttribute("aria-label", name); }
}

/* Adds `count` hits of a document to its group, and a button that adds more. Resolves to the first new link. */
function addHits(group, result, hits, from, count) {
  var index = result.index, format = index.head.formats;
  return Promise.all(hits.slice(from, from + count).map(function (hit) {
    return Promise.all([hit.words ? hit : index.loadHit(hit, result.query), index.loadDocument(hit.page)]);
  })).then(function (pairs) {
    var firstLink = null;
    pairs.forEach(function (pair) {
      var item = createHit(pair[0], pair[1], result.query, index.language, format[index.head.documents[pair[0].document].format]);
      var link = item.querySelector("a");
      nameLink(link, group);
      firstLink = firstLink || link;
      group.hits.appendChild(item);
    });
    var rest = hits.length - from - pairs.length;
    if (rest > 0) {
      var more = createElement("button", dataText(form, "pages", { number: rest }) || dataText(form, "more"), { type: "button", "class": "rest" });
      group.item.insertBefore(more, group.hits.nextSibling);
      more.onclick = function () {
        group.item.removeChild(more);
        addHits(group, result, hits, from + count, HITS_PER_STEP).then(function (link) { if (link) { link.focus(); } }, showDamage);
      };
    }
    return firstLink;
  });
}

/* Adds to a group the facts about its report, and the metadata that has words of the query which the page does not have. */
function addMetadata(group, query, hit, record) {
  var mask = hit.onlyInMetadata | (hit.phrasesInMetadata ? hit.inMetadata : 0), numbers = [];
  for (var number = 0; number < query.terms.length; number++) {
    if (mask & 1 << number) { numbers.push(number); }
  }
  if (!numbers.length) { return addFacts(group, hit.report, record, []); }
  return catalogue.loadReport({ page: hit.report, report: hit.report }, query, numbers, pageLanguage).then(function (report) {
    return addFacts(group, hit.report, record, report.reasons);
  });
}

/* Adds the year, the authors and the section of a report, and then the fields in `reasons`, which have words of the query. Resolves to
   the group. */
function addFacts(group, report, record, reasons) {
  return catalogue.loadFacets().then(function (facets) {
    var line = createElement("p", "", { "class": "facts" }), facet = facets[report] || {}, left = reasons;
    var authors = record.fields.filter(function (field) { return field.kind === "authors"; });
    var sections = (form.getAttribute("data-sections") || "").split("\n");
    /* A field with words of the query is marked here instead of being named below. A section looks like an author without its
       label. */
    function addPart(text, tail, label) {
      var part = createElement("span", "", { "class": text.length <= MAX_UNBROKEN ? "part nowrap" : "part" }), shown = createElement("bdi");
      var reason = reasons.filter(function (each) { return each.field.text === text && (each.field.kind === "authors" || each.field.kind === "sections"); })[0];
      if (reason) {
        appendReason(shown, reason);
        left = left.filter(function (each) { return each !== reason; });
      } else {
        shown.textContent = text;
      }
      if (label) { part.appendChild(document.createTextNode(label)); }
      part.appendChild(shown);
      if (tail) { part.appendChild(document.createTextNode(tail)); }
      line.appendChild(part);
      line.appendChild(document.createTextNode(" "));
    }
    if (facet.year) { addPart(formatYear(facet.year)); }
    authors.slice(0, SHOWN_AUTHORS).forEach(function (field, at) {
      addPart(field.text, at === SHOWN_AUTHORS - 1 && authors.length > SHOWN_AUTHORS ? "…" : "");
    });
    if (sections.length > 1 && sections[facet.section]) {
      addPart(sections[facet.section], "", dataText(form, "pair", { name: dataText(form, "by-section"), value: "" }));
    }
    if (line.firstChild) { group.item.insertBefore(line, group.hits); }
    addReasons(group, left);
    return group;
  });
}

/* The fields that have words of the query. */
function addReasons(group, reasons) {
  reasons.forEach(function (reason) {
    var name = dataText(form, "field-" + reason.field.kind), line = createElement("p", "", { "class": "why" });
    if (name) { line.appendChild(document.createTextNode(dataText(form, "pair", { name: name, value: "" }))); }
    var text = createElement("bdi", "", languageOf(reason.field.lang));
    appendReason(text, reason);
    line.appendChild(text);
    group.item.insertBefore(line, group.hits);
  });
}

/* Appends the part of a field with the words of the query, which are marked. */
function appendReason(element, reason) {
  var words = reason.words, first = Math.max(0, reason.marks.length ? reason.marks[0].at - PASSAGE_WORDS / 2 : 0);
  if (words.length < PASSAGE_WORDS * 2) { first = 0; }
  var last = Math.min(words.length, first + PASSAGE_WORDS * 2);
  if (first) { element.appendChild(document.createTextNode("…\u00a0")); }
  appendMarked(element, reason.field.text, words, reason.marks, first, last, last < words.length ? words[last - 1].to : reason.field.text.length);
  if (last < words.length) { element.appendChild(document.createTextNode("\u00a0…")); }
}

/* Adds the beginning of a report's summary, in the language of the page if there is one. The words of the matches are marked. */
function addSummary(group, record, matches) {
  var summaries = record.fields.filter(function (field) { return field.kind === "summary"; });
  function find(language) { return summaries.filter(function (field) { return field.lang === language; })[0]; }
  var close = summaries.filter(function (field) { return closenessOf(field.lang); })[0];
  var summary = find(pageLanguage) || find("") || close || find(defaultLanguage) || summaries[0];
  if (!summary) { return; }
  var attributes = languageOf(summary.lang);
  attributes["class"] = "about";
  group.item.insertBefore(createMarked("p", beginningOf(summary.text), matches, attributes), group.hits);
}

/* The beginning of a text: whole words, or whole characters of a script without spaces. */
function beginningOf(text) {
  var line = text.replace(/\s+/g, " ");
  if (line.length <= MAX_SUMMARY) { return line; }
  return line.slice(0, MAX_SUMMARY + 1).replace(/[\ud800-\udbff]$/, "").replace(/ [^ ]*$/, "") + "…";
}

/* The hits by document, in the order of the best hit of each. */
function groupHits(hits) {
  var groups = newMap(), order = [];
  hits.forEach(function (hit) {
    if (!groups[hit.document]) { order.push(groups[hit.document] = []); }
    groups[hit.document].push(hit);
  });
  return order;
}

/* The matches that are marked in the titles of documents. */
function countedMatches(result) {
  return result.index.counted.map(function (number) { return result.index.matches[number]; })
    .concat(result.index.counted.map(function (number) { return catalogue.matches[number]; }));
}

/* How many hits of a document are shown at first: those that are at least as good as the best hit of the next document. */
function countShown(documents, number) {
  var next = documents[number + 1], count = 1, hits = documents[number];
  while (count < Math.min(hits.length, HITS_PER_DOCUMENT) && (!next || hits[count].score >= next[0].score)) { count++; }
  return count;
}

/* Adds to a list documents with their best hits, starting with the document number `from`, until at least `count` hits are shown. Resolves
   to the first new link, the number of hits and the number of the next document. */
function showDocuments(result, list, documents, from, count) {
  var shown = 0, next = from;
  while (next < documents.length && shown < count) { shown += countShown(documents, next++); }
  return Promise.all(documents.slice(from, next).map(function (hits, at) {
    return result.index.loadDocument(hits[0].page).then(function (place) {
      var entry = place.document;
      var group = createGroup(result.headingLevel, { text: entry.title, lang: entry.lang }, entry.report, result.index.language, countedMatches(result));
      addOrigin(group, entry);
      return addHits(group, result, hits, 0, countShown(documents, from + at)).then(function () {
        return catalogue.loadRecord(hits[0].report);
      }).then(function (record) {
        var seen = newMap();
        seen[result.index.language] = true;
        addLanguages(group, record, seen);
        return addMetadata(group, result.query, hits[0], record);
      });
    });
  })).then(function (groups) {
    groups.forEach(function (group) { list.appendChild(group.item); });
    return { link: groups.length ? groups[0].link : null, shown: shown, next: next };
  });
}

/* The documents of a result as a source of a list: `countLeft` says how many have not been shown, and `showNext` adds some of them to the
   list, and resolves to the first new link and how many results it added. */
function sourceOfDocuments(result, list, documents) {
  var next = 0;
  return {
    countLeft: function () { return documents.length - next; },
    showNext: function (count) {
      return showDocuments(result, list, documents, next, count).then(function (step) {
        next = step.next;
        return step;
      });
    }
  };
}

/* Adds `count` results to a list from its sources, one source after the other, and a button below it that adds more. */
function showSteps(section, list, sources, count) {
  function countLeft() { return sources.reduce(function (sum, source) { return sum + source.countLeft(); }, 0); }
  function showNext(wanted) {
    var source = sources.filter(function (each) { return each.countLeft() > 0; })[0];
    if (!source || (wanted <= 0 && countLeft() > MAX_WITHOUT_BUTTON)) { return Promise.resolve(null); }
    return source.showNext(Math.max(wanted, 1)).then(function (step) {
      return showNext(wanted - step.shown).then(function (link) { return step.link || link; });
    });
  }
  return showNext(count).then(function () {
    if (!countLeft()) { return; }
    var more = createElement("button", dataText(form, "more"), { type: "button" });
    section.insertBefore(more, list.nextSibling);
    var isBusy = false;
    more.onclick = function () {
      // A second press while results are being added would add them again.
      if (isBusy) { return; }
      isBusy = true;
      showNext(HITS_PER_STEP).then(function (link) {
        isBusy = false;
        if (link) { link.focus(); }
        if (!countLeft() && more.parentNode) { section.removeChild(more); }
      }, showDamage);
    };
  });
}

/* A list of documents. */
function showList(section, result, documents) {
  var list = createElement("ul", "", { "class": "reports" });
  section.appendChild(list);
  return showSteps(section, list, [sourceOfDocuments(result, list, documents)], HITS_PER_STEP);
}

/* Adds a notice that the results below have only some of the words: at least `minTerms` of `all`, if `minTerms` is not 0. */
function addPartial(section, minTerms, all) {
  var text = minTerms && minTerms < all ? dataText(form, "some-of", { number: minTerms, all: all }) : "";
  section.appendChild(createElement("p", text || dataText(form, "partial"), { "class": "notice" }));
}

/* Shows what was found in one language, under a heading if there is one. Reports that `top` shows are left out. If the list of `top` is to
   be continued, the documents are added to it, and after them its other reports: readers do not care whether the words are in the title
   or in the text of a document. */
function showResult(result, heading, isUnderHeading, top) {
  function isNew(hit) { return !(hit.report in top.shown); }
  var documents = groupHits(result.hits.filter(isNew)), some = groupHits(result.partialHits.filter(isNew));
  if (!documents.length && !some.length && !top.rest) { return Promise.resolve(); }
  var section = top.rest ? top.section : createElement("div", "", { "class": "found" });
  result.headingLevel = heading || isUnderHeading ? "h3" : "h2";
  if (heading) { section.appendChild(createElement("h2", heading)); }
  if (!top.rest) { results.appendChild(section); }
  if (!result.isComplete) { addPartial(section, result.minTerms, result.index.counted.length + result.missing.length); }
  var sources = top.rest && [sourceOfDocuments(result, top.list, documents), top.rest];
  return (sources ? showSteps(section, top.list, sources, HITS_PER_STEP) : showList(section, result, documents)).then(function () {
    if (result.isLimited) { section.appendChild(createElement("p", dataText(form, "bounded", { number: PHRASE_PAGES }))); }
    if (!some.length) { return; }
    if (result.isComplete) { addPartial(section, 0, 0); }
    return showList(section, result, some);
  });
}

/* The group of a report whose metadata has the words: the fields that show why it was found, its best pages in `found`, and its
   files. */
function createReport(hit, found, reports) {
  var matches = reports.counted.map(function (number) { return catalogue.matches[number]; });
  var record = hit.record, group = createGroup("h2", hit.title, record.page, "", matches), seen = newMap();
  var parts = found.map(function (result) {
    var hits = result.hits.filter(function (each) { return each.report === hit.report; });
    return { result: result, documents: groupHits(hits) };
  }).filter(function (part) { return part.documents.length; }).slice(0, 1);
  return Promise.all(parts.map(function (part) {
    seen[part.result.index.language] = true;
    addLabel(group, part.result.index.language);
    return part.result.index.loadDocument(part.documents[0][0].page).then(function (place) {
      addOrigin(group, place.document);
      return addHits(group, part.result, part.documents[0], 0, HITS_PER_DOCUMENT);
    });
  })).then(function () {
    return addFacts(group, hit.report, record, hit.reasons);
  }).then(function () {
    if (!parts.length) {
      // A summary with words of the query is shown already.
      if (!hit.reasons.some(function (reason) { return reason.field.kind === "summary"; })) { addSummary(group, record, matches); }
      addFiles(group, record, seen);
    }
    addLanguages(group, record, seen);
    return group;
  });
}

/* Adds links to the files of a report in the language of the page, or in another form of it; if there are none, to all its files. */
function addFiles(group, record, seen) {
  var best = record.files.reduce(function (best, file) { return Math.max(best, closenessOf(file.lang)); }, 0);
  var own = record.files.filter(function (file) { return best && closenessOf(file.lang) === best; });
  (own.length ? own : record.files).forEach(function (file) {
    var item = createElement("li"), isOther = file.lang !== pageLanguage && file.lang !== WITHOUT_WORDS;
    seen[file.lang] = true;
    var link = createElement("a", "", { href: file.link, hreflang: file.lang });
    if (isOther) {
      link.appendChild(createElement("span", nameOf(file.lang), { lang: file.lang, dir: directionOf(file.lang) }));
      link.appendChild(document.createTextNode(" "));
      link.appendChild(createElement("bdi", file.format));
    } else {
      addOpening(link, file.format);
    }
    nameLink(link, group);
    item.appendChild(link);
    group.hits.appendChild(item);
  });
}

/* Shows the best reports whose metadata has the words. Resolves to the list, its section and the numbers of the reports shown. If
   `continuation` is a result, which continues the list, `rest` has the other reports as a source, without those of its documents.
   Otherwise a button adds them. */
function showReports(reports, found, query, continuation) {
  var shown = newMap(), next = 0;
  if (!reports.length) { return Promise.resolve({ shown: shown }); }
  var section = createElement("div", "", { "class": "found" }), list = createElement("ul", "", { "class": "reports" });
  if (reports.all) { addPartial(section, reports.minTerms, reports.all); }
  section.appendChild(list);
  results.appendChild(section);
  var isFew = !continuation && reports.length <= REPORTS_AT_FIRST + MAX_WITHOUT_BUTTON;
  var first = reports.slice(0, isFew ? reports.length : REPORTS_AT_FIRST), left = reports.slice(first.length);
  first.forEach(function (hit) { shown[hit.report] = true; });
  if (continuation) {
    var inDocuments = newMap();
    continuation.hits.forEach(function (hit) { inDocuments[hit.report] = true; });
    left = left.filter(function (hit) { return !(hit.report in inDocuments); });
  }

  function show(some) {
    return Promise.all(some.map(function (hit) {
      return (hit.record ? Promise.resolve(hit) : catalogue.loadReport(hit, query, reports.counted, pageLanguage)).then(function () {
        return createReport(hit, found, reports);
      });
    })).then(function (groups) {
      groups.forEach(function (group) { list.appendChild(group.item); });
      return { link: groups.length ? groups[0].link : null, shown: groups.length };
    });
  }

  /* Says that none of the first documents is in the language of the page, which readers have not asked for. */
  function labelOthers() {
    var isOwn = function (file) { return closenessOf(file.lang); };
    if (reports.areForPage && ownLanguages().length && !first.some(function (hit) { return hit.record.files.some(isOwn); })) {
      section.insertBefore(createElement("p", dataText(form, "elsewhere"), { "class": "notice" }), list);
    }
  }

  var rest = {
    countLeft: function () { return left.length - next; },
    showNext: function (count) {
      var some = left.slice(next, next + count);
      next += some.length;
      return show(some);
    }
  };
  return show(first).then(function () {
    labelOthers();
    if (continuation) { return { shown: shown, section: section, list: list, rest: rest }; }
    return showSteps(section, list, [rest], 0).then(function () { return { shown: shown }; });
  });
}

/* A sentence with the numbers of pages and documents that were found. As on all other pages, a document counts once, even if it
   exists in several languages and files. */
function describeCount(found, reports, query) {
  var pages = 0, counted = newMap();
  found.forEach(function (result) {
    pages += result.hits.length;
    result.hits.forEach(function (hit) { counted[hit.report] = true; });
  });
  reports.forEach(function (hit) { counted[hit.report] = true; });
  var documents = Object.keys(counted).length;
  if (!documents) { return dataText(form, "none", { query: query }); }
  // Many documents were found by their metadata alone: fewer pages than documents would look like a mistake.
  return (pages < documents && dataText(form, "found-documents", { documents: documents })) || dataText(form, "found", { pages: pages, documents: documents });
}

function showDamage() {
  status.textContent = dataText(form, "broken");
}
