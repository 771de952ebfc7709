  /* --- One language. */

  function Index(language) {
    this.language = language;
    this.folder = form.getAttribute("data-folders").split(" ")[languages.indexOf(language)];
  }

  Index.prototype.open = function () {
    var index = this;
    return shard(this.folder + "/head", readHead).then(function (head) { index.head = head; });
  };

  Index.prototype.words = function (number) {
    return number >= 0 && number < this.head.words.length
      ? shard(this.folder + "/w" + number, readWords) : Promise.resolve([]);
  };

  /* What a term of the query finds: stems with weights, and the forms to mark in texts. */
  Index.prototype.look = function (term) {
    var index = this, number = lastUpTo(this.head.words, term.form);
    return Promise.all([this.words(number), this.words(number + 1)]).then(function (both) {
      var list = both[0].concat(both[1]), found = { stems: {}, forms: {}, near: [] };
      var at = lastUpTo(list, term.form, function (word) { return word.form; });
      var exact = at >= 0 && list[at].form === term.form ? list[at] : null;

      function add(word, weight) {
        found.forms[word.form] = true;
        word.stems.forEach(function (stem) {
          var known = found.stems[stem.id];
          if (!known || known.weight < weight) { found.stems[stem.id] = { pages: stem.pages, weight: weight }; }
        });
      }

      if (exact) { add(exact, 1); }
      var begins = list.filter(function (word) { return word.form !== term.form && word.form.indexOf(term.form) === 0; });
      if (term.open || !exact || (term.last && term.form.length > 2)) {
        begins.sort(function (a, b) { return b.stems[0].pages - a.stems[0].pages; });
        begins.slice(0, 40).forEach(function (word) { add(word, term.open || !exact ? 0.8 : 0.3); });
      }
      if (!exact && !begins.length && !term.sign) {
        // The nearest words that begin like it.
        var best = 0, near = [];
        list.forEach(function (word) {
          var shared = 0;
          while (shared < word.form.length && word.form[shared] === term.form[shared]) { shared++; }
          if (shared < 4 || shared * 2 < term.form.length) { return; }
          if (shared > best) {
            best = shared;
            near = [];
          }
          if (shared === best) { near.push(word); }
        });
        near.slice(0, 4).forEach(function (word) {
          add(word, 0.5);
          found.near.push(word.form);
        });
      }
      // Other forms of the same stems, to be marked too.
      list.forEach(function (word) {
        if (word.stems.some(function (stem) { return found.stems.hasOwnProperty(stem.id); })) { found.forms[word.form] = true; }
      });
      found.pages = 0;
      Object.keys(found.stems).forEach(function (id) { found.pages = Math.max(found.pages, found.stems[id].pages); });
      return found;
    });
  };

  /* Pages by number with their scores. */
  Index.prototype.score = function (found) {
    var index = this, total = this.head.pages;
    var rarest = Math.min.apply(null, found.map(function (term) { return term.pages || total; }));
    var counted = found.filter(function (term) {
      // Words of nearly every page tell nothing beside rarer ones.
      return term.pages && !(term.pages > total * 0.4 && total > 50 && rarest < total * 0.2);
    });
    var scores = {};
    return Promise.all(counted.map(function (term) {
      return Promise.all(Object.keys(term.stems).map(function (id) {
        var number = lastUpTo(index.head.postings, +id);
        return shard(index.folder + "/p" + number, readPostings).then(function (lists) {
          return { bytes: lists[id - index.head.postings[number]], stem: term.stems[id] };
        });
      })).then(function (lists) {
        var best = {};
        lists.forEach(function (list) {
          var cursor = new Cursor(list.bytes), page = 0;
          var rarity = Math.log(1 + (total - list.stem.pages + 0.5) / (list.stem.pages + 0.5));
          while (cursor.more()) {
            var number = cursor.number();
            page += Math.floor(number / 16);
            var score = number % 16 / 15 * rarity * list.stem.weight;
            if (!(best[page] >= score)) { best[page] = score; }
          }
        });
        Object.keys(best).forEach(function (page) {
          var known = scores[page] || (scores[page] = { score: 0, terms: 0 });
          known.score += best[page];
          known.terms++;
        });
      });
    })).then(function () {
      return Object.keys(scores).map(function (page) {
        var share = scores[page].terms / counted.length;
        return { page: +page, score: scores[page].score * share * share, whole: share === 1 };
      }).sort(function (a, b) { return b.score - a.score || a.page - b.page; });
    });
  };

  Index.prototype.text = function (page) {
    var number = lastUpTo(this.head.texts, page), first = this.head.texts[number];
    return shard(this.folder + "/t" + number, readTexts).then(function (texts) { return texts[page - first]; });
  };

  Index.prototype.document = function (page) {
    var head = this.head;
    var number = lastUpTo(head.documents, page, function (document) { return document.first; });
    var extent = head.documents[number];
    return shard(this.folder + "/d" + Math.floor(number / head.each), readDocuments).then(function (list) {
      return { number: number, about: list[number % head.each], part: page - extent.first, numbered: extent.numbered };
    });
  };

  /* A page's text with what is marked in it. */
  Index.prototype.read = function (hit, found, phrases) {
    return this.text(hit.page).then(function (text) {
      hit.text = text;
      hit.words = wordsOf(text);
      hit.marks = [];
      hit.words.forEach(function (word, at) {
        found.forEach(function (term, number) {
          if (term.forms.hasOwnProperty(word.form)) { hit.marks.push({ at: at, term: number }); }
        });
      });
      hit.phrases = phrases.every(function (phrase) {
        return hit.words.some(function (word, at) {
          return phrase.every(function (form, n) { return hit.words[at + n] && hit.words[at + n].form === form; });
        });
      });
      hit.window = narrowest(hit.marks);
      return hit;
    });
  };

  /* The fewest words that hold the most terms: where they begin, how many terms, how wide. */
  function narrowest(marks) {
    var best = { terms: 0, width: Infinity, from: 0 }, counts = {}, terms = 0, left = 0;
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

  Index.prototype.search = function (query) {
    var index = this;
    var asked = parsed(query);
    return this.open().then(function () {
      return Promise.all(asked.terms.map(function (term) { return index.look(term); }));
    }).then(function (found) {
      return index.score(found).then(function (hits) {
        // Quoted words must all be there.
        var likely = asked.phrases.length ? hits.filter(function (hit) { return hit.whole; }) : hits;
        var first = likely.slice(0, asked.phrases.length ? VERIFIED : RERANKED);
        return Promise.all(first.map(function (hit) { return index.read(hit, found, asked.phrases); })).then(function (read) {
          read.forEach(function (hit) {
            // Words close together are likelier to be meant.
            var slack = hit.window.width - hit.window.terms;
            hit.score *= 1 + 2 * Math.pow(hit.window.terms / Math.max(found.length, 1), 2) / (1 + slack / 6);
          });
          read.sort(function (a, b) { return b.score - a.score || a.page - b.page; });
          var rest = asked.phrases.length ? [] : likely.slice(first.length);
          return {
            index: index,
            terms: asked.terms,
            found: found,
            hits: read.filter(function (hit) { return hit.phrases; }).concat(rest),
            bounded: asked.phrases.length > 0 && likely.length > VERIFIED
          };
        });
      });
    });
  };

