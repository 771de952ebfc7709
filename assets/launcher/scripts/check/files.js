/* --- The files of a disc: their names, and the list of their digests. */

/* A path as all views of the disc have in common: without version number, in lower case. */
function normalizePath(path) {
  return path.replace(/;[0-9]+$/, "").replace(/\.$/, "").toLowerCase();
}

/* The list among some paths, as keys of `found`: `sha256.sum` only if there is no other. */
function findChecksumList(found) {
  return ["sha256sums", "sha256.sum"].filter(function (path) { return path in found; })[0];
}

/* Whether a path is that of the one file that is left out of the list because it is a copy of a
   listed one. Without long names its hyphens are shown as underscores. */
function isCopy(path, copy) {
  function spelling(name) {
    return normalizePath(name).replace(/-/g, "_");
  }
  return copy !== "" && spelling(path) === spelling(copy);
}

function isHidden(path) {
  return /(^|\/)\.[^\/]*$/.test(path);
}

/* Whether an operating system has left a file behind. */
function isOsMetadata(path) {
  return /(^|\/)(\.ds_store|thumbs\.db|desktop\.ini|\._[^\/]*)$/.test(path) ||
    /^(system volume information|\$recycle\.bin|\.spotlight-v100|\.fseventsd|\.trashes|\.trash-[0-9]+)\//.test(path);
}

/* The entries of a checksum list; null if any line is not one. */
function parseChecksumList(text) {
  var lines = text.split("\n"), entries = [], seen = newMap(), i, line;
  if (lines.pop() !== "" || !lines.length) {
    return null;
  }
  for (i = 0; i < lines.length; i += 1) {
    line = /^([0-9a-f]{64})  ([^\\\x00-\x1f]+)$/.exec(lines[i]);
    if (!line || line[2] in seen) {
      return null;
    }
    seen[line[2]] = true;
    entries.push({ digest: line[1], path: line[2] });
  }
  return entries;
}

/* The files of a folder that the list does not name, as keys of `found`. `list` is the key of the list
   itself, `copy` the path of the copy. */
function findAddedFiles(found, entries, list, copy) {
  var listed = newMap();
  entries.forEach(function (entry) { listed[normalizePath(entry.path)] = true; });
  return Object.keys(found).filter(function (path) {
    return !(path in listed) && path !== list && !isCopy(path, copy) && !isOsMetadata(path);
  });
}
