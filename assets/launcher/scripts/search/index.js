/* --- The index of one language. */

/* This many of the best pages are sorted again by how close together the words are. */
var RERANKED_PAGES = 12;
/* Phrases are looked for in the texts of this many pages. */
var PHRASE_PAGES = 300;
/* A term on more than COMMON_SHARE of the pages is ignored if another is on fewer than RARE_SHARE, unless there are at most
   FEW_PAGES pages. */
var COMMON_SHARE = 0.4, RARE_SHARE = 0.2, FEW_PAGES = 50;
/* Weights of forms other than the one in the query. */
var PREFIX_WEIGHT = 0.8, UNFINISHED_WEIGHT = 0.3, SIMILAR_WEIGHT = 0.5;
var MAX_COMPLETIONS = 40, MAX_SIMILAR = 4, MIN_SHARED_LETTERS = 4, MIN_UNFINISHED_LETTERS = 3;

function LanguageIndex(language, folder) {
  this.language = language;
  this.folder = folder;
}

LanguageIndex.prototype.open = function () {
  var index = this;
  return loadShard(this.folder + "/head", readHead).then(function (head) { index.head = head; });
};

LanguageIndex.prototype.loadWords = function (number) {
  return number >= 0 && number < this.head.words.length
    ? loadShard(this.folder + "/w" + number, readWords) : Promise.resolve([]);
};

/* What a term of the query finds: stems with weights, and the forms to be marked in texts. */
LanguageIndex.prototype.findTerm = function (term) {
  var number = lastNotAfter(this.head.words, term.form);
  return Promise.all([this.loadWords(number), this.loadWords(number + 1)]).then(function (shards) {
    return matchTerm(term, shards[0].concat(shards[1]));
  });
};

/* Looks a term up among the words of the index around it, which are sorted by their forms. */
function matchTerm(term, words) {
  var match = { stems: newMap(), forms: newMap(), similar: [], pages: 0 };
  var at = lastNotAfter(words, term.form, function (word) { return word.form; });
  var exact = at >= 0 && words[at].form === term.form ? words[at] : null;

  function add(word, weight) {
    match.forms[word.form] = true;
    word.stems.forEach(function (stem) {
      var known = match.stems[stem.id];
      if (!known || known.weight < weight) { match.stems[stem.id] = { pages: stem.pages, weight: weight }; }
    });
  }

  if (exact) { add(exact, 1); }
  var completions = words.filter(function (word) { return word.form !== term.form && word.form.indexOf(term.form) === 0; });
  if (term.isPrefix || !exact || (term.isLast && term.form.length >= MIN_UNFINISHED_LETTERS)) {
    completions.sort(function (a, b) { return b.stems[0].pages - a.stems[0].pages; });
    completions.slice(0, MAX_COMPLETIONS).forEach(function (word) {
      add(word, term.isPrefix || !exact ? PREFIX_WEIGHT : UNFINISHED_WEIGHT);
    });
  }
  if (!exact && !completions.length && !term.isBigram) {
    similarWords(term.form, words).forEach(function (word) {
      add(word, SIMILAR_WEIGHT);
      match.similar.push(word.form);
    });
  }
  // Other forms of the same stems are marked too.
  words.forEach(function (word) {
    if (word.stems.some(function (stem) { return stem.id in match.stems; })) { match.forms[word.form] = true; }
  });
  eachEntry(match.stems, function (id, stem) { match.pages = Math.max(match.pages, stem.pages); });
  return match;
}

/* The words that share the longest prefix with a form. */
function similarWords(form, words) {
  var longest = 0, similar = [];
  words.forEach(function (word) {
    var shared = 0;
    while (shared < word.form.length && word.form[shared] === form[shared]) { shared++; }
    if (shared < MIN_SHARED_LETTERS || shared * 2 < form.length) { return; }
    if (shared > longest) {
      longest = shared;
      similar = [];
    }
    if (shared === longest) { similar.push(word); }
  });
  return similar.slice(0, MAX_SIMILAR);
}

/* The most frequent spelling of a form in some texts, or null. Each text is given with its words. */
function findSpelling(form, texts) {
  var counts = newMap(), best = null;
  texts.forEach(function (text) {
    text.words.forEach(function (word) {
      if (word.form !== form) { return; }
      // Without soft hyphens, and without the Arabic lengthening of letters.
      var spelling = text.text.slice(word.from, word.to).replace(/[\xad\u0640]/g, "");
      counts[spelling] = (counts[spelling] || 0) + 1;
      if (best === null || counts[spelling] > counts[best]) { best = spelling; }
    });
  });
  return best;
}

/* The similar words of a match as documents write them. The index has only their forms, which lack accents, vowel signs and
   distinctions between similar letters: such a form is shown only if it is ASCII. `texts` are looked at first, then for each stem
   the first page that it is on, and the title of its document. */
LanguageIndex.prototype.findSpellings = function (match, texts) {
  var index = this;
  var isComplete = match.similar.every(function (form) { return findSpelling(form, texts) !== null; });
  var more = isComplete ? [] : Object.keys(match.stems);
  return Promise.all(more.map(function (id) {
    return index.loadPostings(+id, match.stems[id]).then(function (list) {
      var page = Math.floor(new ByteReader(list.bytes).readNumber() / 16);
      return Promise.all([index.loadText(page), index.loadDocument(page)]);
    });
  })).then(function (pages) {
    var all = texts.slice();
    pages.forEach(function (page) {
      [page[0], page[1].document.title].forEach(function (text) { all.push({ text: text, words: splitWords(text) }); });
    });
    return match.similar.map(function (form) {
      return findSpelling(form, all) || (/^[ -~]+$/.test(form) ? form : "");
    }).filter(function (word) { return word; });
  });
};

/* The weights of a stem by page, as the index has them. */
LanguageIndex.prototype.loadPostings = function (id, stem) {
  var number = lastNotAfter(this.head.postings, id), first = this.head.postings[number];
  return loadShard(this.folder + "/p" + number, readPostings).then(function (lists) {
    return { bytes: lists[id - first], stem: stem };
  });
};

/* The pages that a term is on, with its score on each. */
LanguageIndex.prototype.scoreTerm = function (match) {
  var index = this, total = this.head.pages;
  return Promise.all(Object.keys(match.stems).map(function (id) {
    return index.loadPostings(+id, match.stems[id]);
  })).then(function (lists) {
    var best = newMap();
    lists.forEach(function (list) {
      var reader = new ByteReader(list.bytes), page = 0;
      var rarity = Math.log(1 + (total - list.stem.pages + 0.5) / (list.stem.pages + 0.5));
      while (reader.hasMore()) {
        var number = reader.readNumber();
        page += Math.floor(number / 16);
        var score = number % 16 / 15 * rarity * list.stem.weight;
        if (!(best[page] >= score)) { best[page] = score; }
      }
    });
    return best;
  });
};

/* The pages that any counted term is on, the best first. Terms on no page and common ones are not counted. */
LanguageIndex.prototype.rankPages = function (matches) {
  var index = this, total = this.head.pages;
  var rarest = Math.min.apply(null, matches.map(function (match) { return match.pages || total; }));
  var counted = matches.filter(function (match) {
    var isCommon = match.pages > total * COMMON_SHARE && total > FEW_PAGES && rarest < total * RARE_SHARE;
    return match.pages && !isCommon;
  });
  return Promise.all(counted.map(function (match) { return index.scoreTerm(match); })).then(function (termScores) {
    var pages = newMap();
    termScores.forEach(function (scores) {
      eachEntry(scores, function (page, score) {
        var sum = pages[page] || (pages[page] = { score: 0, terms: 0 });
        sum.score += score;
        sum.terms++;
      });
    });
    return Object.keys(pages).map(function (page) {
      var share = pages[page].terms / counted.length;
      return { page: +page, score: pages[page].score * share * share, hasAllCountedTerms: share === 1 };
    }).sort(byScore);
  });
};

function byScore(a, b) { return b.score - a.score || a.page - b.page; }

LanguageIndex.prototype.loadText = function (page) {
  var number = lastNotAfter(this.head.texts, page), first = this.head.texts[number];
  return loadShard(this.folder + "/t" + number, readTexts).then(function (texts) { return texts[page - first]; });
};

/* The number of the document that a page belongs to. */
LanguageIndex.prototype.documentOf = function (page) {
  return lastNotAfter(this.head.documents, page, function (document) { return document.firstPage; });
};

LanguageIndex.prototype.loadDocument = function (page) {
  var number = this.documentOf(page), each = this.head.documentsPerShard, extent = this.head.documents[number];
  return loadShard(this.folder + "/d" + Math.floor(number / each), readDocuments).then(function (documents) {
    return {
      number: number, document: documents[number % each], pageNumber: page - extent.firstPage + 1,
      numbered: extent.numbered
    };
  });
};

/* Adds to a hit the text of its page, and where the terms and phrases are in it. */
LanguageIndex.prototype.loadHit = function (hit, matches, phrases, terms) {
  return this.loadText(hit.page).then(function (text) {
    hit.text = text;
    hit.words = splitWords(text);
    hit.marks = [];
    hit.words.forEach(function (word, at) {
      matches.forEach(function (match, number) {
        if (word.form in match.forms) { hit.marks.push({ at: at, term: number }); }
      });
    });
    hit.hasAllPhrases = phrases.every(function (phrase) { return hasPhrase(hit.words, phrase); });
    hit.window = narrowestWindow(hit.marks);
    hit.exactTerms = countExactTerms(hit, terms || []);
    return hit;
  });
};

/* How many terms a text has exactly as they were typed, except for capital letters. */
function countExactTerms(hit, terms) {
  var found = newMap();
  function normalise(text) { return text.toLowerCase().normalize("NFC"); }
  var typed = terms.map(function (term) { return normalise(term.text); });
  hit.marks.forEach(function (mark) {
    var word = hit.words[mark.at];
    if (!(mark.term in found) && typed[mark.term] === normalise(hit.text.slice(word.from, word.to))) {
      found[mark.term] = true;
    }
  });
  return Object.keys(found).length;
}

function hasPhrase(words, phrase) {
  return words.some(function (word, at) {
    return phrase.every(function (form, n) { return words[at + n] && words[at + n].form === form; });
  });
}

/* The narrowest range of words that contains the most terms: its first word, the number of terms, its width. */
function narrowestWindow(marks) {
  var best = { terms: 0, width: Infinity, from: 0 }, counts = newMap(), terms = 0, left = 0;
  marks.forEach(function (mark) {
    counts[mark.term] = (counts[mark.term] || 0) + 1;
    if (counts[mark.term] === 1) { terms++; }
    while (counts[marks[left].term] > 1) { counts[marks[left++].term]--; }
    var width = mark.at - marks[left].at + 1;
    if (terms > best.terms || (terms === best.terms && width < best.width)) {
      best = { terms: terms, width: width, from: marks[left].at };
    }
  });
  return best;
}

/* Searches for a query. Pages with the words close together come first. */
LanguageIndex.prototype.search = function (text) {
  var index = this, query = parseQuery(text), hasPhrases = query.phrases.length > 0;
  return this.open().then(function () {
    return Promise.all(query.terms.map(function (term) { return index.findTerm(term); }));
  }).then(function (matches) {
    return index.rankPages(matches).then(function (hits) {
      // Phrases are looked for on the pages with all counted terms.
      var candidates = hasPhrases ? hits.filter(function (hit) { return hit.hasAllCountedTerms; }) : hits;
      var first = candidates.slice(0, hasPhrases ? PHRASE_PAGES : RERANKED_PAGES);
      return Promise.all(first.map(function (hit) { return index.loadHit(hit, matches, query.phrases, query.terms); })).then(function (loaded) {
        loaded.forEach(function (hit) {
          var slack = hit.window.width - hit.window.terms;
          hit.score *= 1 + 2 * Math.pow(hit.window.terms / Math.max(matches.length, 1), 2) / (1 + slack / 6);
          // The words as they were typed come before those with other accents, and before other forms.
          hit.score *= 1 + hit.exactTerms / Math.max(matches.length, 1);
        });
        loaded.sort(byScore);
        return Promise.all(matches.map(function (match) { return index.findSpellings(match, loaded); })).then(function (spellings) {
          matches.forEach(function (match, number) { match.spellings = spellings[number]; });
          return loaded;
        });
      }).then(function (loaded) {
        var rest = hasPhrases ? [] : candidates.slice(first.length);
        return {
          index: index,
          terms: query.terms,
          matches: matches,
          hits: loaded.filter(function (hit) { return hit.hasAllPhrases; }).concat(rest),
          isLimited: hasPhrases && candidates.length > PHRASE_PAGES
        };
      });
    });
  });
};
