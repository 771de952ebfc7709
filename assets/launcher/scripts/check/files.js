/* --- The files of a disc: their names, and the list of their digests. */

/* A path as all views of the disc have in common: without version number, in lower case. */
function normalizePath(path) {
  return path.replace(/;[0-9]+$/, "").replace(/\.$/, "").toLowerCase();
}

function isChecksumList(path) {
  return /^(sha256sums|sha256\.sum)$/.test(path);
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

/* The files of a folder that the list does not name, as keys of `found`. `copy` is the path
   of the one file that is left out of the list because it is a copy of a listed one. */
function findAddedFiles(found, entries, copy) {
  var listed = newMap();
  entries.forEach(function (entry) { listed[normalizePath(entry.path)] = true; });
  return Object.keys(found).filter(function (path) {
    return !(path in listed) && !isChecksumList(path) && path !== normalizePath(copy) && !isOsMetadata(path);
  });
}
