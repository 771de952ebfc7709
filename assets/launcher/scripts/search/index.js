/* --- The index of one language. */

/* This many of the best pages are sorted again by how close together the words are, if most words of the query are stop words: then
   the other words say little about which page is meant. */
var RERANKED_FOR_STOP_WORDS = 30;
/* How pages are ranked for queries and for questions. A question has words of the reader's own, which the pages about its subject lack,
   and which are rare for this reason; headings name the subject.
   rarity: the power of the rarity of a word that is its weight.
   share: the power of the share of the words that a page has, by which its score is multiplied.
   closeness: the power of the share of the words in the narrowest passage.
   reranked: this many of the best pages are sorted again by how close together the words are.
   someShare: if pages that lack words are shown, their words weigh at least this share of what the words of the best page weigh.
   minTerms: such a page has at least this many words, if any page has.
   headingBonus: by how much the score of a page rises if a heading consists of the words of the query.
   headingShare: a heading with less of the words, by their weight, does not count. */
var QUERY_RANKING = { rarity: 1, share: 2, closeness: 2, reranked: 12, someShare: 0.6, minTerms: 1, headingBonus: 0.5, headingShare: 0.7 };
var QUESTION_RANKING = { rarity: 0.6, share: 1, closeness: 1, reranked: 30, someShare: 0.45, minTerms: 2, headingBonus: 1.5, headingShare: 0.35 };

function rankingOf(query) { return query.isQuestion ? QUESTION_RANKING : QUERY_RANKING; }

/* Phrases are looked for in the texts of this many pages. */
var PHRASE_PAGES = 300;
/* A term on more than COMMON_SHARE of the pages is ignored if another is on fewer than RARE_SHARE, unless there are at most
   FEW_PAGES pages. */
var COMMON_SHARE = 0.4, RARE_SHARE = 0.2, FEW_PAGES = 50;
/* Weights.
   OWN_WEIGHT: in a query of one word, the pages with exactly the word as typed, if its form has a list of pages.
   PREFIX_WEIGHT: forms that begin with a word marked with an asterisk, or with a word that no document has.
   UNFINISHED_WEIGHT: forms that begin with the last word, which may be unfinished.
   SIMILAR_WEIGHT: similar words. */
var OWN_WEIGHT = 4, PREFIX_WEIGHT = 0.8, UNFINISHED_WEIGHT = 0.3, SIMILAR_WEIGHT = 0.5;
var MAX_COMPLETIONS = 40, MAX_SIMILAR = 4, MIN_SHARED_LETTERS = 4, MIN_UNFINISHED_LETTERS = 3;
/* In words from this length on, two letters may be wrong. */
var LONG_WORD = 10;
/* The weight of stop words. Stop words on more than MAX_MINOR_PAGES pages do not count, because loading the list of their pages
   takes too long. */
var MINOR_WEIGHT = 1, MAX_MINOR_PAGES = 2000;
/* METADATA_SHARE: the share of its weight with which a term counts for a page if only the metadata of the report has it.
   METADATA_BONUS: by how much the score of a page rises for each term that the metadata has, whether or not the page has it too. */
var METADATA_SHARE = 0.6, METADATA_BONUS = 0.15;
/* By how much the score of a page rises if a title of its report has all words of the query that count. Only the titles of the best
   MAX_TITLES pages are looked at. */
var TITLE_BONUS = 1, MAX_TITLES = 30;
/* The mark before each heading in the texts. */
var HEADING_MARK = "\u0001";
/* A line that only looks like a heading does not count if fewer than MIN_LINE_SHARE of its own words are in the query. */
var MIN_LINE_SHARE = 0.4, MAX_HEADING_LENGTH = 90;
/* If fewer than FEW_HITS pages have all words, at most MAX_SOME pages with at least SOME_SHARE of the words are shown after them. */
var FEW_HITS = 5, SOME_SHARE = 0.6, MAX_SOME = 10;

function LanguageIndex(language, folder) {
  this.language = language;
  // The language whose endings are removed from words that are not in the index.
  this.inflected = language;
  this.folder = folder;
}

LanguageIndex.prototype.readHead = readHead;

LanguageIndex.prototype.open = function () {
  var index = this;
  return loadShard(this.folder + "/head", this.readHead).then(function (head) { index.head = head; });
};

LanguageIndex.prototype.loadWords = function (number) {
  return number >= 0 && number < this.head.words.length
    ? loadShard(this.folder + "/w" + number, readWords) : Promise.resolve([]);
};

/* The words of the index around a form. */
LanguageIndex.prototype.loadWordsAround = function (form) {
  var number = lastNotAfter(this.head.words, form);
  return Promise.all([this.loadWords(number), this.loadWords(number + 1)]).then(function (shards) {
    return shards[0].concat(shards[1]);
  });
};

/* Looks up a term of the query. The match has the stems with their weights, and the forms that are marked in texts. */
LanguageIndex.prototype.findTerm = function (term) {
  var index = this, first = term.phrase ? this.findPhrase(term) : this.findWord(term);
  return Promise.all([first].concat((term.alternatives || []).map(function (other) { return index.findTerm(other); }))).then(function (matches) {
    return matches.length > 1 ? eitherOf(matches) : matches[0];
  });
};

LanguageIndex.prototype.lookUp = function (term) {
  return this.loadWordsAround(term.form).then(function (words) { return matchTerm(term, words); });
};

LanguageIndex.prototype.findWord = function (term) {
  var index = this, lookups = [this.lookUp(term)];
  // Documents may have words that the query joins by hyphens as one word.
  (term.joined || []).forEach(function (form) { lookups.push(index.lookUpExact(form)); });
  return Promise.all(lookups).then(function (matches) {
    var isStopWord = matches[0].isMinor, match = mergeMatches(matches);
    match.isStopWord = isStopWord;
    return match.isKnown ? match : index.findOtherForms(term, match);
  }).then(function (match) {
    // A symbol that no document has as a whole is looked up as a phrase of its words.
    return match.pages || !term.parts ? match : index.findPhrase({ phrase: term.parts });
  });
};

/* Finds other forms of a word that no document has in this form. Of Arabic words, the index also has the forms without particles and
   endings. Forms with other endings may belong to another word, so the page says which of them was found, as with similar words,
   unless they begin with the same SURE_BEGINNING letters. */
var SURE_BEGINNING = 5;

LanguageIndex.prototype.findOtherForms = function (term, match) {
  var index = this;
  if (term.isBigram || term.isPrefix || term.isExact) { return Promise.resolve(match); }
  function findFirst(steps, isWanted) {
    return steps.reduce(function (found, forms) {
      return found.then(function (known) {
        if (known) { return known; }
        return Promise.all(forms.map(index.lookUpExact, index)).then(function (others) {
          var at = others.map(isWanted).indexOf(true);
          return at < 0 ? null : { form: forms[at], match: others[at] };
        });
      });
    }, Promise.resolve(null));
  }
  // The reader may still be typing a word with which others begin. Words in quotation marks and excluded words stay as they are.
  var isFixed = match.pages || term.isQuoted || term.isExcluded;
  return findFirst(otherArabicForms(term.form), function (other) { return other.isKnown; }).then(function (known) {
    if (known) { return mergeMatches([known.match, match]); }
    return findFirst(isFixed ? [] : otherInflections(term.form, index.inflected), function (other) {
      return other.isKnown && !other.isMinor;
    }).then(function (inflected) {
      if (!inflected) { return match; }
      var isSure = inflected.form.slice(0, SURE_BEGINNING) === term.form.slice(0, SURE_BEGINNING) && inflected.form.length >= SURE_BEGINNING;
      if (!isSure) { inflected.match.similar.push(inflected.form); }
      return mergeMatches([inflected.match, match]);
    });
  });
};

LanguageIndex.prototype.lookUpExact = function (form) { return this.lookUp({ form: form, isExact: true }); };

/* Looks up words that must be next to each other. `parts` of the match has the match of each word. */
LanguageIndex.prototype.findPhrase = function (term) {
  var index = this;
  return Promise.all(term.phrase.map(this.lookUpExact, this)).then(function (parts) {
    var match = newMatch();
    match.phrase = term.phrase;
    match.parts = parts;
    match.pages = Math.min.apply(null, parts.map(function (part) { return part.pages; }));
    parts.forEach(function (part) { eachEntry(part.forms, function (form) { match.forms[form] = true; }); });
    if (!term.joined || !term.joined.length) { return match; }
    return Promise.all(term.joined.map(index.lookUpExact, index)).then(function (joined) {
      return eitherOf([match].concat(joined));
    });
  });
};

/* Looks for a phrase, whatever else a query has. Resolves to true if a text has it, to false if none has it, and to null if not all
   texts with its words were looked at. */
LanguageIndex.prototype.searchPhrase = function (phrase) {
  var index = this;
  return this.findPhrase({ phrase: phrase }).then(function (match) {
    return match.pages ? index.scoreTerm(match) : newMap();
  }).then(function (scores) {
    var pages = Object.keys(scores).sort(function (a, b) { return scores[b] - scores[a] || a - b; });
    return Promise.all(pages.slice(0, PHRASE_PAGES).map(function (page) {
      return index.loadTexts(+page).then(function (texts) {
        return texts.some(function (text) { return hasPhrase(splitWords(text), phrase); });
      });
    })).then(function (found) {
      return found.indexOf(true) >= 0 || (pages.length > PHRASE_PAGES ? null : false);
    });
  });
};

/* The text of a page, as a list like that of `CatalogueIndex`. */
LanguageIndex.prototype.loadTexts = function (page) {
  return this.loadText(page).then(function (text) { return [text]; });
};

/* Looks up the terms of a query, and its excluded terms. */
LanguageIndex.prototype.findTerms = function (query) {
  var index = this;
  function find(term) { return index.findTerm(term); }
  return this.open().then(function () {
    return Promise.all([Promise.all(query.terms.map(find)), Promise.all(query.excluded.map(find))]);
  }).then(function (found) {
    index.matches = found[0];
    index.limitRarity(query.terms);
    index.excluded = found[1];
    return index;
  });
};

/* In scripts without spaces, a pair of characters may be the end of a word and the beginning of the next: it is rare, but says
   nothing. So a pair between two others counts at most as rare as their average. */
LanguageIndex.prototype.limitRarity = function (terms) {
  var index = this, total = this.head.pages;
  function rarityAt(at, run) {
    return terms[at] && terms[at].isBigram && terms[at].run === run ? rarityOf(index.matches[at].pages, total) : NaN;
  }
  terms.forEach(function (term, at) {
    if (!term.isBigram) { return; }
    var beside = (rarityAt(at - 1, term.run) + rarityAt(at + 1, term.run)) / 2;
    if (beside < rarityOf(index.matches[at].pages, total)) { index.matches[at].rarity = beside; }
  });
};

/* Adds similar words to the match of a term that no document has; if `isStrict`, only those with wrong letters. */
LanguageIndex.prototype.findSimilar = function (number, term, isStrict) {
  var match = this.matches[number];
  return this.loadWordsAround(term.form).then(function (words) {
    if (term.isBigram || term.parts || match.either || match.phrase) { return; }
    similarWords(term.form, words, isStrict).forEach(function (word) {
      addWord(match, word, SIMILAR_WEIGHT);
      match.similar.push(word.form);
    });
    finishMatch(match, words);
  });
};

function newMatch() {
  return { stems: newMap(), forms: newMap(), similar: [], pages: 0, isMinor: false };
}

/* Looks a term up among the words of the index around it, which are sorted by their forms. */
function matchTerm(term, words) {
  var match = newMatch();
  if (term.isCharacter) { match.character = term.form; }
  var at = lastNotAfter(words, term.form, function (word) { return word.form; });
  var exact = at >= 0 && words[at].form === term.form ? words[at] : null;
  // A stop word has an entry, but no stem, if no text has it.
  var isKnown = Boolean(exact && exact.stems.length);
  match.isKnown = isKnown;
  match.isMinor = Boolean(exact && exact.isMinor);

  if (isKnown) { addWord(match, exact, 1); }
  if (isKnown && exact.own) { match.own = exact.own; }
  var completions = words.filter(function (word) {
    return word.form !== term.form && word.stems.length && word.form.indexOf(term.form) === 0;
  });
  // Very short terms are not completed.
  var isUnfinished = !isKnown && !match.isMinor && (term.isBigram || term.form.length >= MIN_UNFINISHED_LETTERS);
  if (term.isExact) { completions = []; }
  if (term.isPrefix || isUnfinished || (term.isLast && !match.isMinor && term.form.length >= MIN_UNFINISHED_LETTERS)) {
    // A word must not count twice, as itself and as the completion of another one.
    var others = newMap();
    if (isKnown && !term.isPrefix) {
      words.forEach(function (word) {
        if ((term.others || []).indexOf(word.form) >= 0) { word.stems.forEach(function (stem) { others[stem.id] = true; }); }
      });
    }
    completions = completions.filter(function (word) { return !word.stems.some(function (stem) { return stem.id in others; }); });
    completions.sort(function (a, b) { return b.stems[0].pages - a.stems[0].pages; });
    completions.slice(0, MAX_COMPLETIONS).forEach(function (word) {
      addWord(match, word, term.isPrefix || !isKnown ? PREFIX_WEIGHT : UNFINISHED_WEIGHT);
    });
  }
  return finishMatch(match, words);
}

function addWord(match, word, weight) {
  match.forms[word.form] = true;
  word.stems.forEach(function (stem) {
    var known = match.stems[stem.id];
    if (!known || known.weight < weight) { match.stems[stem.id] = { pages: stem.pages, weight: weight }; }
  });
}

/* Other forms of the same stems are marked too. */
function finishMatch(match, words) {
  words.forEach(function (word) {
    if (word.stems.some(function (stem) { return stem.id in match.stems; })) { match.forms[word.form] = true; }
  });
  eachEntry(match.stems, function (id, stem) { match.pages = Math.max(match.pages, stem.pages); });
  return match;
}

/* Merges matches into the first, which then finds what any of them finds. */
function mergeMatches(matches) {
  var merged = matches[0];
  matches.slice(1).forEach(function (match) {
    eachEntry(match.stems, function (id, stem) {
      if (!merged.stems[id] || merged.stems[id].weight < stem.weight) { merged.stems[id] = stem; }
    });
    eachEntry(match.forms, function (form) { merged.forms[form] = true; });
    merged.pages = Math.max(merged.pages, match.pages);
    merged.isMinor = merged.isMinor && match.isMinor;
    merged.isKnown = merged.isKnown || match.isKnown;
  });
  return merged;
}

/* A match that finds what any of several matches finds, some of which may be phrases. */
function eitherOf(matches) {
  var match = newMatch();
  match.either = matches;
  match.isMinor = matches.every(function (each) { return each.isMinor; });
  matches.forEach(function (each) {
    eachEntry(each.forms, function (form) { match.forms[form] = true; });
    match.pages = Math.max(match.pages, each.pages);
  });
  return match;
}

/* Whether the words of a match must be next to each other, which only the text of a page shows. */
function isPhrase(match) { return Boolean(match.phrase || (match.either && match.either.some(isPhrase))); }

/* Whether a text has what a match finds. */
function hasMatch(match, words, compounds) {
  if (match.either) { return match.either.some(function (each) { return hasMatch(each, words, compounds); }); }
  return match.phrase ? hasPhrase(words, match.phrase) : findMarks(words, compounds, [match]).length > 0;
}

/* Finds the words of an index that are most similar to a form that no document has: those with the fewest wrong letters, or
   those that share the longest beginning with it, unless `isStrict`. */
function similarWords(form, words, isStrict) {
  var longest = 0, fewest = form.length >= LONG_WORD ? 2 : 1, similar = [], beginAlike = [];
  words.forEach(function (word) {
    if (!word.stems.length || word.form.charAt(0) === "=" || isReflexive(word.form) !== isReflexive(form)) { return; }
    var shared = 0;
    while (shared < word.form.length && word.form[shared] === form[shared]) { shared++; }
    var wrong = shared && form.length > MIN_SHARED_LETTERS ? countWrongLetters(form, word.form, fewest) : Infinity;
    if (wrong < fewest) { similar = []; }
    if (wrong <= fewest) {
      fewest = wrong;
      similar.push(word);
    }
    // Not a longer word that only begins like it.
    if (shared < MIN_SHARED_LETTERS || shared * 3 < form.length * 2 || shared * 3 < word.form.length * 2) { return; }
    if (shared > longest) {
      longest = shared;
      beginAlike = [];
    }
    if (shared === longest) { beginAlike.push(word); }
  });
  similar.sort(function (a, b) { return b.stems[0].pages - a.stems[0].pages; });
  return (similar.length || isStrict ? similar : beginAlike).slice(0, MAX_SIMILAR);
}

/* Whether a form has the ending of Russian reflexive verbs, which often mean something else than the verbs without it: подавиться is
   “to choke”, подавить “to suppress”. */
function isReflexive(form) { return form.length > MIN_SHARED_LETTERS && /[а-я]с[ья]$/.test(form); }

/* How many letters must be inserted, removed, replaced or swapped with their neighbours to turn one word into another; Infinity
   if more than `max`. */
function countWrongLetters(a, b, max) {
  if (Math.abs(a.length - b.length) > max) { return Infinity; }
  var rows = [], i, j;
  for (i = 0; i <= a.length; i++) {
    var best = Infinity;
    rows.push([i]);
    for (j = 1; j <= b.length; j++) {
      var isSame = a[i - 1] === b[j - 1];
      rows[i][j] = i === 0 ? j : Math.min(rows[i - 1][j] + 1, rows[i][j - 1] + 1, rows[i - 1][j - 1] + (isSame ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        rows[i][j] = Math.min(rows[i][j], rows[i - 2][j - 2] + 1);
      }
      best = Math.min(best, rows[i][j]);
    }
    if (Math.min(best, rows[i][0]) > max) { return Infinity; }
  }
  return rows[a.length][b.length] <= max ? rows[a.length][b.length] : Infinity;
}

/* The most frequent spelling of a form in some texts, or null. A word whose first letter alone is a capital may be at the beginning of a
   sentence, so it counts CAPITALISED_SHARE as much. Each text has its words with it. */
var CAPITALISED_SHARE = 0.25;

function findSpelling(form, texts) {
  var counts = newMap(), best = null;
  function countOf(spelling) {
    var rest = spelling.slice(1), isCapitalised = spelling !== spelling.toLowerCase() && rest === rest.toLowerCase();
    return counts[spelling] * (isCapitalised ? CAPITALISED_SHARE : 1);
  }
  texts.forEach(function (text) {
    function add(from, to) {
      // Remove soft hyphens and the Arabic tatweel, which lengthens letters.
      var spelling = text.text.slice(from, to).replace(/[\xad\u0640]/g, "");
      counts[spelling] = (counts[spelling] || 0) + 1;
      if (best === null || countOf(spelling) > countOf(best)) { best = spelling; }
    }
    text.words.forEach(function (word) {
      if (word.form === form) { add(word.from, word.to); }
    });
    // The index has words joined by hyphens also without them.
    findCompounds(text.words, text.text).forEach(function (compound) {
      if (compound.form === form) { add(text.words[compound.first].from, text.words[compound.last].to); }
    });
  });
  return best;
}

/* The similar words of a match as documents write them. The index has only their forms, without accents, vowel signs and distinctions
   between similar letters: a form is shown only if it is ASCII. The spellings are looked for in `texts`, and then, for each stem, on
   its first page and in the title of its document. */
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

/* The pages that a term is on, with its score on each. The weight of the term is its rarity, to the power of `power` if
   there is one. */
LanguageIndex.prototype.scoreTerm = function (match, power) {
  var index = this, total = this.head.pages;
  if (match.either) {
    return Promise.all(match.either.map(function (each) { return index.scoreTerm(each, power); })).then(function (scores) {
      var best = newMap();
      scores.forEach(function (each) {
        eachEntry(each, function (page, score) { if (!(best[page] >= score)) { best[page] = score; } });
      });
      return best;
    });
  }
  if (match.parts) {
    return Promise.all(match.parts.map(function (part) { return index.scoreTerm(part, power); })).then(function (scores) {
      var best = newMap();
      eachEntry(scores[0], function (page) {
        var all = scores.map(function (each) { return each[page]; });
        if (all.every(Boolean)) { best[page] = Math.min.apply(null, all); }
      });
      return best;
    });
  }
  return Promise.all(Object.keys(match.stems).map(function (id) {
    return index.loadPostings(+id, match.stems[id]);
  })).then(function (lists) {
    var best = newMap();
    lists.forEach(function (list) {
      var reader = new ByteReader(list.bytes), page = 0;
      var rarity = Math.min(rarityOf(list.stem.pages, total), match.rarity === undefined ? Infinity : match.rarity);
      var weight = power ? Math.pow(rarity, power) : rarity;
      while (reader.hasMore()) {
        var number = reader.readNumber();
        page += Math.floor(number / 16);
        var score = number % 16 / 15 * weight * list.stem.weight;
        if (!(best[page] >= score)) { best[page] = score; }
      }
    });
    return best;
  });
};

/* The numbers of the terms that count. Terms that no document has do not count; `isElsewhere` says whether a term that no page has is
   in the metadata. Nor do stop words, unless there are no other terms, and terms on many pages if another is on few (COMMON_SHARE). In a
   question, stop words do not count even if no document has its other terms. */
LanguageIndex.prototype.countedTerms = function (terms, isElsewhere, isQuestion) {
  var index = this, total = this.head.pages;
  var known = this.matches.map(function (match, number) { return number; }).filter(function (number) {
    return index.matches[number].pages || isElsewhere(number);
  });
  var major = known.filter(function (number) { return !isMinor(index.matches[number], terms[number]); });
  if (!major.length) {
    var hasOthers = terms.some(function (term, number) { return !isMinor(index.matches[number], term); });
    return isQuestion && hasOthers ? [] : known;
  }
  var rarest = Math.min.apply(null, major.map(function (number) { return index.matches[number].pages || total; }));
  return major.filter(function (number) {
    return !(index.matches[number].pages > total * COMMON_SHARE && total > FEW_PAGES && rarest < total * RARE_SHARE);
  });
};

/* Whether a term is a stop word in the language of a match, or in the language of the page. Abbreviations such as WHO are not. */
function isMinor(match, term) {
  return (match.isMinor || term.isMinor === true) && !(term.text && term.text.length > 1 && term.text === term.text.toUpperCase() && term.text !== term.text.toLowerCase());
}

/* The weight of a term that is on `pages` of `total` pages (the inverse document frequency of BM25): the fewer pages, the more it
   says. */
function rarityOf(pages, total) { return Math.log(1 + (total - pages + 0.5) / (pages + 0.5)); }

function countBits(mask) {
  var count = 0;
  for (; mask; mask &= mask - 1) { count++; }
  return count;
}

/* Gives more weight to the pages that have exactly the form of the query, because other forms of the stem may mean something else.
   It is called only if exactly one word of the query counts. In longer queries, readers often type the dictionary form and mean
   any form. */
function addOwnPages(match) {
  if (match.own) { match.stems[match.own.id] = { pages: match.pages, weight: OWN_WEIGHT }; }
}

/* The pages that any counted term is on, the best first. `metadata` is the index of the metadata; `isWanted` says which documents
   are searched. */
LanguageIndex.prototype.rankPages = function (query, metadata, isWanted) {
  var index = this, terms = query.terms, ranking = rankingOf(query), inMetadata = 0;
  eachEntry(metadata.masks, function (report, mask) { inMetadata |= mask; });
  var counted = this.countedTerms(terms, function (number) { return inMetadata & 1 << number; }, query.isQuestion);
  this.counted = counted;
  if (counted.length === 1) { addOwnPages(this.matches[counted[0]]); }
  // If all words that count are on many pages, even the most frequent stop words help.
  var total = this.head.pages, rarest = Math.min.apply(null, counted.map(function (number) { return index.matches[number].pages || total; }));
  var most = rarest < total * RARE_SHARE ? Math.max(FEW_PAGES, total * COMMON_SHARE) : total;
  var minor = this.matches.filter(function (match, number) {
    return !query.isQuestion && counted.indexOf(number) < 0 && match.pages && match.pages <= Math.min(MAX_MINOR_PAGES, most);
  });
  var scored = counted.map(function (number) { return index.matches[number]; }).concat(this.excluded, minor);
  return Promise.all(scored.map(function (match) { return index.scoreTerm(match, ranking.rarity); })).then(function (termScores) {
    var pages = newMap(), countedMask = 0;
    counted.forEach(function (number, at) {
      countedMask |= 1 << number;
      eachEntry(termScores[at], function (page, score) {
        var sum = pages[page] || (pages[page] = { score: 0, mask: 0 });
        sum.score += score;
        sum.mask |= 1 << number;
      });
    });
    termScores.slice(counted.length + index.excluded.length).forEach(function (scores) {
      eachEntry(scores, function (page, score) {
        if (!pages[page]) { return; }
        pages[page].score += score * MINOR_WEIGHT;
        pages[page].minor = (pages[page].minor || 0) + 1;
      });
    });
    termScores.slice(counted.length, counted.length + index.excluded.length).forEach(function (scores) {
      eachEntry(scores, function (page) { delete pages[page]; });
    });
    var hits = [], weights = counted.map(function (number) { 
      var match = index.matches[number], rarity = rarityOf(match.pages || 1, total);
      return Math.pow(match.rarity < rarity ? match.rarity : rarity, ranking.rarity);
    });
    function weightOf(mask) {
      return weights.reduce(function (sum, weight, at) { return mask & 1 << counted[at] ? sum + weight : sum; }, 0);
    }
    index.shareOf = function (mask) { return weightOf(mask) / weightOf(countedMask); };
    eachEntry(pages, function (key, page) {
      var number = index.documentOf(+key), report = index.head.documents[number].report;
      if (!isWanted(index.head.documents[number])) { return; }
      var reportMask = (metadata.masks[report] || 0) & countedMask;
      var ownCount = countBits(page.mask), allCount = countBits(page.mask | reportMask);
      // A rare word is worth more than several that are on many pages.
      var share = (weightOf(page.mask) + METADATA_SHARE * weightOf(reportMask & ~page.mask)) / weightOf(countedMask);
      var score = page.score * Math.pow(share, ranking.share) * (1 + METADATA_BONUS * countBits(reportMask)) *
        (1 + (page.minor || 0) / Math.max(minor.length, 1));
      var shareOfAll = (ownCount + (page.minor || 0)) / (counted.length + minor.length);
      hits.push({
        page: +key, document: number, report: report, terms: allCount, share: share, hasAllCountedTerms: allCount === counted.length,
        // Bit masks. missingTerms: neither the page nor the metadata has them. onlyInMetadata: the metadata has them, the page does
        // not. inMetadata: the metadata has them. phrasesInMetadata: the phrases that the metadata has.
        missingTerms: countedMask & ~(page.mask | reportMask), onlyInMetadata: reportMask & ~page.mask, inMetadata: reportMask, phrasesInMetadata: metadata.phrases[report] || 0,
        score: score, sentenceScore: minor.length ? score * shareOfAll * shareOfAll : score
      });
    });
    return hits.sort(byScore);
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
      isPaginated: extent.isPaginated
    };
  });
};

/* Finds the terms of `matches` in a text. A mark has the number of the word (`at`), the number of the term, and the positions at
   which the marked characters begin and end. */
function findMarks(words, compounds, matches) {
  var marks = [];
  function addMarks(match, number) {
    function add(at, from, to) { marks.push({ at: at, term: number, from: from, to: to }); }
    if (match.either) {
      match.either.forEach(function (each) { addMarks(each, number); });
      return;
    }
    if (match.phrase) {
      words.forEach(function (word, at) {
        if (!isPhraseAt(words, at, match.phrase)) { return; }
        match.phrase.forEach(function (form, n) { add(at + n, words[at + n].from, words[at + n].to); });
      });
      return;
    }
    words.forEach(function (word, at) {
      if (match.character && word.isBigram) {
        // Only the character that was searched for is marked, not the whole pair.
        var size = match.character.length;
        if (word.form.slice(0, size) === match.character) { add(at, word.from, word.half || word.to); }
        else if (word.form.slice(-size) === match.character) { add(at, word.half || word.from, word.to); }
      } else if (word.form in match.forms || formsWithoutParticle(word.form).some(function (form) { return form in match.forms; })) {
        add(at, word.from, word.to);
      }
    });
    compounds.forEach(function (compound) {
      if (!(compound.form in match.forms)) { return; }
      for (var at = compound.first; at <= compound.last; at++) { add(at, words[compound.first].from, words[compound.last].to); }
    });
  }
  matches.forEach(addMarks);
  return marks.sort(function (a, b) { return a.at - b.at || a.term - b.term; });
}

/* Adds to a hit the text of its page, and the marks of the terms in it. */
LanguageIndex.prototype.loadHit = function (hit, query) {
  var index = this;
  return this.loadText(hit.page).then(function (text) {
    hit.text = text;
    hit.words = splitWords(text);
    var compounds = findCompounds(hit.words, text);
    hit.marks = findMarks(hit.words, compounds, index.matches);
    // A phrase may be only in the metadata of the report. Then the page must have at least one other term of the query.
    var missing = query.phrases.filter(function (phrase) { return !hasPhrase(hit.words, phrase); });
    var isMatch = !missing.length || hit.marks.some(function (mark) {
      var form = query.terms[mark.term].form;
      return index.counted.indexOf(mark.term) >= 0 && !missing.some(function (phrase) { return phrase.indexOf(form) >= 0; });
    });
    hit.hasAllPhrases = isMatch && query.phrases.every(function (phrase, number) {
      return missing.indexOf(phrase) < 0 || hit.phrasesInMetadata & 1 << number;
    }) && index.matches.every(function (match, number) {
      return !isPhrase(match) || hit.inMetadata & 1 << number || index.counted.indexOf(number) < 0 || hasMatch(match, hit.words, compounds);
    }) && !query.excludedPhrases.some(function (phrase) { return hasPhrase(hit.words, phrase); });
    var countedMarks = hit.marks.filter(function (mark) { return index.counted.indexOf(mark.term) >= 0; });
    var rankedMarks = query.isQuestion ? countedMarks : hit.marks;
    hit.window = narrowestWindow(rankedMarks);
    hit.headings = findHeadings(text, hit.words, countedMarks, index.head.documents[hit.document].isPaginated);
    hit.exactTerms = countExactTerms(text, rankedMarks, query.terms);
    // In passages, only words that count are marked.
    hit.shownMarks = query.phrases.length ? hit.marks : countedMarks;
    hit.shownWindow = shownPart(narrowestWindow(hit.shownMarks, underHeadings(text, hit.words, hit.headings)), hit.headings);
    return hit;
  });
};

/* Whether a line of a page looks like a heading: it is short, begins with a capital letter, perhaps after a number, and does not end as
   a sentence does. In scripts without capitals, a heading looks like the end of any paragraph. */
function isLikeHeading(line) {
  var text = line.trim(), first = /[^\s\d.()§#-]/.exec(text);
  return text.length <= MAX_HEADING_LENGTH && !/[.,;:!\u2026-]$/.test(text) && Boolean(first) && first[0] !== first[0].toLowerCase();
}

/* The headings in a text that have marked words: for each the word at which it begins, the number of its words, the terms that it has,
   as bits, and whether the index says that it is a heading. On pages, lines that only look like headings are included, because the
   index knows no headings that are hardly larger than the running text. */
function findHeadings(text, words, marks, isPaginated) {
  var headings = [], next = 0, at = 0, start = 0;
  text.split("\n").forEach(function (line) {
    var end = start + line.length, heading = { at: 0, words: 0, mask: 0, isMarked: line.indexOf(HEADING_MARK) >= 0 };
    while (at < words.length && words[at].from < start) { at++; }
    heading.at = at;
    for (; at < words.length && words[at].from < end; at++) { heading.words++; }
    for (; next < marks.length && marks[next].from < end; next++) {
      heading.mask |= 1 << marks[next].term;
    }
    if (heading.mask && (heading.isMarked || (isPaginated && isLikeHeading(line)))) { headings.push(heading); }
    start = end + 1;
  });
  return headings;
}

/* How well the best heading of a page fits the query, from 0 to 1. `shareOf` gives the share of the query that some terms are; a heading
   with a share of less than `minShare` does not count. A line that only looks like a heading says little about a query of one word, and
   so does a long heading. */
function headingFit(hit, shareOf, terms, minShare) {
  return hit.headings.reduce(function (best, heading) {
    var share = shareOf(heading.mask), ownShare = countBits(heading.mask) / heading.words;
    var isClear = heading.isMarked ? terms > 1 || ownShare >= MIN_LINE_SHARE : terms > 1 && ownShare >= MIN_LINE_SHARE;
    var counts = share >= minShare && isClear;
    return counts ? Math.max(best, share * share * (1 + ownShare) / 2) : best;
  }, 0);
}

/* The part of a text that is shown: the section whose heading has as many terms as the narrowest window, or else this window. */
function shownPart(window, headings) {
  var best = headings.filter(function (heading) { return heading.isMarked; }).reduce(function (best, heading) {
    return !best || countBits(heading.mask) > countBits(best.mask) ? heading : best;
  }, null);
  return best && countBits(best.mask) >= window.terms
    ? { from: best.at, width: best.words, terms: countBits(best.mask), isSection: true } : window;
}

/* How many of the terms that are marked in a text it has exactly as they were typed, except for capital letters,
   ligatures and wide letters. */
function countExactTerms(text, marks, terms) {
  var found = newMap();
  function normalise(text) { return text.toLowerCase().normalize("NFKC"); }
  var typed = terms.map(function (term) { return normalise(term.text); });
  marks.forEach(function (mark) {
    if (!(mark.term in found) && typed[mark.term] === normalise(text.slice(mark.from, mark.to))) {
      found[mark.term] = true;
    }
  });
  return Object.keys(found).length;
}

function hasPhrase(words, phrase) {
  return words.some(function (word, at) { return isPhraseAt(words, at, phrase); });
}

function isPhraseAt(words, at, phrase) {
  return phrase.every(function (form, n) { return words[at + n] && words[at + n].form === form; });
}

/* A function that says whether a word is in a section whose heading has words of the query. */
function underHeadings(text, words, headings) {
  var sections = newMap();
  function sectionAt(position) { return text.lastIndexOf(HEADING_MARK, position); }
  headings.forEach(function (heading) { if (heading.isMarked) { sections[sectionAt(words[heading.at].from)] = true; } });
  return function (at) { return sectionAt(words[at].from) in sections; };
}

/* The narrowest range of words that contains the most terms: its first word, the number of terms, its width. Of ranges with the same
   width, it is the first for whose first word `isPreferred` is true, if there is one. */
function narrowestWindow(marks, isPreferred) {
  var best = { terms: 0, width: Infinity, from: 0 }, counts = newMap(), terms = 0, left = 0;
  function isBetter(width) {
    if (terms !== best.terms || width !== best.width) { return terms > best.terms || (terms === best.terms && width < best.width); }
    return Boolean(isPreferred) && !isPreferred(best.from) && isPreferred(marks[left].at);
  }
  marks.forEach(function (mark) {
    counts[mark.term] = (counts[mark.term] || 0) + 1;
    if (counts[mark.term] === 1) { terms++; }
    while (counts[marks[left].term] > 1) { counts[marks[left++].term]--; }
    var width = mark.at - marks[left].at + 1;
    if (isBetter(width)) {
      best = { terms: terms, width: width, from: marks[left].at };
    }
  });
  return best;
}

/* The pages that are sorted again by their texts: the best ones, and the best ones if stop words count like other words, because
   the query may be a sentence that the reader remembers. */
function chooseReranked(hits, count) {
  var bySentence = hits.slice().sort(function (a, b) { return b.sentenceScore - a.sentenceScore || a.page - b.page; }), chosen = [];
  for (var i = 0; i < hits.length && chosen.length < count; i++) {
    [hits[i], bySentence[i]].forEach(function (hit) { if (chosen.indexOf(hit) < 0) { chosen.push(hit); } });
  }
  return chosen.slice(0, count);
}

/* Searches for a query whose terms have been looked up. `metadata` and `isWanted` are as for `rankPages`. Pages with the words
   close together come first. In the result, `hits` are the pages with all counted terms. If there are none (`isComplete` is false),
   `hits` are the pages whose terms weigh a large share of those of the best page; each has at least `minTerms` terms (0 in
   scripts without spaces, where this is not known). A query with phrases has no such hits. `partialHits` are further pages with most of the
   terms. */
LanguageIndex.prototype.search = function (query, metadata, isWanted) {
  var index = this, terms = query.terms, ranking = rankingOf(query);
  var hasPhrases = query.phrases.length > 0 || query.excludedPhrases.length > 0 ||
    this.matches.some(function (match) { return isPhrase(match) && match.pages; });
  return this.rankPages(query, metadata, isWanted).then(function (hits) {
    var complete = hits.filter(function (hit) { return hit.hasAllCountedTerms; });
    var most = hits.reduce(function (most, hit) { return Math.max(most, hit.terms); }, 0);
    // In scripts without spaces, the boundaries of words are not known, and some pairs of characters belong to two words.
    var isUnspaced = terms.some(function (term) { return term.isBigram; });
    // A page with fewer words may be about the question, while the page with the most is just long, or has the most frequent words.
    var best = hits.reduce(function (best, hit) { return Math.max(best, hit.share); }, 0);
    // In a question, one word may be only the reader's. Then a page that happens to have it must not come before all others.
    var isMixed = query.isQuestion && complete.length < FEW_HITS;
    var candidates = (complete.length && !isMixed) || hasPhrases ? complete : hits.filter(function (hit) {
      return hit.share >= best * ranking.someShare && hit.terms >= Math.min(most, ranking.minTerms);
    });
    var partialHits = hasPhrases || !complete.length || complete.length >= FEW_HITS ? [] : hits.filter(function (hit) {
      return !hit.hasAllCountedTerms && candidates.indexOf(hit) < 0 && hit.terms >= Math.max(2, index.counted.length * SOME_SHARE);
    }).slice(0, MAX_SOME);
    var stopWords = terms.filter(function (term, number) { return isMinor(index.matches[number], term); }).length;
    var reranked = stopWords * 2 > terms.length ? RERANKED_FOR_STOP_WORDS : ranking.reranked;
    var first = hasPhrases ? candidates.slice(0, PHRASE_PAGES) : chooseReranked(candidates, reranked);
    return Promise.all(first.map(function (hit, at) {
      var title = at < MAX_TITLES ? metadata.findTitleTerms(hit.report) : 0;
      return Promise.all([index.loadHit(hit, query), title]).then(function (parts) {
        hit.titleTerms = parts[1];
        return hit;
      });
    })).then(function (loaded) {
      var count = Math.max((query.isQuestion ? index.counted : terms).length, 1);
      loaded.forEach(function (hit) {
        var slack = hit.window.width - hit.window.terms;
        hit.score *= 1 + 2 * Math.pow(hit.window.terms / count, ranking.closeness) / (1 + slack / 6);
        // The words as they were typed come before those with other accents, and before other forms.
        hit.score *= 1 + hit.exactTerms / count;
        hit.score *= 1 + TITLE_BONUS * index.shareOf(hit.titleTerms);
        hit.score *= 1 + ranking.headingBonus * headingFit(hit, index.shareOf, index.counted.length, ranking.headingShare);
      });
      loaded.sort(byScore);
      return Promise.all(index.matches.map(function (match) { return index.findSpellings(match, loaded); })).then(function (spellings) {
        index.matches.forEach(function (match, number) { match.spellings = spellings[number]; });
        return {
          index: index,
          query: query,
          hits: loaded.filter(function (hit) { return hit.hasAllPhrases; }).concat(hasPhrases ? [] : candidates.filter(function (hit) { return first.indexOf(hit) < 0; })),
          partialHits: partialHits,
          isComplete: complete.length > 0,
          minTerms: isUnspaced ? 0 : candidates.reduce(function (least, hit) { return Math.min(least, hit.terms); }, most),
          isLimited: hasPhrases && candidates.length > PHRASE_PAGES
        };
      });
    });
  });
};
