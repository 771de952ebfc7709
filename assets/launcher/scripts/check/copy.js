/* --- Adds a button after each command, which copies it. */

function addCopyButtons() {
  var texts = document.getElementById("checker");
  if (!texts || !dataText(texts, "copy-command") || !document.querySelectorAll) { return; }
  var named = newMap();
  Array.prototype.forEach.call(document.querySelectorAll("pre"), function (command) {
    var heading = command.previousElementSibling;
    while (heading && heading.nodeName !== "H2" && heading.nodeName !== "SUMMARY") { heading = heading.previousElementSibling; }
    var line = createElement("p", "", { "class": "copy" });
    var button = createElement("button", dataText(texts, "copy-command"), { type: "button" });
    if (heading) {
      // Several commands may be under one heading: number them, so that no two buttons have the same name.
      var name = button.textContent + ": " + heading.textContent.trim();
      named[name] = (named[name] || 0) + 1;
      button.setAttribute("aria-label", named[name] > 1 ? name + " (" + named[name] + ")" : name);
    }
    var done = createElement("span", "", { role: "status" });
    button.onclick = function () {
      done.textContent = "";
      copyText(command, function () { done.textContent = dataText(texts, "copied"); });
    };
    line.appendChild(button);
    line.appendChild(document.createTextNode(" "));
    line.appendChild(done);
    command.parentNode.insertBefore(line, command.nextSibling);
  });
}

/* Copies the text of an element, and calls `onCopied` if the browser has done so. Otherwise the text is selected, so that the reader
   can copy it. */
function copyText(element, onCopied) {
  if (navigator.clipboard && navigator.clipboard.writeText) {
    navigator.clipboard.writeText(element.textContent).then(onCopied, function () { copySelected(element, onCopied); });
  } else {
    copySelected(element, onCopied);
  }
}

function copySelected(element, onCopied) {
  try {
    var range = document.createRange(), selection = window.getSelection();
    range.selectNodeContents(element);
    selection.removeAllRanges();
    selection.addRange(range);
    if (document.execCommand("copy")) { onCopied(); }
  } catch (refused) { /* At least, the text is selected. */ }
}

addCopyButtons();
