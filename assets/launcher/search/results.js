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

