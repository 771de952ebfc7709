/* --- The files of a disc: their names, and the list of their digests. */

/* The form of a path that is the same in all views of the disc: in lower case. */
function normalizePath(path) {
  return path.replace(/[A-Z]+/g, function (letters) {
    return letters.toLowerCase();
  });
}

/* The path of a file below the chosen folder. In `webkitRelativePath`, browsers turn a backslash in the name of a file into a
   separator between folders; in `name`, they keep it. */
function pathOfFile(file) {
  var parts = (file.webkitRelativePath || file.name).split("/"), count = file.name.split("\\").length;
  if (count > 1 && parts.slice(-count).join("\\") === file.name) {
    parts = parts.slice(0, -count).concat(file.name);
  }
  return parts.length > 1 ? parts.slice(1).join("/") : parts[0];
}

/* A pattern of what a view of plain ISO 9660 adds to the names of all files: version numbers (`A.TXT;1`, `README.;1`), or only a
   dot after names without an extension, which have no other dot, if all names are in capital or all in small letters. Null if
   nothing was added, or only to some names, because then somebody has renamed files. */
function findAddition(paths) {
  var own = paths.filter(function (path) { return !isOsMetadata(normalizePath(path)); });
  function all(pattern) {
    return own.length > 0 && own.every(function (path) { return pattern.test(path); });
  }
  if (all(/;[0-9]+$/)) {
    return /\.?;[0-9]+$/;
  }
  return all(/(^|\/)([^.\/]*\.|[^\/]*\.[^\/]*[^.\/])$/) && own.some(function (path) { return /\.$/.test(path); }) &&
    (all(/^[^a-z]*$/) || all(/^[^A-Z]*$/)) ? /\.$/ : null;
}

/* The key of the checksum list in `found`: `sha256.sum` only if there is no `SHA256SUMS`. */
function findChecksumList(found) {
  return ["sha256sums", "sha256.sum"].filter(function (path) { return path in found; })[0];
}

/* Whether a path is `copy`, as a view of the disc shows it. `copy` is the second name of a listed file, which the list does not
   contain. In views in which names cannot have hyphens, its hyphens are underscores. `isCapital` says whether the names of the
   listed files are shown in capital letters: then this name is, too. */
function isCopy(path, copy, isCapital) {
  var shown = isCapital ? copy.toUpperCase() : copy.toLowerCase();
  return copy !== "" && (path === shown || path === shown.replace(/-/g, "_"));
}

/* Whether all names of the listed files are shown in capital letters. */
function areCapital(entries) {
  return entries.some(function (entry) { return entry.found && /[A-Z]/.test(entry.found.path); }) &&
    entries.every(function (entry) { return !entry.found || !/[a-z]/.test(entry.found.path); });
}

/* Whether a path in lower case is the path of a page "Check this disc". */
function isCheckPage(path) {
  return /^pages\/[^\/]+\/check\.html?$/.test(path);
}

/* Whether a listed file is the original of `copy`. */
function isOriginal(path, copy) {
  return normalizePath(path) === (/crate/i.test(copy) ? "ro_crate.json" : "pages/volume.txt");
}

/* A name with escapes for characters that cannot be seen or would change the rest of the line: control characters, invisible
   characters, characters that change the writing direction, blanks other than single spaces, and all but the first six marks on a
   letter. */
function escapeName(name) {
  function escapeUnits(text) {
    return text.replace(/[^]/g, function (unit) { return "\\u" + ("000" + unit.charCodeAt(0).toString(16)).slice(-4); });
  }
  return name.replace(HIDDEN_CHARACTERS, escapeUnits).replace(STACKED_MARKS, function (all, first, rest) {
    return first + escapeUnits(rest);
  });
}

function isHidden(path) {
  return /(^|\/)\.[^\/]*$/.test(path);
}

/* Control characters, characters that are invisible or change the writing direction, tags, and blanks other than single spaces. */
var HIDDEN_CHARACTERS = new RegExp(
  "[\\x00-\\x1f\\x7f-\\xa0\\xad\\u034f\\u061c\\u115f\\u1160\\u1680\\u17b4\\u17b5\\u180b-\\u180f\\u2000-\\u200f" +
  "\\u2028-\\u202f\\u205f-\\u206f\\u2800\\u3000\\u3164\\ufe00-\\ufe0f\\ufeff\\uffa0\\ufff0-\\ufffc]| {2,}|\\udb40[\\udc00-\\udfff]" +
  "|\\ud80d[\\udc30-\\udc42]|\\ud81b\\udfe4|\\ud82f[\\udca0-\\udca3]|\\ud834[\\udd59\\udd73-\\udd7a]", "g");
/* More than six marks on one character, which would cover the lines around it. In browsers without classes of characters, only the
   marks of alphabets that are written with few marks are recognised. */
var STACKED_MARKS = (function () {
  function stacked(mark, flags) {
    return new RegExp("(" + mark + "{6})(" + mark + "+)", flags);
  }
  try {
    return stacked("\\p{M}", "gu");
  } catch (error) {
    return stacked("[\\u0300-\\u036f\\u0483-\\u0489\\u0591-\\u05bd\\u0610-\\u061a\\u064b-\\u065f\\u06d6-\\u06dc\\u0e31-\\u0e3a\\u0e47-\\u0e4e" +
      "\\u1ab0-\\u1aff\\u1dc0-\\u1dff\\u20d0-\\u20ff\\ufe20-\\ufe2f]", "g");
  }
}());

/* Whether an operating system or a similar program has left a file behind. The path is in lower case. */
function isOsMetadata(path) {
  var folders = path.split("/"), file = folders.pop();
  function contains(names, name) {
    return names.some(function (known) {
      var parts = known.split("*"), start = parts[0], end = parts[1];
      return parts.length === 1 ? known === name : name.length >= start.length + end.length && name.indexOf(start) === 0 &&
        name.slice(name.length - end.length) === end;
    });
  }
  return contains(OS_METADATA.files, file) ||
    folders.some(function (folder) { return contains(OS_METADATA.folders, folder); }) ||
    (folders.length > 0 && contains(OS_METADATA.top_folders, folders[0]));
}

/* A key that does not depend on how a system stores accents: old Macs store them in another way. */
function composeKey(path) {
  return normalizePath(path.normalize ? path.normalize("NFC") : path);
}

/* Finds the file of each entry: the file with its name, or with a name that differs in upper and lower case, or else the only file
   whose name differs in how accents are stored. Each file belongs to at most one entry. */
function matchEntries(found, entries) {
  var byPath = newMap(), files = newMap(), missingEntries = newMap();
  function claim(entry, file) {
    if (file && !file.entry) {
      entry.found = file;
      file.entry = entry;
    }
  }
  function group(groups, path, value) {
    var key = composeKey(path);
    (groups[key] = groups[key] || []).push(value);
  }
  Object.keys(found).forEach(function (key) { byPath[found[key].path] = found[key]; });
  entries.forEach(function (entry) { claim(entry, byPath[entry.path]); });
  entries.forEach(function (entry) {
    if (!entry.found) {
      claim(entry, found[normalizePath(entry.path)]);
    }
  });
  Object.keys(found).forEach(function (key) {
    if (!found[key].entry) {
      group(files, found[key].path, found[key]);
    }
  });
  entries.forEach(function (entry) {
    if (!entry.found) {
      group(missingEntries, entry.path, entry);
    }
  });
  eachEntry(missingEntries, function (key, missing) {
    if (missing.length === 1 && files[key] && files[key].length === 1) {
      claim(missing[0], files[key][0]);
    }
  });
}

/* The entries of a checksum list; null if any line is not an entry. Text editors and other programs write lines a little
   differently, and add comments and blank lines. A last line without a line ending counts if it names one of the files `found`; but
   then the rest of the list may be missing, so `mayBeCutOff` is set. */
function parseChecksumList(text, found) {
  /* A single byte at the end of a text in UTF-16 becomes a replacement character. Other replacement characters come from names that
     are not in UTF-8. */
  var lines = text.replace(/^\ufeff+/, "").replace(/\n\ufffd$/, "\n"), entries = [], seen = newMap(), i, line, entry;
  var comments = [];
  if (/\ufffd/.test(lines)) {
    return null;
  }
  /* Very old editors end lines with a carriage return alone. */
  lines = (/\n/.test(lines) ? lines : lines.replace(/\r/g, "\n")).split("\n");
  if (lines[lines.length - 1] === "") {
    lines.pop();
  } else {
    entries.mayBeCutOff = true;
  }
  for (i = 0; i < lines.length; i += 1) {
    line = lines[i].replace(/\r$/, "");
    if (/^[ \t]*(#|$)/.test(line)) {
      comments.push(line.replace(/^[ \t]*#+/, ""));
      continue;
    }
    entry = parseChecksumLine(line, found);
    if (entry && entries.mayBeCutOff && i === lines.length - 1 && !(normalizePath(entry.path) in found)) {
      return null;
    }
    if (!entry || entry.path in seen) {
      return null;
    }
    seen[entry.path] = true;
    entries.push(entry);
  }
  /* If the entry of an existing file has been turned into a comment, nothing shows that this file is intact. */
  if (comments.some(function (comment) {
    var unused = parseChecksumLine(comment, found);
    return unused && !(unused.path in seen) && normalizePath(unused.path) in found;
  })) {
    return null;
  }
  return entries.length ? entries : null;
}

/* Parses a line: a digest, two spaces or another separator, and a path without `.` or `..`; null if the line has another form. GNU
   tools begin a line with a backslash if backslashes and line breaks in it are escaped; in other lines, backslashes separate folders,
   as on Windows. Blanks at the end belong to the path only if one of the files `found` has such a name. */
function parseChecksumLine(line, found) {
  var text = line.replace(/^[ \t]+/, ""), isEscaped = text.charAt(0) === "\\", trimmed;
  text = isEscaped ? text.slice(1) : text;
  var usual = /^([0-9a-f]{64})(?:  | \*|\t)([^\x00\r\n]+)$/i.exec(text);
  var tagged = /^SHA(?:2-)?256 *\(([^\x00\r\n]+)\) ?= ([0-9a-f]{64})[ \t]*$/i.exec(text);
  if (!usual && !tagged) {
    return null;
  }
  var path = usual ? usual[2] : tagged[1];
  if (isEscaped && /\\/.test(path.replace(/\\[\\nr]/g, ""))) {
    return null;
  }
  path = (isEscaped ? path.replace(/\\[\\nr]/g, function (escaped) {
    return { "\\\\": "\\", "\\n": "\n", "\\r": "\r" }[escaped];
  }) : path.replace(/\\/g, "/")).replace(/^(\.\/)+/, "");
  trimmed = path.replace(/[ \t]+$/, "");
  path = normalizePath(path) in found ? path : trimmed;
  if (path.split("/").some(function (part) { return part === "" || part === "." || part === ".."; })) {
    return null;
  }
  return { digest: (usual ? usual[1] : tagged[2]).toLowerCase(), path: path };
}

/* The path of the signature that make-disc puts beside a list, in lower case. Signatures of OpenSSH have a different ending
   from those of minisign. */
function signaturePath(list, isSsh) {
  return /\.sum$/.test(list) ? list.replace(/\.sum$/, ".sig") : list + (isSsh ? ".sig" : ".minisig");
}

/* The path of the timestamp that make-disc puts beside a list, in lower case. */
function timestampPath(list) {
  return /\.sum$/.test(list) ? list.replace(/\.sum$/, ".tsr") : list + ".tsr";
}

/* Whether this is a detached signature of the list, as OpenPGP, OpenSSH, minisign and signify name them. */
function isSignature(path, list) {
  return path === signaturePath(list) || [".asc", ".gpg", ".sig", ".minisig"].some(function (ending) { return path === list + ending; });
}

/* Whether a file could be a table of the names in a folder, as mkisofs writes. The path is in lower case. */
function mayBeTable(path) {
  return /(^|\/)trans\.tbl$/.test(path);
}

/* Whether a text is a table of names: each line has the type of a file, its name in plain ISO 9660, and its other names, with a tab
   before each. */
function isTableOfNames(text) {
  return /\n$/.test(text) && text.slice(0, -1).split("\n").every(function (line) {
    return /^[BCDFLMPS] +[^ \x00-\x1f\x7f]+ *(\t[^\x00-\x1f\x7f]+)+$/.test(line);
  });
}

/* The top-level folder that contains a checksum list; null if there is none, or more than one. */
function findListBelow(found) {
  var folders = Object.keys(found).filter(function (path) {
    return /^[^\/]+\/(sha256sums|sha256\.sum)$/.test(path);
  }).map(function (path) { return found[path].path.split("/")[0]; });
  return folders.length && folders.every(function (folder) { return folder === folders[0]; }) ? folders[0] : null;
}

/* The entries whose files have other names than in the list: they differ in upper and lower case, or in how accents are stored. No
   entry counts as different if all names are in capital letters, or all in small letters, or all have their accents stored in the
   same way, because some systems do this. Otherwise somebody has changed a name, and links do not work on other systems. */
function findRenamed(entries) {
  var present = entries.filter(function (entry) { return entry.found; });
  function actual(entry) {
    return entry.found.path;
  }
  function all(convert) {
    return present.every(function (entry) { return actual(entry) === convert(actual(entry)); });
  }
  function convertLetters(pattern, method) {
    return function (path) {
      return path.replace(pattern, function (letters) { return letters[method](); });
    };
  }
  function isInOtherCase(entry) {
    return normalizePath(actual(entry)) === normalizePath(entry.path);
  }
  function isRespelled(entry) {
    return !isInOtherCase(entry);
  }
  function allAreStored(convert) {
    return present.every(function (entry) {
      return normalizePath(actual(entry)) === normalizePath(convert(entry.path));
    });
  }
  function convertTo(form) {
    return function (text) { return text.normalize(form); };
  }
  /* Old Macs do not decompose some characters. */
  function convertAsOnMacs(path) {
    return path.replace(/[^\u2000-\u2fff\uf900-\ufaff\ud87e]+/g, convertTo("NFD"));
  }
  if (present.some(isRespelled) && !allAreStored(convertTo("NFC")) && !allAreStored(convertTo("NFD")) &&
      !allAreStored(convertAsOnMacs)) {
    return present.filter(function (entry) { return actual(entry) !== entry.path; });
  }
  if (all(convertLetters(/[a-z]+/g, "toUpperCase")) || all(convertLetters(/[A-Z]+/g, "toLowerCase"))) {
    return [];
  }
  return present.filter(function (entry) { return isInOtherCase(entry) && actual(entry) !== entry.path; });
}

/* The published names of the checksum list, its signature and its timestamp, if these files are here in other upper and lower case, on a disc made
   by make-disc: other programs do not find these files then. `list` is the file of the list. A name in small letters is not
   reported if all names are, because some systems show them so. Nor are names on discs made by other programs, where the list may
   have any spelling. */
function findRenamedLists(found, list, entries) {
  var isOfMakeDisc = entries.some(function (entry) { return entry.path === "index.html"; }) &&
    entries.some(function (entry) { return entry.path.indexOf("pages/") === 0; });
  var isSmall = entries.concat([{ found: list }]).every(function (entry) {
    return !entry.found || !/[A-Z]/.test(entry.found.path);
  });
  function lists(name) {
    return entries.some(function (entry) { return normalizePath(entry.path) === name; });
  }
  var isSsh = !lists("minisign.pub") && (lists("signers.txt") || !("sha256sums.minisig" in found));
  return isSmall || !isOfMakeDisc ? [] : ["SHA256SUMS", isSsh ? "SHA256SUMS.sig" : "SHA256SUMS.minisig", "SHA256SUMS.tsr"].filter(function (name) {
    var file = found[normalizePath(name)];
    return file && file.path !== name;
  });
}

/* The files in each folder whose name differs from the name of a file only in upper and lower case: many systems can have only
   one of the two. */
function findClashing(found) {
  return Object.keys(found).filter(function (key) {
    return key.split("/").some(function (part, index, parts) { return index > 0 && parts.slice(0, index).join("/") in found; });
  }).map(function (key) { return found[key]; });
}

/* The keys of the files in `found` that have no entry. Leaves out the list, whose key is `list`; the copies of listed files, whose
   keys are `copies`; signatures; the timestamp; tables of names, which have `isTable`; and files of operating systems. */
function findAddedFiles(found, list, copies) {
  return Object.keys(found).filter(function (path) {
    return !found[path].entry && path !== list && (copies || []).indexOf(path) < 0 && !isOsMetadata(path) && !isSignature(path, list) &&
      path !== timestampPath(list) && !found[path].isTable;
  });
}

/* The number of files without an entry that are left out because operating systems use their names. */
function countOsFiles(found) {
  return Object.keys(found).filter(function (path) { return !found[path].entry && isOsMetadata(path); }).length;
}
