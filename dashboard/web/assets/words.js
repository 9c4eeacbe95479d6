// Streamlit says some things in English alone: here they become the reader's language, wherever they stand, but never in what
// a person typed or what our pages say themselves. The words come with the page (`dashboard/web/words.py`).
const SAID = ["aria-label", "aria-valuetext", "aria-description", "title", "placeholder", "alt"];
const OURS = "[data-testid=stMarkdownContainer], [data-testid=stText], pre, code, textarea, script, style";
// But the button of an uploader, which is drawn as if we had written it.
const THEIRS = "[data-testid=stFileUploaderDropzone] button";
// A sign stands beside its word: read aloud it would be its English name.
const SIGN = /^[a-z0-9_ ]+ icon$/;
const exact = new Map();
const patterns = [];
const PLACE = /\\\{\w+\\\}/g;

for (const [from, to] of JSON.parse(document.querySelector("meta[name=bijsluiter-words]")?.content ?? "[]")) {
  if (!from.includes("{")) {
    exact.set(from, to);
    continue;
  }
  const names = [...from.matchAll(/\{(\w+)\}/g)].map((found) => found[1]);
  const escaped = from.replace(/[.*+?^${}()|[\]\\]/g, "\\$&").replace(PLACE, "(.+?)");
  patterns.push({ names, to, is: new RegExp(`^${escaped}$`) });
}

function inWords(said) {
  const text = said.trim();
  if (exact.has(text)) {
    return exact.get(text);
  }
  for (const { names, to, is } of patterns) {
    const found = is.exec(text);
    if (found) {
      return to.replace(/\{(\w+)\}/g, (_, name) => found[names.indexOf(name) + 1]);
    }
  }
  // The name of a box is read as it is written: without the signs that make a word bold.
  return text.includes("**") ? text.replaceAll("**", "") : null;
}

function attribute(element, name) {
  const said = element.getAttribute(name);
  if (said && SIGN.test(said)) {
    element.setAttribute("aria-hidden", "true");
    element.removeAttribute(name);
    return;
  }
  const words = said && inWords(said);
  if (words && words !== said) {
    element.setAttribute(name, words);
  }
}

function text(node) {
  const parent = node.parentElement;
  const words = parent && (!parent.closest(OURS) || parent.closest(THEIRS)) && exact.size && inWords(node.data);
  if (words && words !== node.data.trim()) {
    node.data = node.data.replace(node.data.trim(), () => words);
  }
}

function all(root) {
  if (root instanceof Text) {
    text(root);
  } else if (root instanceof Element) {
    for (const element of [root, ...root.querySelectorAll(SAID.map((name) => `[${name}]`).join())]) {
      SAID.forEach((name) => attribute(element, name));
    }
    const texts = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
      text(texts.currentNode);
    }
  }
}

new MutationObserver((changes) => {
  for (const change of changes) {
    if (change.type === "attributes") {
      attribute(change.target, change.attributeName);
    } else if (change.type === "characterData") {
      text(change.target);
    } else {
      change.addedNodes.forEach(all);
    }
  }
}).observe(document, { attributeFilter: SAID, characterData: true, childList: true, subtree: true });
