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

