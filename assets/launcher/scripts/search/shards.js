/* --- Loading. A page that is opened from a disc can load no data, only scripts, so the index consists of scripts. Each calls one of
   these functions. */

var shardTexts = newMap();
var shardPromises = newMap();
/* The addresses of all shards that were requested, for tests. */
var requestedShards = [];

window.makeDiscShard = function (name, text) { shardTexts[name] = text; };
window.makeDiscCharacters = setCharacters;

function loadScript(name) {
  return new Promise(function (resolve, reject) {
    var script = document.createElement("script");
    script.src = indexFolder + name + ".js";
    requestedShards.push(script.src);
    script.onload = resolve;
    script.onerror = function () { reject(new Error("cannot load " + name)); };
    document.head.appendChild(script);
  });
}

/* The promise of a value that is loaded once. After a failure it is loaded again, because the reader may have cleaned the disc. */
function loadOnce(name, load) {
  if (!(name in shardPromises)) {
    shardPromises[name] = load();
    shardPromises[name]["catch"](function () { delete shardPromises[name]; });
  }
  return shardPromises[name];
}

/* A shard, read by one of the functions that take a ByteReader. */
function loadShard(name, read) {
  return loadOnce(name, function () {
    return loadScript(name).then(function () {
      var text = shardTexts[name];
      delete shardTexts[name];
      return read(new ByteReader(inflate(unpack(text))));
    });
  });
}

function loadCharacters() {
  return loadOnce("chars", function () { return loadScript("chars"); });
}

/* The characters that are needed to compare words with those of a query. */
function loadCharactersFor(query) {
  return loadCharacters().then(function () {
    return hasChinese(query) ? loadShard("variants", readVariants).then(setSimplifiedForms) : null;
  });
}
