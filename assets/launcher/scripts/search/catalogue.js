/* --- The index of the metadata of all reports, in all languages. Each report is one page of it. */

/* This many of the best reports are sorted again by how well the query fits them. */
var RERANKED_REPORTS = 12, REPORTS_AT_FIRST = 5;
/* How well a query fits a report: it is the whole title or symbol; it is the whole of another field; one title has all its
   words; all fields together have them. */
var IS_TITLE = 4, IS_FIELD = 3, IN_TITLE = 2, IN_FIELDS = 1;

/* `language` is that of the page, in which most queries are. */
function CatalogueIndex(folder, language) {
  LanguageIndex.call(this, "", folder);
  this.inflected = language || "";
}

CatalogueIndex.prototype = Object.create(LanguageIndex.prototype);
CatalogueIndex.prototype.readHead = readCatalogueHead;

function isTitleField(field) { return field.kind === "title" || field.kind === "own title"; }

/* Each page is a document, namely a report. */
CatalogueIndex.prototype.documentOf = function (page) { return page; };

CatalogueIndex.prototype.loadRecord = function (report) {
  var number = lastNotAfter(this.head.records, report), first = this.head.records[number], languages = this.head.languages;
  return loadShard(this.folder + "/r" + number, function (reader) { return readRecords(reader, languages); })
    .then(function (records) { return records[report - first]; });
};

/* The fields of a report. */
CatalogueIndex.prototype.loadTexts = function (report) {
  return this.loadRecord(report).then(function (record) {
    return record.fields.map(function (field) { return field.text; });
  });
};

CatalogueIndex.prototype.loadFacets = function () {
  return loadShard(this.folder + "/facets", readFacets);
};

/* Finds the reports whose metadata has any of the terms with the numbers `counted`. Sets for each: in `masks` the terms that it
   has, as bits; in `scores` its score; and in `phrases` the phrases of the query that it has, as bits. The reports that have an
   excluded term are in `excludedReports`. */
CatalogueIndex.prototype.findReports = function (query, counted) {
  var index = this;
  return Promise.all(this.matches.map(function (match, number) {
    return counted.indexOf(number) < 0 ? newMap() : index.scoreTerm(match);
  }).concat(this.excluded.map(function (match) { return index.scoreTerm(match); }))).then(function (termScores) {
    index.masks = newMap();
    index.scores = newMap();
    index.excludedReports = newMap();
    index.phrases = newMap();
    termScores.splice(index.matches.length).forEach(function (scores) {
      eachEntry(scores, function (report) { index.excludedReports[report] = true; });
    });
    termScores.forEach(function (scores, number) {
      eachEntry(scores, function (report, score) {
        index.masks[report] = (index.masks[report] || 0) | 1 << number;
        index.scores[report] = (index.scores[report] || 0) + score;
      });
    });
    return index.checkPhrases(query, counted);
  }).then(function () { return index.masks; });
};

/* Looks for the phrases of a query, and for terms that are phrases, in the metadata of the best reports that have their words.
   Before this, the bit of such a term in `masks` means that the report has the words of the phrase; after it, that the report has the
   phrase. Reports beyond the best `PHRASE_PAGES` lose the bit. */
CatalogueIndex.prototype.checkPhrases = function (query, counted) {
  var index = this, wordsOfPhrases = 0, phraseTerms = 0;
  query.terms.forEach(function (term, number) {
    if (counted.indexOf(number) < 0) { return; }
    if (isPhrase(index.matches[number])) { phraseTerms |= 1 << number; }
    if (query.phrases.some(function (phrase) { return phrase.indexOf(term.form) >= 0; })) { wordsOfPhrases |= 1 << number; }
  });
  if (!query.phrases.length && !phraseTerms) { return Promise.resolve(); }
  var reports = Object.keys(this.masks).filter(function (report) {
    // If phrases consist of stop words, none of their words is counted: then they are looked for in all these reports.
    return index.masks[report] & phraseTerms || (query.phrases.length && (index.masks[report] & wordsOfPhrases || !wordsOfPhrases));
  }).sort(function (a, b) { return index.scores[b] - index.scores[a] || a - b; });
  reports.slice(PHRASE_PAGES).forEach(function (report) { index.masks[report] &= ~phraseTerms; });
  return Promise.all(reports.slice(0, PHRASE_PAGES).map(function (report) {
    return index.loadRecord(+report).then(function (record) {
      var fields = record.fields.map(function (field) {
        var words = splitWords(field.text);
        return { words: words, compounds: findCompounds(words, field.text) };
      });
      query.phrases.forEach(function (phrase, number) {
        if (fields.some(function (field) { return hasPhrase(field.words, phrase); })) {
          index.phrases[report] = (index.phrases[report] || 0) | 1 << number;
        }
      });
      index.matches.forEach(function (match, number) {
        if (!(phraseTerms & 1 << number)) { return; }
        var isFound = fields.some(function (field) { return hasMatch(match, field.words, field.compounds); });
        if (!isFound) { index.masks[report] &= ~(1 << number); }
      });
    });
  }));
};

/* The terms of the query that the titles of a report have, as bits. */
CatalogueIndex.prototype.findTitleTerms = function (report) {
  var index = this;
  if (!this.masks[report]) { return Promise.resolve(0); }
  return this.loadRecord(report).then(function (record) {
    return record.fields.filter(isTitleField).reduce(function (mask, field) {
      var words = splitWords(field.text);
      return findMarks(words, findCompounds(words, field.text), index.matches).reduce(function (mask, mark) { return mask | 1 << mark.term; }, mask);
    }, 0);
  });
};

/* The reports whose metadata has all terms that count, the best first. `counted` has the numbers of these terms. */
CatalogueIndex.prototype.search = function (query, counted, language, isWanted) {
  var index = this, wanted = 0;
  counted.forEach(function (number) { wanted |= 1 << number; });
  return this.findTerm({ form: query.key, isExact: true }).then(function (match) {
    return match.pages ? index.scoreTerm(match) : newMap();
  }).then(function (wholeScores) {
    var hits = [];
    eachEntry(wholeScores, function (report) { index.masks[report] = index.masks[report] || 0; });
    eachEntry(index.masks, function (report, mask) {
      var isWhole = report in wholeScores;
      if ((isWhole || (wanted && (mask & wanted) === wanted)) && isWanted(+report) && !(report in index.excludedReports)) {
        hits.push({ page: +report, report: +report, isWhole: isWhole, score: (index.scores[report] || 0) + (isWhole ? 1000 : 0) });
      }
    });
    hits.sort(byScore);
    var first = hits.slice(0, RERANKED_REPORTS);
    return Promise.all(first.map(function (hit) { return index.loadReport(hit, query, counted, language); })).then(function () {
      // Of those that fit equally well, the ones that the reader can read come first.
      function closeness(hit) { return hit.record.files.reduce(function (best, file) { return Math.max(best, closenessOf(file.lang)); }, 0); }
      first.sort(function (a, b) { return Math.floor(b.fit) - Math.floor(a.fit) || closeness(b) - closeness(a) || b.fit - a.fit || byScore(a, b); });
      return first.filter(function (hit) { return hit.hasAllPhrases; }).concat(hits.slice(RERANKED_REPORTS));
    });
  });
};

/* The best reports whose metadata has at least `minTerms` of the terms that count. */
CatalogueIndex.prototype.searchSome = function (query, counted, language, isWanted, minTerms) {
  var index = this, hits = [];
  eachEntry(this.masks, function (report, mask) {
    var terms = countBits(mask);
    if (terms < minTerms || report in index.excludedReports || !isWanted(+report)) { return; }
    hits.push({ page: +report, report: +report, isWhole: false, terms: terms, score: index.scores[report] * terms * terms });
  });
  hits = hits.sort(byScore).slice(0, REPORTS_AT_FIRST);
  return Promise.all(hits.map(function (hit) { return index.loadReport(hit, query, counted, language); }));
};

/* Adds to a hit the record of its report, how well the query fits it, and which of its fields show that. */
CatalogueIndex.prototype.loadReport = function (hit, query, counted, language) {
  var index = this;
  return this.loadRecord(hit.report).then(function (record) {
    hit.record = record;
    hit.title = titleOf(record, language);
    var inTitle = 0, wholeField = null, fields = [];
    record.fields.forEach(function (field) {
      var words = splitWords(field.text), compounds = findCompounds(words, field.text);
      var marks = findMarks(words, compounds, index.matches).filter(function (mark) { return counted.indexOf(mark.term) >= 0; });
      var mask = 0;
      marks.forEach(function (mark) { mask |= 1 << mark.term; });
      var termCount = counted.filter(function (number) { return mask & 1 << number; }).length;
      var isWhole = hit.isWhole && keyOf(words) === query.key;
      // If the query is a date, a report of this date must not come before a report with the date in its title.
      if (isWhole && field.kind !== "date" && !(wholeField && isTitleField(wholeField))) { wholeField = field; }
      if (isTitleField(field) && termCount) { inTitle = Math.max(inTitle, termCount + termCount / (words.length + 1)); }
      if (isWhole) {
        marks = words.map(function (word, at) { return { at: at, term: 0, from: word.from, to: word.to }; });
      }
      if (termCount || isWhole) { fields.push({ field: field, marks: marks, words: words, mask: mask, fit: termCount + (isWhole ? 100 : 0) }); }
    });
    // `checkPhrases` has already looked for terms that are phrases.
    hit.hasAllPhrases = hit.isWhole || query.phrases.every(function (phrase) {
      return record.fields.some(function (field) { return hasPhrase(splitWords(field.text), phrase); });
    });
    hit.hasAllPhrases = hit.hasAllPhrases && !query.excludedPhrases.some(function (phrase) {
      return record.fields.some(function (field) { return hasPhrase(splitWords(field.text), phrase); });
    });
    hit.fit = wholeField ? (isTitleField(wholeField) || wholeField.kind === "symbol" ? IS_TITLE : IS_FIELD)
      : inTitle >= counted.length && counted.length ? IN_TITLE + inTitle % 1 : IN_FIELDS;
    hit.reasons = chooseReasons(fields, hit.title);
    return hit;
  });
};

/* The title that the pages in a language show. */
function titleOf(record, language) {
  function find(kind, lang) {
    return record.fields.filter(function (field) { return field.kind === kind && field.lang === lang; })[0];
  }
  function findClose(kind) { return record.fields.filter(function (field) { return field.kind === kind && closenessOf(field.lang); })[0]; }
  return find("own title", language) || find("title", language) || find("title", "") || findClose("own title") || findClose("title") ||
    find("title", defaultLanguage) ||
    record.fields.filter(function (field) { return field.kind === "title"; })[0] || record.fields[0];
}

/* The fields that show why a report was found, apart from its title: as few fields as together have all words that any of them has
   and the title does not. Fields in the language of the page come first. */
function chooseReasons(fields, title) {
  var seen = 0, chosen = [];
  fields.forEach(function (each) { if (each.field === title) { seen |= each.mask; } });
  fields.slice().sort(function (a, b) {
    return b.fit - a.fit || closenessOf(b.field.lang) - closenessOf(a.field.lang);
  }).forEach(function (each) {
    var isNew = (each.mask & ~seen) !== 0 || (each.fit >= 100 && !seen);
    if (each.field !== title && isNew && each.field.text !== title.text && chosen.length < 3) {
      seen |= each.mask;
      chosen.push(each);
    }
  });
  return chosen;
}
