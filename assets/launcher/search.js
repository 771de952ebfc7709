/* Searches the documents of the disc, in the page. The index is loaded piece by piece as scripts,
   which is all that browsers allow to a page opened from a disc; docs/search.md has its format. */
(function () {
  "use strict";
  var form = document.getElementById("search");
  if (!form || !String.prototype.normalize || !window.Uint8Array) { return; }
  /* It is there until a script is that can do it: where none runs, or an old one. */
  document.getElementById("search_needs").style.display = "none";
  var folder = form.getAttribute("data-index");
  var languages = form.getAttribute("data-languages").split(" ");
  var here = document.documentElement.lang;
  var status = document.getElementById("search_status");
  var results = document.getElementById("search_results");
  var SHOWN = 10;
  var RERANKED = 12;
  var VERIFIED = 300;

  function told(name, values) {
    return form.getAttribute("data-" + name).replace(/\{(\w+)\}/g, function (all, key) {
      return values && key in values ? values[key] : all;
    });
  }

  /* --- Bytes. */

  /* Seven bits a character, the lowest first. */
  function unpack(text) {
    var bytes = new Uint8Array(text.length * 7 >> 3);
    var held = 0, bits = 0, at = 0;
    for (var i = 0; i < text.length; i++) {
      held |= text.charCodeAt(i) << bits;
      bits += 7;
      if (bits >= 8) {
        bytes[at++] = held & 255;
        held >>= 8;
        bits -= 8;
      }
    }
    return bytes;
  }

  /* RFC 1951, 3.2.5: the least length or distance of each code, and its extra bits. */
  var LENGTHS = [3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258];
  var LENGTH_BITS = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0];
  var DISTANCES = [1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097, 6145, 8193, 12289, 16385, 24577];
  var DISTANCE_BITS = [0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13];
  var CODE_ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

  /* Canonical codes: how many there are of each length, and their symbols in order (3.2.2). */
  function codes(lengths) {
    var count = [], offsets = [0, 0], symbols = [], i;
    for (i = 0; i < 16; i++) { count[i] = 0; }
    for (i = 0; i < lengths.length; i++) { count[lengths[i]]++; }
    count[0] = 0;
    for (i = 1; i < 15; i++) { offsets[i + 1] = offsets[i] + count[i]; }
    for (i = 0; i < lengths.length; i++) {
      if (lengths[i]) { symbols[offsets[lengths[i]]++] = i; }
    }
    return { count: count, symbols: symbols };
  }

  function inflate(input) {
    var at = 0, held = 0, bits = 0;
    var out = new Uint8Array(input.length * 4 + 1024), length = 0;

    function need(count) {
      while (bits < count) {
        if (at >= input.length) { throw new Error("cut short"); }
        held |= input[at++] << bits;
        bits += 8;
      }
      var value = held & ((1 << count) - 1);
      held >>>= count;
      bits -= count;
      return value;
    }

    function room(count) {
      if (length + count > out.length) {
        var larger = new Uint8Array(Math.max(out.length * 2, length + count));
        larger.set(out);
        out = larger;
      }
    }

    function symbol(table) {
      var code = 0, first = 0, index = 0;
      for (var size = 1; size < 16; size++) {
        code |= need(1);
        var count = table.count[size];
        if (code - count < first) { return table.symbols[index + code - first]; }
        index += count;
        first = first + count << 1;
        code <<= 1;
      }
      throw new Error("no such code");
    }

    function block(literals, distances) {
      for (;;) {
        var value = symbol(literals);
        if (value === 256) { return; }
        if (value < 256) {
          room(1);
          out[length++] = value;
          continue;
        }
        var run = LENGTHS[value - 257] + need(LENGTH_BITS[value - 257]);
        var code = symbol(distances);
        var back = DISTANCES[code] + need(DISTANCE_BITS[code]);
        if (back > length) { throw new Error("too far back"); }
        room(run);
        for (var i = 0; i < run; i++, length++) { out[length] = out[length - back]; }
      }
    }

    function filled(count, value) {
      var list = [];
      while (count--) { list.push(value); }
      return list;
    }

    function dynamic() {
      var literals = need(5) + 257, distances = need(5) + 1, lengthCodes = need(4) + 4;
      var lengths = filled(19, 0), all = [];
      for (var i = 0; i < lengthCodes; i++) { lengths[CODE_ORDER[i]] = need(3); }
      var table = codes(lengths);
      while (all.length < literals + distances) {
        var value = symbol(table);
        if (value < 16) { all.push(value); }
        else if (value === 16) { all = all.concat(filled(need(2) + 3, all[all.length - 1])); }
        else if (value === 17) { all = all.concat(filled(need(3) + 3, 0)); }
        else { all = all.concat(filled(need(7) + 11, 0)); }
      }
      block(codes(all.slice(0, literals)), codes(all.slice(literals, literals + distances)));
    }

    var last;
    do {
      last = need(1);
      var kind = need(2);
      if (kind === 0) {
        held = bits = 0;
        var size = input[at] | input[at + 1] << 8;
        at += 4;
        room(size);
        for (var i = 0; i < size; i++) { out[length++] = input[at++]; }
      } else if (kind === 1) {
        block(codes(filled(144, 8).concat(filled(112, 9), filled(24, 7), filled(8, 8))), codes(filled(30, 5)));
      } else if (kind === 2) {
        dynamic();
      } else {
        throw new Error("no such block");
      }
    } while (!last);
    return out.subarray(0, length);
  }

  function utf8(bytes, from, to) {
    var text = "", piece = [];
    while (from < to) {
      var byte = bytes[from++], code;
      if (byte < 0x80) { code = byte; }
      else if (byte < 0xe0) { code = (byte & 31) << 6 | bytes[from++] & 63; }
      else if (byte < 0xf0) { code = (byte & 15) << 12 | (bytes[from++] & 63) << 6 | bytes[from++] & 63; }
      else { code = (byte & 7) << 18 | (bytes[from++] & 63) << 12 | (bytes[from++] & 63) << 6 | bytes[from++] & 63; }
      if (code > 0xffff) {
        code -= 0x10000;
        piece.push(0xd800 | code >> 10, 0xdc00 | code & 0x3ff);
      } else {
        piece.push(code);
      }
      if (piece.length > 4000) {
        text += String.fromCharCode.apply(null, piece);
        piece = [];
      }
    }
    return text + String.fromCharCode.apply(null, piece);
  }

  /* Reads numbers and texts one after the other. */
  function Cursor(bytes) {
    this.bytes = bytes;
    this.at = 0;
  }
  Cursor.prototype.more = function () { return this.at < this.bytes.length; };
  Cursor.prototype.number = function () {
    var number = 0, shift = 0, byte;
    do {
      byte = this.bytes[this.at++];
      number += (byte & 127) * Math.pow(2, shift);
      shift += 7;
    } while (byte & 128);
    return number;
  };
  Cursor.prototype.text = function () {
    var length = this.number();
    this.at += length;
    return utf8(this.bytes, this.at - length, this.at);
  };

  /* --- Loading. */

  var loaded = {};
  var awaited = {};
  var requests = [];

  window.makeDiscShard = function (name, text) { loaded[name] = text; };
  window.makeDiscCharacters = function (words, marks) {
    tables = [starts(words), starts(marks)];
  };

  /* A shard by its name, read by `read` once. */
  function shard(name, read) {
    if (!awaited[name]) {
      awaited[name] = new Promise(function (done, failed) {
        var script = document.createElement("script");
        script.src = folder + name + ".js";
        requests.push(script.src);
        script.onload = function () {
          try {
            if (read) {
              var text = loaded[name];
              delete loaded[name];
              done(read(new Cursor(inflate(unpack(text)))));
            } else {
              done();
            }
          } catch (damaged) { failed(damaged); }
        };
        script.onerror = function () { failed(new Error(name)); };
        document.head.appendChild(script);
      });
      // A second try may find the disc cleaned.
      awaited[name]["catch"](function () { delete awaited[name]; });
    }
    return awaited[name];
  }

  function readHead(cursor) {
    var head = { pages: cursor.number(), documents: [], postings: [], texts: [], words: [] };
    var first = 0, i, count;
    for (i = cursor.number(); i; i--) {
      count = cursor.number();
      head.documents.push({ first: first, numbered: count % 2 === 1 });
      first += count >> 1;
    }
    function firsts(list) {
      var from = 0;
      for (var n = cursor.number(); n; n--) {
        list.push(from);
        from += cursor.number();
      }
    }
    firsts(head.postings);
    for (i = cursor.number(); i; i--) { head.words.push(cursor.text()); }
    firsts(head.texts);
    head.each = cursor.number();
    return head;
  }

  function readWords(cursor) {
    var list = [], bytes = [];
    while (cursor.more()) {
      bytes.length = cursor.number();
      for (var more = cursor.number(); more; more--) { bytes.push(cursor.bytes[cursor.at++]); }
      var word = { form: utf8(bytes, 0, bytes.length), stems: [] };
      for (var stems = cursor.number(); stems; stems--) {
        word.stems.push({ id: cursor.number(), pages: cursor.number() });
      }
      list.push(word);
    }
    return list;
  }

  function readPostings(cursor) {
    var lists = [];
    while (cursor.more()) {
      var length = cursor.number();
      lists.push(cursor.bytes.subarray(cursor.at, cursor.at + length));
      cursor.at += length;
    }
    return lists;
  }

  function readTexts(cursor) {
    var list = [];
    while (cursor.more()) { list.push(cursor.text()); }
    return list;
  }

  function readDocuments(cursor) {
    var list = [];
    while (cursor.more()) {
      list.push({ title: cursor.text(), lang: cursor.text(), report: cursor.text(), file: cursor.text(), format: cursor.text() });
    }
    return list;
  }

  /* The place of the last of a sorted list that is not after `wanted`; -1 if all are. */
  function lastUpTo(list, wanted, key) {
    var low = 0, high = list.length;
    while (low < high) {
      var middle = low + high >> 1;
      if ((key ? key(list[middle]) : list[middle]) <= wanted) { low = middle + 1; } else { high = middle; }
    }
    return low - 1;
  }

  /* --- Words. */

  var tables = null;

  function starts(table) {
    var end = 0;
    return table.split(" ").map(function (length) {
      end += parseInt(length, 36);
      return end;
    });
  }

  function within(table, code) {
    return lastUpTo(table, code) % 2 === 0;
  }

  var SIGNS = [0x0e00, 0x0eff, 0x1000, 0x109f, 0x1780, 0x17ff, 0x3040, 0x30ff, 0x3400, 0x4dbf, 0x4e00, 0x9fff, 0xf900, 0xfaff, 0x20000, 0x3ffff];

  function isSign(code) {
    for (var i = 0; i < SIGNS.length; i += 2) {
      if (code >= SIGNS[i] && code <= SIGNS[i + 1]) { return true; }
    }
    return false;
  }

  var LETTERS = {
    "œ": "oe", "æ": "ae", "ß": "ss", "ø": "o", "ł": "l", "ı": "i", "đ": "d", "ð": "d", "þ": "th",
    "\u0649": "\u064a", "\u06cc": "\u064a", "\u0629": "\u0647", "\u06a9": "\u0643", "\u0640": ""
  };

  function characters(text, work) {
    for (var i = 0; i < text.length; i++) {
      var code = text.charCodeAt(i), size = 1, low = text.charCodeAt(i + 1);
      if (code >= 0xd800 && code < 0xdc00 && low >= 0xdc00 && low < 0xe000) {
        code = (code - 0xd800 << 10) + low - 0xdc00 + 0x10000;
        size = 2;
      }
      work(code, text.substr(i, size), i);
      i += size - 1;
    }
  }

  function fold(word) {
    var form = "";
    characters(word.toLowerCase().normalize("NFKD"), function (code, character) {
      if (within(tables[1], code)) { return; }
      if (LETTERS.hasOwnProperty(character)) { form += LETTERS[character]; }
      else if (within(tables[0], code)) { form += character; }
    });
    return form;
  }

  /* The words of a text with their places; of scripts without spaces each two neighbouring signs. */
  function wordsOf(text) {
    var words = [], start = 0, kind = 0;
    function end(at) {
      var piece = text.slice(start, at);
      if (kind === 1) {
        var form = fold(piece);
        if (form) { words.push({ form: form, from: start, to: at }); }
      } else if (kind === 2) {
        var signs = [];
        characters(piece, function (code, sign, place) {
          var folded = fold(sign);
          if (folded) { signs.push({ form: folded, from: start + place, to: start + place + sign.length }); }
        });
        for (var i = 0; i < Math.max(signs.length - 1, 1) && signs.length; i++) {
          var next = signs[i + 1] || { form: "", to: signs[i].to };
          words.push({ form: signs[i].form + next.form, from: signs[i].from, to: next.to, sign: true });
        }
      }
    }
    characters(text, function (code, character, at) {
      var now = isSign(code) ? 2 : within(tables[0], code) ? 1
        : within(tables[1], code) || code === 0xad || code === 0x640 ? kind : 0;
      if (now !== kind) {
        end(at);
        start = at;
        kind = now;
      }
    });
    end(text.length);
    return words;
  }

  /* A query: its words, and which of them belong together in quotes. */
  function parsed(query) {
    var terms = [], phrases = [];
    query.split(/["“”„«»]/).forEach(function (part, number) {
      var words = wordsOf(part).map(function (word) {
        return { form: word.form, open: part.charAt(word.to) === "*", sign: word.sign };
      });
      if (number % 2 && words.length > 1) {
        phrases.push(words.map(function (word) { return word.form; }));
      } else if (number % 2 === 0 && words.length && /\S$/.test(part) && number === query.split(/["“”„«»]/).length - 1) {
        // The last word may not be finished.
        words[words.length - 1].last = true;
      }
      terms = terms.concat(words);
    });
    var seen = {};
    terms = terms.filter(function (term) {
      var is = !seen[term.form];
      seen[term.form] = true;
      return is;
    });
    return { terms: terms, phrases: phrases };
  }

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

  /* --- The page. */

  function element(name, text, attributes) {
    var made = document.createElement(name);
    if (text) { made.textContent = text; }
    Object.keys(attributes || {}).forEach(function (key) { made.setAttribute(key, attributes[key]); });
    return made;
  }

  function direction(language) {
    return form.getAttribute("data-rtl").split(" ").indexOf(language) >= 0 ? "rtl" : "ltr";
  }

  function nameOf(language) {
    return form.getAttribute("data-names").split("|")[languages.indexOf(language)];
  }

  /* The passage around the marked words. */
  function passage(hit, language) {
    var shown = element("p", "", { "class": "passage", lang: language, dir: direction(language) });
    var words = hit.words, marked = {};
    hit.marks.forEach(function (mark) { marked[mark.at] = true; });
    var room = words.length && words[0].sign ? 60 : 32;
    var first = Math.max(0, hit.window.from - Math.max(3, (room - Math.min(hit.window.width, room)) >> 1));
    var last = Math.min(words.length, first + room);
    if (!words.length) { return shown; }
    var at = first ? words[first].from : 0;
    if (first) { shown.appendChild(document.createTextNode("… ")); }
    for (var i = first; i < last; i++) {
      if (!marked[i] || words[i].to <= at) { continue; }
      var from = Math.max(words[i].from, at), to = words[i].to;
      // Neighbouring signs are marked in one piece.
      while (words[i].sign && marked[i + 1] && i + 1 < last && words[i + 1].from < to) { to = words[++i].to; }
      shown.appendChild(document.createTextNode(hit.text.slice(at, from).replace(/\s+/g, " ")));
      shown.appendChild(element("mark", hit.text.slice(from, to)));
      at = to;
    }
    var end = last < words.length ? words[last - 1].to : hit.text.length;
    shown.appendChild(document.createTextNode(hit.text.slice(at, Math.max(at, Math.min(end, at + 400))).replace(/\s+/g, " ")));
    if (last < words.length) { shown.appendChild(document.createTextNode(" …")); }
    return shown;
  }

  function hitLine(hit, place, index) {
    var line = element("li");
    var file = place.about.file + (place.numbered ? "#page=" + (place.part + 1) : "");
    var name = place.numbered ? told("page", { number: place.part + 1 }) : place.about.format;
    var link = element("a", name, { href: file, hreflang: index.language });
    line.appendChild(link);
    line.appendChild(passage(hit, index.language));
    return line;
  }

  /* Shows hits `from` on, grouped by document, as many groups as fit. */
  function showGroups(result, list, from) {
    var index = result.index;
    var some = result.hits.slice(from, from + SHOWN);
    return Promise.all(some.map(function (hit) {
      var read = hit.words ? Promise.resolve(hit) : index.read(hit, result.found, []);
      return Promise.all([read, index.document(hit.page)]);
    })).then(function (pairs) {
      var first = null;
      pairs.forEach(function (pair) {
        var hit = pair[0], place = pair[1], about = place.about;
        var group = result.groups[place.number];
        if (!group) {
          group = result.groups[place.number] = element("ul", "", { "class": "hits" });
          var item = element("li");
          var heading = element(result.level);
          var link = element("a", about.title, { href: about.report, lang: about.lang, dir: direction(about.lang) });
          heading.appendChild(link);
          if (index.language !== here) {
            heading.appendChild(document.createTextNode(" "));
            heading.appendChild(element("small", nameOf(index.language), { "class": "other", lang: index.language, dir: direction(index.language) }));
          }
          item.appendChild(heading);
          item.appendChild(group);
          list.appendChild(item);
          first = first || link;
        }
        var line = hitLine(hit, place, index);
        first = first || line.querySelector("a");
        group.appendChild(line);
      });
      return first;
    });
  }

  function showResult(result, heading, under) {
    var section = element("div", "", { "class": "found" });
    result.level = heading || under ? "h3" : "h2";
    if (heading) { section.appendChild(element("h2", heading)); }
    result.found.forEach(function (term, number) {
      if (term.near.length) {
        section.appendChild(element("p", told("near", { word: result.terms[number].form, words: term.near.join(", ") }), { "class": "notice" }));
      }
    });
    var list = element("ul", "", { "class": "reports" });
    section.appendChild(list);
    if (result.bounded) { section.appendChild(element("p", told("bounded", { number: VERIFIED }))); }
    results.appendChild(section);
    result.groups = {};
    var next = SHOWN;
    return showGroups(result, list, 0).then(function () {
      if (result.hits.length <= SHOWN) { return; }
      var more = element("button", told("more"), { type: "button" });
      section.appendChild(more);
      more.onclick = function () {
        showGroups(result, list, next).then(function (first) {
          if (first) { first.focus(); }
          next += SHOWN;
          if (next >= result.hits.length) { section.removeChild(more); }
        }, broken);
      };
    });
  }

  function broken() {
    status.textContent = told("broken");
  }

  var turn = 0;

  function search(query, where) {
    var mine = ++turn;
    results.textContent = "";
    document.title = (query ? query + " – " : "") + form.getAttribute("data-title");
    if (!query.trim()) {
      status.textContent = "";
      return Promise.resolve();
    }
    status.textContent = told("working");
    var own = languages.indexOf(here) >= 0 ? [here] : [];
    var others = languages.filter(function (language) { return language !== here; });
    var first = where === "" ? own : where === "all" ? own.concat(others) : [where];
    var second = where === "" ? others : [];

    function each(list, done) {
      return Promise.all(list.map(function (language) { return new Index(language).search(query); }))
        .then(function (found) {
          if (mine !== turn) { throw null; }
          return done(found.filter(function (result) { return result.hits.length; }));
        });
    }

    function count(all) {
      var pages = 0, documents = 0;
      all.forEach(function (result) {
        var seen = {};
        pages += result.hits.length;
        result.hits.forEach(function (hit) {
          seen[lastUpTo(result.index.head.documents, hit.page, function (document) { return document.first; })] = true;
        });
        documents += Object.keys(seen).length;
      });
      return all.length ? told("found", { pages: pages, documents: documents }) : told("none", { query: query });
    }

    function inTurn(all, under) {
      return all.reduce(function (before, result) {
        return before.then(function () {
          return showResult(result, all.length > 1 ? nameOf(result.index.language) : "", under);
        });
      }, Promise.resolve());
    }

    return shard("chars").then(function () {
      return each(first, function (all) {
        var whole = all.some(function (result) { return result.hits.some(function (hit) { return hit.whole; }); });
        return inTurn(all).then(function () {
          // What the page's language has not, another may have.
          if (whole || !second.length) { return all; }
          return each(second, function (more) {
            more = more.filter(function (result) { return result.hits[0].whole; });
            if (!more.length) { return all; }
            results.appendChild(element("h2", told("elsewhere"), { "class": "section" }));
            return inTurn(more, true).then(function () { return all.concat(more); });
          });
        });
      });
    }).then(function (all) {
      status.textContent = count(all);
    }, function (error) {
      if (error !== null) { broken(); }
    });
  }

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
