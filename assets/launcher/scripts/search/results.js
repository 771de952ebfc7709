/* --- Showing results. */

var HITS_PER_STEP = 10;
var PASSAGE_WORDS = 32, PASSAGE_BIGRAMS = 60, MIN_WORDS_BEFORE = 3, MAX_TAIL_CHARACTERS = 400;

function directionOf(language) {
  return form.getAttribute("data-rtl").split(" ").indexOf(language) >= 0 ? "rtl" : "ltr";
}

function nameOf(language) {
  return form.getAttribute("data-names").split("|")[languages.indexOf(language)];
}

/* Words as a list in the language of the page. */
function formatList(words) {
  try {
    return new Intl.ListFormat(pageLanguage, { type: "conjunction", style: "narrow" }).format(words);
  } catch (unsupported) {
    return words.join(", ");
  }
}

/* The passage around the marked words. */
function createPassage(hit, language) {
  var passage = createElement("p", "", { "class": "passage", lang: language, dir: directionOf(language) });
  var words = hit.words, isMarked = newMap();
  if (!words.length) { return passage; }
  hit.marks.forEach(function (mark) { isMarked[mark.at] = true; });

  function append(from, to) {
    passage.appendChild(document.createTextNode(hit.text.slice(from, to).replace(/\s+/g, " ")));
  }

  var size = words[0].isBigram ? PASSAGE_BIGRAMS : PASSAGE_WORDS;
  var before = Math.max(MIN_WORDS_BEFORE, (size - Math.min(hit.window.width, size)) >> 1);
  var first = Math.max(0, hit.window.from - before);
  var last = Math.min(words.length, first + size);
  var at = first ? words[first].from : 0;
  if (first) { passage.appendChild(document.createTextNode("… ")); }
  for (var i = first; i < last; i++) {
    if (!isMarked[i] || words[i].to <= at) { continue; }
    var from = Math.max(words[i].from, at), to = words[i].to;
    // Overlapping bigrams are marked as one.
    while (words[i].isBigram && isMarked[i + 1] && i + 1 < last && words[i + 1].from < to) { to = words[++i].to; }
    append(at, from);
    passage.appendChild(createElement("mark", hit.text.slice(from, to)));
    at = to;
  }
  var end = last < words.length ? words[last - 1].to : hit.text.length;
  append(at, Math.max(at, Math.min(end, at + MAX_TAIL_CHARACTERS)));
  if (last < words.length) { passage.appendChild(document.createTextNode(" …")); }
  return passage;
}

function createHit(hit, place, language) {
  var item = createElement("li");
  var address = place.document.file + (place.numbered ? "#page=" + place.pageNumber : "");
  var name = place.numbered ? dataText(form, "page", { number: place.pageNumber }) : place.document.format;
  item.appendChild(createElement("a", name, { href: address, hreflang: language }));
  item.appendChild(createPassage(hit, language));
  return item;
}

/* A document with an empty list for its hits. */
function createGroup(result, entry) {
  var language = result.index.language;
  var group = { item: createElement("li"), hits: createElement("ul", "", { "class": "hits" }) };
  var heading = createElement(result.headingLevel);
  group.link = createElement("a", entry.title, {
    href: entry.report, lang: entry.lang, dir: directionOf(entry.lang)
  });
  heading.appendChild(group.link);
  if (language !== pageLanguage) {
    heading.appendChild(document.createTextNode(" "));
    heading.appendChild(createElement("small", nameOf(language), { "class": "other", lang: language, dir: directionOf(language) }));
  }
  group.item.appendChild(heading);
  group.item.appendChild(group.hits);
  return group;
}

/* Shows some hits, starting with number `from`, grouped by document. Resolves to the first new link. */
function showHits(result, list, from) {
  var index = result.index;
  return Promise.all(result.hits.slice(from, from + HITS_PER_STEP).map(function (hit) {
    var loaded = hit.words ? Promise.resolve(hit) : index.loadHit(hit, result.matches, []);
    return Promise.all([loaded, index.loadDocument(hit.page)]);
  })).then(function (pairs) {
    var firstLink = null;
    pairs.forEach(function (pair) {
      var hit = pair[0], place = pair[1], group = result.groups[place.number];
      if (!group) {
        group = result.groups[place.number] = createGroup(result, place.document);
        list.appendChild(group.item);
        firstLink = firstLink || group.link;
      }
      var item = createHit(hit, place, index.language);
      firstLink = firstLink || item.querySelector("a");
      group.hits.appendChild(item);
    });
    return firstLink;
  });
}

/* Shows what was found in one language, under a heading if there is one. */
function showResult(result, heading, isUnderHeading) {
  var section = createElement("div", "", { "class": "found" });
  result.headingLevel = heading || isUnderHeading ? "h3" : "h2";
  result.groups = newMap();
  if (heading) { section.appendChild(createElement("h2", heading)); }
  result.matches.forEach(function (match, number) {
    if (match.spellings.length) {
      var values = { word: result.terms[number].text, words: formatList(match.spellings) };
      section.appendChild(createElement("p", dataText(form, "near", values), { "class": "notice" }));
    }
  });
  var list = createElement("ul", "", { "class": "reports" });
  section.appendChild(list);
  if (result.isLimited) { section.appendChild(createElement("p", dataText(form, "bounded", { number: PHRASE_PAGES }))); }
  results.appendChild(section);
  var next = HITS_PER_STEP;
  return showHits(result, list, 0).then(function () {
    if (result.hits.length <= HITS_PER_STEP) { return; }
    var more = createElement("button", dataText(form, "more"), { type: "button" });
    section.appendChild(more);
    more.onclick = function () {
      showHits(result, list, next).then(function (firstLink) {
        if (firstLink) { firstLink.focus(); }
        next += HITS_PER_STEP;
        if (next >= result.hits.length) { section.removeChild(more); }
      }, showDamage);
    };
  });
}

/* "3 pages in 2 documents", or that nothing was found. */
function describeCount(found, query) {
  var pages = 0, documents = 0;
  found.forEach(function (result) {
    var seen = newMap();
    pages += result.hits.length;
    result.hits.forEach(function (hit) { seen[result.index.documentOf(hit.page)] = true; });
    documents += Object.keys(seen).length;
  });
  return found.length ? dataText(form, "found", { pages: pages, documents: documents })
    : dataText(form, "none", { query: query });
}

function showDamage() {
  status.textContent = dataText(form, "broken");
}
