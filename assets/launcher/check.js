/* The check of the disc in the browser. Written for browsers of 2009 to parse; those that cannot
   choose a folder keep the commands alone, as those without script do. Nothing is sent anywhere. */
(function () {
  "use strict";

  var box = document.getElementById("checker");
  var probe = document.createElement("input");
  if (!box || !box.classList || !("webkitdirectory" in probe) || !window.FileReader || !window.Uint32Array ||
      !window.File || !File.prototype.slice) {
    return;
  }
  var SLICE = 2 * 1024 * 1024;
  var picker = part("checker_pick"), cancel = part("checker_cancel"), bar = part("checker_bar");
  var status = part("checker_status"), verdict = part("checker_verdict");
  var language = document.documentElement.lang;
  /* Counts up with every check, so that one that was broken off notices. */
  var run = 0;

  box.classList.add("ready");
  picker.onchange = function () {
    if (picker.files.length) {
      check(picker.files);
    }
  };
  cancel.onclick = function () {
    run += 1;
    working(false);
    status.textContent = say("stopped", {});
    picker.value = "";
  };

  function part(id) {
    return document.getElementById(id);
  }

  /* A sentence in the language of the page, its names in braces filled. */
  function say(key, values) {
    return box.getAttribute("data-" + key).replace(/\{([a-z_]+)\}/g, function (whole, name) {
      var value = values.hasOwnProperty(name) ? values[name] : whole;
      return typeof value === "number" ? number(value) : value;
    });
  }

  function number(value) {
    try {
      return value.toLocaleString(language);
    } catch (error) {
      return String(value);
    }
  }

  function working(yes) {
    box.classList[yes ? "add" : "remove"]("working");
    picker.disabled = yes;
  }

  /* --- SHA-256 (FIPS 180-4), of bytes that come in parts. */

  var ROUND = [], START = [];
  (function () {
    /* The first 32 bits of the fractional parts of roots of the first primes. */
    function fraction(value) {
      return (value - Math.floor(value)) * 4294967296 | 0;
    }
    for (var candidate = 2; ROUND.length < 64; candidate += 1) {
      var prime = true;
      for (var divisor = 2; divisor * divisor <= candidate; divisor += 1) {
        prime = prime && candidate % divisor !== 0;
      }
      if (prime) {
        if (START.length < 8) {
          START.push(fraction(Math.pow(candidate, 1 / 2)));
        }
        ROUND.push(fraction(Math.pow(candidate, 1 / 3)));
      }
    }
  }());

  function Sha256() {
    this.state = new Int32Array(START);
    this.words = new Int32Array(64);
    this.rest = new Uint8Array(64);
    this.held = 0;
    this.length = 0;
  }

  Sha256.prototype.block = function (bytes, at) {
    var w = this.words, s = this.state, i, x, y;
    for (i = 0; i < 16; i += 1, at += 4) {
      w[i] = bytes[at] << 24 | bytes[at + 1] << 16 | bytes[at + 2] << 8 | bytes[at + 3];
    }
    for (i = 16; i < 64; i += 1) {
      x = w[i - 15];
      y = w[i - 2];
      w[i] = w[i - 16] + w[i - 7] + ((x >>> 7 | x << 25) ^ (x >>> 18 | x << 14) ^ x >>> 3) +
        ((y >>> 17 | y << 15) ^ (y >>> 19 | y << 13) ^ y >>> 10) | 0;
    }
    var a = s[0], b = s[1], c = s[2], d = s[3], e = s[4], f = s[5], g = s[6], h = s[7];
    for (i = 0; i < 64; i += 1) {
      x = h + ((e >>> 6 | e << 26) ^ (e >>> 11 | e << 21) ^ (e >>> 25 | e << 7)) + (e & f ^ ~e & g) + ROUND[i] + w[i] | 0;
      y = ((a >>> 2 | a << 30) ^ (a >>> 13 | a << 19) ^ (a >>> 22 | a << 10)) + (a & b ^ a & c ^ b & c) | 0;
      h = g;
      g = f;
      f = e;
      e = d + x | 0;
      d = c;
      c = b;
      b = a;
      a = x + y | 0;
    }
    s[0] += a;
    s[1] += b;
    s[2] += c;
    s[3] += d;
    s[4] += e;
    s[5] += f;
    s[6] += g;
    s[7] += h;
  };

  Sha256.prototype.update = function (bytes) {
    var at = 0;
    this.length += bytes.length;
    while (this.held && this.held < 64 && at < bytes.length) {
      this.rest[this.held] = bytes[at];
      this.held += 1;
      at += 1;
    }
    if (this.held === 64) {
      this.block(this.rest, 0);
      this.held = 0;
    }
    for (; at + 64 <= bytes.length; at += 64) {
      this.block(bytes, at);
    }
    for (; at < bytes.length; at += 1) {
      this.rest[this.held] = bytes[at];
      this.held += 1;
    }
  };

  Sha256.prototype.finish = function () {
    var bits = this.length * 8, held = this.held, end = new Uint8Array(held < 56 ? 64 : 128), i, text = "";
    for (i = 0; i < held; i += 1) {
      end[i] = this.rest[i];
    }
    end[held] = 128;
    for (i = 1; i <= 8; i += 1) {
      end[end.length - i] = bits % 256;
      bits = Math.floor(bits / 256);
    }
    for (i = 0; i < end.length; i += 64) {
      this.block(end, i);
    }
    for (i = 0; i < 8; i += 1) {
      text += ("0000000" + (this.state[i] >>> 0).toString(16)).slice(-8);
    }
    return text;
  };

  /* --- Reading */

  /* Reads a file in slices: `bytes` hears each, `done` the end with true, or false if it cannot be read. */
  function read(file, mine, bytes, done) {
    var at = 0;
    function next() {
      if (mine !== run) {
        return;
      }
      if (at >= file.size) {
        done(true);
        return;
      }
      var reader = new FileReader();
      reader.onload = function () {
        if (mine !== run) {
          return;
        }
        var slice = new Uint8Array(reader.result);
        /* A file that ends early is not the one that was chosen. */
        if (!slice.length) {
          done(false);
          return;
        }
        at += slice.length;
        bytes(slice);
        next();
      };
      reader.onerror = function () {
        if (mine === run) {
          done(false);
        }
      };
      reader.readAsArrayBuffer(file.slice(at, at + SLICE));
    }
    next();
  }

  function text(file, mine, done) {
    var reader = new FileReader();
    reader.onload = function () {
      if (mine === run) {
        done(reader.result);
      }
    };
    reader.onerror = function () {
      if (mine === run) {
        done(null);
      }
    };
    reader.readAsText(file, "utf-8");
  }

  /* A path as every view of the disc spells it: without version, without regard to case. */
  function plain(path) {
    return path.replace(/;[0-9]+$/, "").replace(/\.$/, "").toLowerCase();
  }

  /* --- The check */

  function check(files) {
    run += 1;
    var mine = run, found = {}, list = null, i, path;
    verdict.textContent = "";
    verdict.className = "";
    working(true);
    for (i = 0; i < files.length; i += 1) {
      path = files[i].webkitRelativePath || files[i].name;
      path = path.slice(path.indexOf("/") + 1);
      found[plain(path)] = { path: path, file: files[i] };
      if (/^(sha256sums|sha256\.sum)$/.test(plain(path))) {
        list = files[i];
      }
    }
    if (!list) {
      end(say("no-list", {}), false);
      return;
    }
    text(list, mine, function (lines) {
      var promised = lines === null ? null : parse(lines);
      if (!promised) {
        end(say("bad-list", {}), false);
        return;
      }
      go(mine, found, list, promised);
    });
  }

  /* The lines of a list; null if it is none. */
  function parse(lines) {
    var all = lines.split("\n"), promised = [], names = {}, i, line;
    if (all.pop() !== "" || !all.length) {
      return null;
    }
    for (i = 0; i < all.length; i += 1) {
      line = /^([0-9a-f]{64})  ([^\\\x00-\x1f]+)$/.exec(all[i]);
      if (!line || names.hasOwnProperty(line[2])) {
        return null;
      }
      names[line[2]] = true;
      promised.push({ digest: line[1], path: line[2] });
    }
    return promised;
  }

  function go(mine, found, list, promised) {
    var bad = [], unseen = 0, total = list.size, done = 0, at = 0, named = {}, dots = false, path;
    for (path in found) {
      dots = dots || /(^|\/)\.[^\/]*$/.test(path);
    }
    promised.forEach(function (entry) {
      named[plain(entry.path)] = true;
      entry.found = found[plain(entry.path)];
      total += entry.found ? entry.found.file.size : 0;
    });
    bar.max = Math.max(total, 1);
    bar.value = 0;

    function digest(file, finished) {
      var hash = new Sha256();
      read(file, mine, function (bytes) {
        hash.update(bytes);
        done += bytes.length;
        bar.value = done;
      }, function (whole) {
        finished(whole ? hash.finish() : null);
      });
    }

    function next() {
      if (at === promised.length) {
        digest(list, finish);
        return;
      }
      var entry = promised[at];
      at += 1;
      part("checker_now").textContent = say("now", { done: at, number: promised.length });
      part("checker_file").textContent = entry.path;
      if (!entry.found) {
        /* Browsers that show no file with a dot in front show none at all. */
        if (!dots && /(^|\/)\.[^\/]*$/.test(entry.path)) {
          unseen += 1;
        } else {
          bad.push({ path: entry.path, state: "missing" });
        }
        onward();
        return;
      }
      digest(entry.found.file, function (sum) {
        if (sum !== entry.digest) {
          bad.push({ path: entry.path, state: sum === null ? "unreadable" : "changed" });
        }
        onward();
      });
    }

    /* Many small files must not fill the stack, nor keep the page from answering. */
    function onward() {
      if (at % 50) {
        next();
      } else {
        setTimeout(function () {
          if (mine === run) {
            next();
          }
        }, 0);
      }
    }

    function finish(sum) {
      var added = [], path;
      for (path in found) {
        if (!named[path] && !of_the_disc(path) && !of_a_system(path)) {
          added.push({ path: found[path].path, state: "added" });
        }
      }
      label(mine, found, bad, function () {
        report(promised.length, bad, added, unseen, sum);
      });
    }
    next();
  }

  function of_the_disc(path) {
    return /^(sha256sums|sha256\.sum)$/.test(path) || plain(box.getAttribute("data-copy")) === path;
  }

  function of_a_system(path) {
    return /(^|\/)(\.ds_store|thumbs\.db|desktop\.ini|\._[^\/]*)$/.test(path) ||
      /^(system volume information|\$recycle\.bin|\.spotlight-v100|\.fseventsd|\.trashes|\.trash-[0-9]+)\//.test(path);
  }

  /* Finds in the pages of reports what the bad files are called. */
  function label(mine, found, bad, done) {
    var folder = "pages/" + language.toLowerCase().replace(/-/g, "_") + "/", pages = [], wanted = {}, left = 0, path;
    bad.forEach(function (entry) {
      wanted[plain(entry.path)] = entry;
      left += 1;
    });
    for (path in found) {
      if (path.indexOf(folder) === 0 && /\.html?$/.test(path) && path.split("/").length === 4) {
        pages.push(path);
      }
    }
    function next() {
      var page = pages.pop();
      if (!page || !left || !window.DOMParser) {
        done();
        return;
      }
      text(found[page].file, mine, function (html) {
        var parsed = html === null ? null : new DOMParser().parseFromString(html, "text/html");
        var heading = parsed && parsed.querySelector("body.report h1");
        if (heading) {
          [].forEach.call(parsed.querySelectorAll("table.files a[hreflang]"), function (link) {
            var path = plain(link.getAttribute("href").replace(/^(\.\.\/)+/, ""));
            if (wanted.hasOwnProperty(path) && !wanted[path].title) {
              var format = link.querySelector("bdi");
              wanted[path].title = heading.textContent.replace(/\s+/g, " ");
              wanted[path].kind = name_of(link.hreflang) + (format ? ", " + format.textContent : "");
              left -= 1;
            }
          });
        }
        next();
      });
    }
    next();
  }

  /* A language's name in the language of the page. */
  function name_of(tag) {
    try {
      return new Intl.DisplayNames([language], { type: "language" }).of(tag);
    } catch (error) {
      return tag;
    }
  }

  function element(name, content) {
    var made = document.createElement(name);
    if (content !== undefined) {
      made.textContent = content;
    }
    return made;
  }

  function end(sentence, good) {
    working(false);
    status.textContent = "";
    verdict.className = good ? "good" : "bad";
    verdict.appendChild(element("h3", sentence));
    picker.value = "";
    verdict.focus();
  }

  function table(entries) {
    var made = element("table"), body = element("tbody");
    entries.forEach(function (entry) {
      var row = element("tr"), file = element("th"), path = element("code", entry.path);
      file.setAttribute("scope", "row");
      if (entry.title) {
        file.appendChild(element("bdi", entry.title));
        file.appendChild(document.createTextNode(" "));
        file.appendChild(element("small", "(" + entry.kind + ")"));
      }
      path.dir = "ltr";
      file.appendChild(path);
      row.appendChild(file);
      row.appendChild(element("td", say(entry.state, {})));
      body.appendChild(row);
    });
    made.appendChild(body);
    return made;
  }

  function report(number, bad, added, unseen, sum) {
    var sound = !bad.length && sum !== null, good = sound && !added.length, code;
    end(good ? say("good", { number: number - unseen })
      : sound ? say("additions", { number: added.length })
      : say("bad", { bad: bad.length, number: number }), good);
    if (bad.length) {
      verdict.appendChild(table(bad));
    }
    if (unseen) {
      verdict.appendChild(element("p", say("unseen", { number: unseen })));
    }
    if (added.length) {
      if (!sound) {
        verdict.appendChild(element("p", say("additions", { number: added.length })));
      }
      verdict.appendChild(table(added.slice(0, 50)));
    }
    if (sum !== null) {
      verdict.appendChild(element("p", say("digest", {})));
      code = element("code", sum);
      code.dir = "ltr";
      verdict.appendChild(code);
    }
  }
}());
