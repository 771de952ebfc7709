/* --- Checks the disc in the browser. Browsers that cannot choose a folder show the commands only, as every
   browser does when scripts are off. Nothing is sent anywhere. */

var box = document.getElementById("checker");
var probe = document.createElement("input");
if (!box || !box.classList || !("webkitdirectory" in probe) || !window.FileReader || !window.Uint32Array ||
    !window.File || !File.prototype.slice) {
  return;
}
var SLICE_BYTES = 2 * 1024 * 1024;
/* After this many files the browser gets a turn, so that the page stays responsive and the call stack does not grow. */
var FILES_PER_TURN = 50;
var MAX_ADDED_SHOWN = 50;
var MAX_TITLE = 120;
/* The largest public key or signature that is read. */
var MAX_SIGNATURE_BYTES = 16 * 1024;
/* The largest timestamp that is read. */
var MAX_TIMESTAMP_BYTES = 64 * 1024;
/* The largest table of names that is read, and how many bytes of them altogether. */
var MAX_TABLE_BYTES = 4 * 1024 * 1024, MAX_ALL_TABLE_BYTES = 256 * 1024 * 1024;
var picker = byId("checker_pick"), cancel = byId("checker_cancel"), bar = byId("checker_bar");
var status = byId("checker_status"), verdict = byId("checker_verdict");
var pageLanguage = document.documentElement.lang;
/* The number of the current check. Callbacks of an earlier one do nothing. */
var currentRun = 0;

box.classList.add("ready");
picker.onchange = function () {
  if (picker.files.length) {
    startCheck(picker.files);
  }
};
cancel.onclick = function () {
  currentRun += 1;
  setWorking(false);
  status.textContent = message("stopped");
  picker.value = "";
};

function byId(id) {
  return document.getElementById(id);
}

/* A sentence in the language of the page, with numbers written as in that language. */
function message(key, values) {
  var formatted = newMap();
  eachEntry(values, function (name, value) {
    formatted[name] = typeof value === "number" ? formatNumber(value) : value;
  });
  return dataText(box, key, formatted);
}

function formatNumber(value) {
  try {
    return value.toLocaleString(pageLanguage);
  } catch (error) {
    return String(value);
  }
}

function setWorking(working) {
  box.classList[working ? "add" : "remove"]("working");
  picker.disabled = working;
}

/* Reads a file in slices and calls `onBytes` with each. Then calls `onEnd` with true, or with false if the file cannot be read. */
function readSlices(file, run, onBytes, onEnd) {
  var offset = 0;
  function next() {
    if (run !== currentRun) {
      return;
    }
    if (offset >= file.size) {
      onEnd(true);
      return;
    }
    var reader = new FileReader();
    reader.onload = function () {
      if (run !== currentRun) {
        return;
      }
      var slice = new Uint8Array(reader.result);
      /* The file is shorter than when it was chosen. */
      if (!slice.length) {
        onEnd(false);
        return;
      }
      offset += slice.length;
      onBytes(slice);
      next();
    };
    reader.onerror = function () {
      if (run === currentRun) {
        onEnd(false);
      }
    };
    reader.readAsArrayBuffer(file.slice(offset, offset + SLICE_BYTES));
  }
  next();
}

/* Calls `onEnd` with the text of a file, or with null if it cannot be read. */
function readText(file, run, onEnd) {
  var reader = new FileReader();
  reader.onload = function () {
    if (run === currentRun) {
      onEnd(reader.result);
    }
  };
  reader.onerror = function () {
    if (run === currentRun) {
      onEnd(null);
    }
  };
  reader.readAsText(file, "utf-8");
}

/* Calls `onEnd` with the bytes of a small file as a string, one character for each byte, so that nothing is decoded. Calls it with the
   empty string if the file is larger than `maxBytes`, and with null if it cannot be read. */
function readBytes(file, maxBytes, run, onEnd) {
  var text = "";
  if (file.size > maxBytes) {
    onEnd(text);
    return;
  }
  readSlices(file, run, function (bytes) {
    for (var i = 0; i < bytes.length; i += 1) {
      text += String.fromCharCode(bytes[i]);
    }
  }, function (complete) {
    onEnd(complete ? text : null);
  });
}

function startCheck(files) {
  currentRun += 1;
  var run = currentRun, found = newMap(), paths = [], addition, listPath, i, path, key;
  verdict.textContent = "";
  verdict.className = "";
  setWorking(true);
  for (i = 0; i < files.length; i += 1) {
    paths.push(pathOfFile(files[i]));
  }
  addition = findAddition(paths);
  for (i = 0; i < files.length; i += 1) {
    path = addition ? paths[i].replace(addition, "") : paths[i];
    key = normalizePath(path);
    if (key in found) {
      /* An earlier file has this key: the two names differ only in upper and lower case, or a view of the disc would show them as one.
         With the NUL, which no path contains, the second file belongs only to an entry with exactly its name. */
      key = path + "\u0000";
    }
    found[key] = { path: path, file: files[i] };
  }
  listPath = findChecksumList(found);
  if (!listPath) {
    var below = findListBelow(found);
    showVerdict(below === null ? message("no-list") : message("list-below", { folder: escapeName(below) }), false);
    return;
  }
  readText(found[listPath].file, run, function (text) {
    var entries = text === null ? null : parseChecksumList(text, found);
    if (!entries) {
      showVerdict(message("bad-list"), false);
      return;
    }
    checkFiles(run, found, listPath, entries);
  });
}

function checkFiles(run, found, listPath, entries) {
  var list = found[listPath].file, bad = [], hidden = 0, totalBytes = list.size, doneBytes = 0, next = 0;
  var showsHiddenFiles = Object.keys(found).some(isHidden);
  matchEntries(found, entries);
  entries.forEach(function (entry) {
    totalBytes += entry.found ? entry.found.file.size : 0;
  });
  findRenamed(entries).forEach(function (entry) {
    bad.push({ path: entry.path, state: "missing" });
    entry.isRenamed = true;
  });
  findRenamedLists(found, found[listPath], entries).forEach(function (name) {
    bad.push({ path: name, state: "missing" });
  });
  bar.max = Math.max(totalBytes, 1);
  bar.value = 0;

  function computeDigest(file, onEnd) {
    var hash = new Sha256();
    readSlices(file, run, function (bytes) {
      hash.update(bytes);
      doneBytes += bytes.length;
      bar.value = doneBytes;
    }, function (complete) {
      onEnd(complete ? hash.finish() : null);
    });
  }

  function checkNext() {
    if (next === entries.length) {
      computeDigest(list, finish);
      return;
    }
    var entry = entries[next];
    next += 1;
    byId("checker_now").textContent = message("now", { done: next, number: entries.length });
    byId("checker_file").textContent = escapeName(entry.path);
    if (!entry.found) {
      /* A browser that leaves out files whose names begin with a dot leaves out all of them. */
      if (!showsHiddenFiles && isHidden(entry.path)) {
        hidden += 1;
      } else {
        bad.push({ path: entry.path, state: "missing" });
      }
      proceed();
      return;
    }
    computeDigest(entry.found.file, function (digest) {
      if (digest !== entry.digest && !entry.isRenamed) {
        bad.push({ path: entry.path, state: digest === null ? "unreadable" : "changed" });
      }
      proceed();
    });
  }

  function proceed() {
    if (next % FILES_PER_TURN) {
      checkNext();
    } else {
      setTimeout(function () {
        if (run === currentRun) {
          checkNext();
        }
      }, 0);
    }
  }

  function finish(listDigest) {
    var isCapital = areCapital(entries);
    var copyPaths = box.getAttribute("data-copies").split(" ").map(function (copy) {
      return Object.keys(found).filter(function (path) { return isCopy(found[path].path, copy, isCapital); })[0];
    }).filter(Boolean);
    var added = findAddedFiles(found, listPath, copyPaths).map(function (path) {
      return { path: found[path].path, state: "added" };
    });
    findClashing(found).forEach(function (file) { added.push({ path: file.path, state: "added" }); });
    function report() {
      if (added.length && entries.mayBeCutOff) {
        showVerdict(message("bad-list"), false);
        return;
      }
      checkTimestamp(run, found[timestampPath(listPath)], listDigest, bad, function () {
        checkSignature(run, found, listPath, entries, function (signature) {
          if (signature && signature.isMissing) {
            bad.push({ path: signature.path, state: "missing" });
          }
          addTitles(run, found, bad, function () {
            identifyDisc(run, found, entries, bad, signature, function (otherTitle) {
              showReport(entries.length, bad, added, { hidden: hidden, os: countOsFiles(found) }, listDigest, signature, otherTitle);
            });
          });
        });
      });
    }
    function checkCopies() {
      var copyPath = copyPaths.shift();
      if (!copyPath) {
        report();
        return;
      }
      computeDigest(found[copyPath].file, function (digest) {
        if (!entries.some(function (entry) { return entry.digest === digest && isOriginal(entry.path, copyPath); })) {
          added.push({ path: found[copyPath].path, state: "added" });
        }
        checkCopies();
      });
    }
    checkCopies();
  }
  findTables(run, found, checkNext);
}

/* Adds the timestamp of the list to `bad` if it is not for a list with this digest, and then calls `onEnd`. `stamp` is its file, which may be
   missing. */
function checkTimestamp(run, stamp, listDigest, bad, onEnd) {
  if (!stamp) {
    onEnd();
    return;
  }
  readBytes(stamp.file, MAX_TIMESTAMP_BYTES, run, function (text) {
    if (text === null) {
      bad.push({ path: stamp.path, state: "unreadable" });
    } else if (stampedDigest(text) !== listDigest) {
      bad.push({ path: stamp.path, state: "changed" });
    }
    onEnd();
  });
}

/* Calls `onEnd` with the result of checking the signature of the list, or with null if the list names no public key. */
function checkSignature(run, found, listPath, entries, onEnd) {
  function findKey(name) {
    return entries.filter(function (listed) { return normalizePath(listed.path) === name; })[0];
  }
  var entry = findKey("minisign.pub"), isSsh = !entry, path, list = found[listPath].file;
  entry = entry || findKey("signers.txt");
  path = signaturePath(listPath, isSsh);
  if (!entry || !entry.found) {
    onEnd(null);
    return;
  }
  readBytes(entry.found.file, MAX_SIGNATURE_BYTES, run, function (keyText) {
    var key = keyText === null ? null : isSsh ? parseSshKey(keyText) : parsePublicKey(keyText);
    function finish(isGood) {
      if (run === currentRun) {
        onEnd({ key: key, isGood: isGood });
      }
    }
    if (!key) {
      onEnd(null);
      return;
    }
    if (!found[path]) {
      onEnd({ key: key, isGood: false, isMissing: true, path: path });
      return;
    }
    readBytes(found[path].file, MAX_SIGNATURE_BYTES, run, function (text) {
      var signature = text === null ? null : isSsh ? parseSshSignature(text) : parseSignature(text);
      var hash = isSsh ? null : new Blake2b(), whole = isSsh ? new Uint8Array(list.size) : null, offset = 0;
      if (!signature) {
        onEnd({ key: key, isGood: false });
        return;
      }
      readSlices(list, run, function (bytes) {
        if (isSsh) {
          whole.set(bytes, offset);
          offset += bytes.length;
        } else {
          hash.update(bytes);
        }
      }, function () {
        if (isSsh) {
          verifySshSignature(signature, key, whole, finish);
        } else {
          verifySignature(signature, key, hash.finish(), finish);
        }
      });
    });
  });
}

/* Finds the tables of names among the files without an entry, and sets their `isTable`. */
function findTables(run, found, onEnd) {
  var left = MAX_ALL_TABLE_BYTES;
  var candidates = Object.keys(found).filter(function (path) {
    return mayBeTable(path) && !found[path].entry && found[path].file.size <= MAX_TABLE_BYTES;
  });
  function readNext() {
    var path = candidates.shift();
    if (!path || found[path].file.size > left) {
      onEnd();
      return;
    }
    left -= found[path].file.size;
    readText(found[path].file, run, function (text) {
      found[path].isTable = text !== null && isTableOfNames(text);
      readNext();
    });
  }
  readNext();
}

/* Finds the titles of the bad files in the pages of reports. */
function addTitles(run, found, bad, onEnd) {
  var folder = "pages/" + pageLanguage.toLowerCase().replace(/-/g, "_") + "/", wanted = newMap();
  bad.forEach(function (entry) { wanted[normalizePath(entry.path)] = entry; });
  var left = bad.length;
  var pages = Object.keys(found).filter(function (path) {
    /* Only pages that are listed and unchanged have the text of the publisher. */
    return path.indexOf(folder) === 0 && /\.html?$/.test(path) && path.split("/").length === 4 && found[path].entry && !wanted[path];
  });

  function readNext() {
    var page = pages.pop();
    if (!page || !left || !window.DOMParser) {
      onEnd();
      return;
    }
    readText(found[page].file, run, function (html) {
      var parsed = html === null ? null : new DOMParser().parseFromString(html, "text/html");
      var heading = parsed && parsed.querySelector("body.report h1");
      if (heading) {
        [].forEach.call(parsed.querySelectorAll("table.files a[hreflang]"), function (link) {
          var entry = wanted[normalizePath(link.getAttribute("href").replace(/^(\.\.\/)+/, ""))];
          if (entry && !entry.title) {
            var format = link.querySelector("bdi");
            entry.title = shortTitle(heading.textContent);
            entry.variant = shortTitle(languageName(link.hreflang) + (format ? ", " + format.textContent : ""));
            left -= 1;
          }
        });
      }
      readNext();
    });
  }
  readNext();
}

/* Calls `onEnd` with null if the folder contains the disc of this page, otherwise with the title of the disc that it contains. The
   pages "Check this disc" have an identifier of their disc, and those of a signed disc the key that its list is signed with. */
function identifyDisc(run, found, entries, bad, signature, onEnd) {
  var key = box.getAttribute("data-key"), isSignedAlike = !key || signature !== null && signature.key.text === key;
  var discId = box.getAttribute("data-disc"), isBad = newMap();
  bad.forEach(function (entry) { isBad[normalizePath(entry.path)] = true; });
  var pages = Object.keys(found).filter(function (path) { return isCheckPage(path) && found[path].entry && !isBad[path]; }).sort();
  var ownFolder = "pages/" + pageLanguage.toLowerCase().replace(/-/g, "_") + "/";
  var page = pages.filter(function (path) { return path.indexOf(ownFolder) === 0; })[0] || pages[0];
  /* Templates of older versions have no identifier. */
  if (!discId) {
    onEnd(null);
  } else if (page) {
    readText(found[page].file, run, function (html) {
      var isOwn = isSignedAlike && html !== null && html.indexOf('data-disc="' + discId + '"') >= 0;
      onEnd(isOwn && entries.length === Number(box.getAttribute("data-listed")) ? null : titleOfPage(html) || nameOfFolder(found));
    });
  } else {
    /* If the pages "Check this disc" are all damaged or missing, it may still be this disc. */
    var isSimilar = isSignedAlike && entries.some(function (entry) { return isCheckPage(normalizePath(entry.path)); });
    onEnd(isSimilar ? null : nameOfFolder(found));
  }
}

/* A title from a page, which anybody may have written: shortened, and with escapes for what cannot be seen. Joiners are
   removed instead of escaped: they are invisible too, but some languages use them in ordinary words, and a title full of `\u200d`
   would be hard to read. */
function shortTitle(title) {
  return escapeName(title.replace(/[\u200b-\u200d]/g, "").replace(/\s+/g, " ").slice(0, MAX_TITLE));
}

/* The title of the disc that a page "Check this disc" is on. */
function titleOfPage(html) {
  var parsed = html !== null && window.DOMParser ? new DOMParser().parseFromString(html, "text/html") : null;
  var checker = parsed && parsed.getElementById("checker");
  return parsed && ((checker && checker.getAttribute("data-title")) || parsed.title).replace(/\s+/g, " ").replace(/^ | $/g, "");
}

function nameOfFolder(found) {
  return Object.keys(found).map(function (path) { return (found[path].file.webkitRelativePath || "").split("/")[0]; })[0];
}

/* The name of a language in the language of the page; empty if `tag`, which anybody may have written, is not a language tag. */
function languageName(tag) {
  if (!/^[a-z]{2,3}(-[a-z0-9]{1,8}){0,4}$/i.test(tag)) {
    return "";
  }
  try {
    return new Intl.DisplayNames([pageLanguage], { type: "language" }).of(tag);
  } catch (error) {
    return tag;
  }
}

function showVerdict(sentence, isGood, isOther) {
  setWorking(false);
  status.textContent = "";
  verdict.className = isOther ? "another" : isGood ? "good" : "bad";
  verdict.appendChild(createElement("h3", sentence));
  picker.value = "";
  verdict.focus();
}

function createTable(entries) {
  var table = createElement("table"), body = createElement("tbody");
  entries.forEach(function (entry) {
    var row = createElement("tr"), file = createElement("th", "", { scope: "row" });
    if (entry.title) {
      file.appendChild(createElement("bdi", entry.title));
      file.appendChild(document.createTextNode(" "));
      file.appendChild(createElement("small", "(" + entry.variant + ")"));
    }
    file.appendChild(createElement("code", escapeName(entry.path), { dir: "ltr" }));
    row.appendChild(file);
    row.appendChild(createElement("td", message(entry.state)));
    body.appendChild(row);
  });
  table.appendChild(body);
  return table;
}

/* `unchecked` has the numbers of files that were not checked. `otherTitle` is the title of the disc if it is not the disc of this
   page. */
function showReport(listed, bad, added, unchecked, listDigest, signature, otherTitle) {
  var isForged = signature !== null && signature.isGood === false;
  var isIntact = !bad.length && listDigest !== null && !isForged, isGood = isIntact && !added.length;
  /* The title may be written in another direction than the page. */
  var other = otherTitle !== null && message("other", { title: "\u2068" + shortTitle(otherTitle) + "\u2069" });
  showVerdict(isGood && other ? other : isGood ? message("good", { number: listed - unchecked.hidden })
    : isIntact ? message("additions", { number: added.length })
    : isForged && !bad.length ? message("signature-bad")
    : message("bad", { bad: bad.length, number: listed }), isGood, isGood && other);
  if (other) {
    verdict.appendChild(createElement("p", isGood ? message("other-good", { number: listed - unchecked.hidden }) : other));
  }
  if (isForged && bad.length) {
    verdict.appendChild(createElement("p", message("signature-bad")));
  }
  if (bad.length) {
    verdict.appendChild(createTable(bad));
  }
  if (unchecked.hidden) {
    verdict.appendChild(createElement("p", message("unseen", { number: unchecked.hidden })));
  }
  if (unchecked.os) {
    verdict.appendChild(createElement("p", message("os-files", { number: unchecked.os })));
  }
  if (added.length) {
    if (!isIntact) {
      verdict.appendChild(createElement("p", message("additions", { number: added.length })));
    }
    verdict.appendChild(createTable(added.slice(0, MAX_ADDED_SHOWN)));
  }
  if (listDigest !== null) {
    verdict.appendChild(createElement("p", message("digest")));
    verdict.appendChild(createElement("code", listDigest, { dir: "ltr" }));
  }
  if (signature && !isForged) {
    verdict.appendChild(createElement("p", message(signature.isGood ? "signed" : "signature-unchecked", { key: signature.key.id })));
    verdict.appendChild(createElement("code", signature.key.text, { dir: "ltr" }));
  }
}
