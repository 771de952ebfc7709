/* --- The index of the metadata of all reports, in all languages. Each report is one page of it. */

/* This many of the best reports are sorted again by what of them the query names. */
var RERANKED_REPORTS = 12;
/* How well a query fits a report: it is the whole title or symbol; it is the whole of another field; one title has all its
   words; all fields together have them. */
var IS_TITLE = 4, IS_FIELD = 3, IN_TITLE = 2, IN_FIELDS = 1;

function CatalogueIndex(folder) {
  LanguageIndex.call(this, "", folder);
}

CatalogueIndex.prototype = Object.create(LanguageIndex.prototype);
CatalogueIndex.prototype.readHead = readCatalogueHead;

function isTitleField(field) { return field.kind === "title" || field.kind === "own title"; }

/* Each page is a report of its own. */
CatalogueIndex.prototype.documentOf = function (page) { return page; };

CatalogueIndex.prototype.loadRecord = function (report) {
  var number = lastNotAfter(this.head.records, report), first = this.head.records[number], languages = this.head.languages;
  return loadShard(this.folder + "/r" + number, function (reader) { return readRecords(reader, languages); })
    .then(function (records) { return records[report - first]; });
};

CatalogueIndex.prototype.loadFacets = function () {
  return loadShard(this.folder + "/facets", readFacets);
};

/* The terms that the metadata of each report has, as bits, and its score, for the terms with the numbers `counted`; and
   in `left` the reports that have a term that must not be there. */
CatalogueIndex.prototype.findReports = function (counted) {
  var index = this;
  return Promise.all(this.matches.map(function (match, number) {
    return counted.indexOf(number) < 0 ? newMap() : index.scoreTerm(match);
  }).concat(this.excluded.map(function (match) { return index.scoreTerm(match); }))).then(function (termScores) {
    index.masks = newMap();
    index.scores = newMap();
    index.left = newMap();
    termScores.splice(index.matches.length).forEach(function (scores) {
      eachEntry(scores, function (report) { index.left[report] = true; });
    });
    termScores.forEach(function (scores, number) {
      eachEntry(scores, function (report, score) {
        index.masks[report] = (index.masks[report] || 0) | 1 << number;
        index.scores[report] = (index.scores[report] || 0) + score;
      });
    });
    return index.masks;
  });
};

/* The reports whose metadata has all terms that count, the best first: `counted` are their numbers. */
CatalogueIndex.prototype.search = function (query, counted, language, isWanted) {
  var index = this, wanted = 0;
  counted.forEach(function (number) { wanted |= 1 << number; });
  return this.findTerm({ form: query.key, isExact: true }).then(function (match) {
    return match.pages ? index.scoreTerm(match) : newMap();
  }).then(function (whole) {
    var hits = [];
    eachEntry(whole, function (report) { index.masks[report] = index.masks[report] || 0; });
    eachEntry(index.masks, function (report, mask) {
      var isWhole = report in whole;
      if ((isWhole || (wanted && (mask & wanted) === wanted)) && isWanted(+report) && !(report in index.left)) {
        hits.push({ page: +report, report: +report, isWhole: isWhole, score: (index.scores[report] || 0) + (isWhole ? 1000 : 0) });
      }
    });
    hits.sort(byScore);
    var first = hits.slice(0, RERANKED_REPORTS);
    return Promise.all(first.map(function (hit) { return index.loadReport(hit, query, counted, language); })).then(function () {
      first.sort(function (a, b) { return b.fit - a.fit || byScore(a, b); });
      return first.filter(function (hit) { return hit.hasAllPhrases; }).concat(hits.slice(RERANKED_REPORTS));
    });
  });
};

/* Adds to a hit the record of its report, how well the query fits it, and which of its fields show that. */
CatalogueIndex.prototype.loadReport = function (hit, query, counted, language) {
  var index = this;
  return this.loadRecord(hit.report).then(function (record) {
    hit.record = record;
    hit.title = titleOf(record, language);
    var inTitle = 0, whole = null, fields = [];
    record.fields.forEach(function (field) {
      var words = splitWords(field.text), compounds = findCompounds(words, field.text);
      var marks = findMarks(words, compounds, index.matches).filter(function (mark) { return counted.indexOf(mark.term) >= 0; });
      var mask = 0;
      marks.forEach(function (mark) { mask |= 1 << mark.term; });
      var own = counted.filter(function (number) { return mask & 1 << number; }).length;
      var isWhole = hit.isWhole && keyOf(words) === query.key;
      if (isWhole && !(whole && isTitleField(whole))) { whole = field; }
      if (isTitleField(field) && own) { inTitle = Math.max(inTitle, own + own / (words.length + 1)); }
      if (own || isWhole) { fields.push({ field: field, marks: marks, words: words, mask: mask, own: own + (isWhole ? 100 : 0) }); }
    });
    // A symbol that was found word by word is a phrase.
    var symbols = query.terms.filter(function (term, number) {
      return index.matches[number].parts && counted.indexOf(number) >= 0;
    }).map(function (term) { return term.parts; });
    hit.hasAllPhrases = query.phrases.concat(symbols).every(function (phrase) {
      return record.fields.some(function (field) { return hasPhrase(splitWords(field.text), phrase); });
    });
    hit.hasAllPhrases = hit.hasAllPhrases || hit.isWhole;
    hit.fit = whole ? (isTitleField(whole) || whole.kind === "symbol" ? IS_TITLE : IS_FIELD)
      : inTitle >= counted.length && counted.length ? IN_TITLE + inTitle % 1 : IN_FIELDS;
    hit.reasons = chooseReasons(fields, hit.title, language);
    return hit;
  });
};

/* The title that the pages in a language show. */
function titleOf(record, language) {
  function find(kind, lang) {
    return record.fields.filter(function (field) { return field.kind === kind && field.lang === lang; })[0];
  }
  return find("own title", language) || find("title", language) || find("title", "") || find("title", defaultLanguage) ||
    record.fields.filter(function (field) { return field.kind === "title"; })[0] || record.fields[0];
}

/* The fields that show why a report was found, apart from its title: as few as have all words that any field has, the page's
   language first. */
function chooseReasons(fields, title, language) {
  var seen = 0, chosen = [];
  fields.forEach(function (each) { if (each.field === title) { seen |= each.mask; } });
  fields.slice().sort(function (a, b) {
    return b.own - a.own || (b.field.lang === language) - (a.field.lang === language);
  }).forEach(function (each) {
    var isNew = (each.mask & ~seen) !== 0 || each.own >= 100;
    if (each.field !== title && isNew && each.field.text !== title.text && chosen.length < 3) {
      seen |= each.mask;
      chosen.push(each);
    }
  });
  return chosen;
}
