/* --- Filters and sorts the list of documents. Without this script readers have the whole list, and the pages by
   subject, year, author and language. */

var form = document.getElementById("narrow");
if (!form || !document.querySelectorAll || !Array.prototype.map) { return; }
var listing = form.parentNode;
var pageLanguage = document.documentElement.lang;
var entries = [];
var sections = [];

function each(list, visit) { Array.prototype.forEach.call(list, visit); }

/* In lower case, and without accents where the browser can remove them. */
function foldText(text) {
  var lower = text.toLowerCase();
  return lower.normalize ? lower.normalize("NFKD").replace(/[\u0300-\u036f\u064b-\u065f\u0670\u0640]/g, "") : lower;
}

each(listing.querySelectorAll("ul.reports"), function (list) {
  var heading = list.previousElementSibling;
  sections.push({ list: list, heading: heading });
  each(list.children, function (item) {
    entries.push({
      item: item,
      home: list,
      position: entries.length,
      words: foldText(item.querySelector("h3").textContent + " " + (item.querySelector(".facts") || heading).textContent),
      title: item.querySelector("h3 a").textContent,
      date: item.getAttribute("data-date") || "",
      groups: " " + (item.getAttribute("data-groups") || "") + " "
    });
  });
});

/* One list for the orders that ignore sections. */
var flatList = createElement("ul", "", { "class": "reports" });
flatList.hidden = true;
listing.appendChild(flatList);

function comparer(order) {
  return function (a, b) {
    var result = 0;
    if (order === "title") {
      result = a.title.localeCompare(b.title, pageLanguage);
    } else if (order) {
      /* Entries without a date come last in both orders. */
      if (!a.date !== !b.date) { return a.date ? -1 : 1; }
      result = a.date < b.date ? -1 : a.date > b.date ? 1 : 0;
      if (order === "newest") { result = -result; }
    }
    return result || a.position - b.position;
  };
}

/* The fields that are filled in, as pairs of name and value. */
function chosenValues() {
  var chosen = [];
  each(form.querySelectorAll("select"), function (select) {
    if (select.value) { chosen.push([select.name, select.value]); }
  });
  var words = form.elements.words.value;
  if (words) { chosen.push(["words", words]); }
  return chosen;
}

function updateList() {
  var chosen = chosenValues();
  var words = foldText(form.elements.words.value).split(/\s+/);
  var order = form.elements.order.value;
  var groups = chosen.filter(function (pair) { return pair[0] !== "words" && pair[0] !== "order"; });
  var shown = 0;
  entries.forEach(function (entry) {
    var matches = groups.every(function (pair) { return entry.groups.indexOf(" " + pair[1] + " ") >= 0; }) &&
      words.every(function (word) { return entry.words.indexOf(word) >= 0; });
    entry.item.hidden = !matches;
    shown += matches ? 1 : 0;
  });
  entries.slice().sort(comparer(order)).forEach(function (entry) {
    (order ? flatList : entry.home).appendChild(entry.item);
  });
  flatList.hidden = !order;
  sections.forEach(function (section) {
    var hasMatch = !order && Array.prototype.some.call(section.list.children, function (item) { return !item.hidden; });
    section.list.hidden = section.heading.hidden = !hasMatch;
  });
  var contents = listing.querySelector(".contents");
  if (contents) { contents.hidden = Boolean(chosen.length); }
  document.getElementById("narrow_found").textContent = chosen.length
    ? dataText(form, shown ? "found" : "none", { number: shown, all: entries.length }) : "";
}

/* Keeps the choice in the address, so that it is still there when the reader comes back from a document. */
function saveChoice() {
  var query = chosenValues().map(function (pair) { return pair[0] + "=" + encodeURIComponent(pair[1]); }).join("&");
  try {
    history.replaceState(null, "", location.pathname + (query ? "?" + query : "") + location.hash);
  } catch (refused) { /* Some browsers do not allow this for file addresses. */ }
}

function restoreChoice() {
  eachEntry(readQuery(), function (name, value) {
    var field = form.elements.namedItem(name);
    if (!field || field.type === "reset") { return; }
    field.value = value;
    if (field.selectedIndex === -1) { field.selectedIndex = 0; }
  });
}

function onChange() {
  updateList();
  saveChoice();
}

form.addEventListener("input", onChange);
form.addEventListener("change", onChange);
form.addEventListener("submit", function (event) {
  event.preventDefault();
  onChange();
});
/* The fields are empty only after the event. */
form.addEventListener("reset", function () { setTimeout(onChange, 0); });
form.className += " ready";
restoreChoice();
updateList();
