// Streamlit opens link buttons in a new tab. Links of our own that sign in, sign out or change the language belong in this one.
const HERE = ["/sign-in/", "/sign-out", "/sessions", "/language/"];
document.addEventListener(
  "click",
  (event) => {
    const link = event.target.closest?.("a[target=_blank]");
    if (link && link.origin === location.origin && (HERE.some((path) => link.pathname.startsWith(path)) || link.closest(".st-key-foot, .st-key-matrix"))) {
      link.target = "_self";
    }
    // A document was taken: a moment later the page says so.
    if (link && link.origin === location.origin && link.pathname.startsWith("/documents/")) {
      [1500, 5000].forEach((wait) => setTimeout(() => document.querySelector(".st-key-after_download button")?.click(), wait));
    }
    // On a phone the menu lies over the page that was chosen from it.
    if (event.target.closest?.("[data-testid=stSidebarNavLink]") && innerWidth < 768) {
      setTimeout(() => document.querySelector("[data-testid=stSidebarCollapseButton] button")?.click(), 100);
    }
    if (event.target.closest?.(".st-key-print_page button")) {
      print();
    }
    // Whoever leaves takes along what was typed here.
    if (link?.pathname === "/sign-out" && link.origin === location.origin) {
      forget(() => true);
      event.preventDefault();
      event.stopPropagation();
      leave();
    }
  },
  true,
);

// Keys of the desk, for who isn't typing: the list of all keys, and the box to search in.
const KEYS = { "?": ".st-key-shortcuts button", "/": ".st-key-desk_search input" };
document.addEventListener("keydown", (event) => {
  const place = KEYS[event.key] && !event.ctrlKey && !event.altKey && !event.metaKey && document.querySelector(KEYS[event.key]);
  if (place && !event.target.closest?.("input, textarea, select, [contenteditable=true]")) {
    event.preventDefault();
    place.focus();
    place.matches("button") && place.click();
  }
});

// Something goes out at a moment: the page looks again a little after it, and a few times more.
const AGAIN = { after: 2000, every: 5000, times: 24 };
function lookAgain() {
  const place = document.querySelector("[class*=st-key-look_again_]");
  const named = place && [...place.classList].find((name) => name.startsWith("st-key-look_again_"));
  // By which answer: the same place may be another one's by then.
  const [seconds, answer] = named ? named.slice("st-key-look_again_".length).split("_") : [];
  if (place && place.dataset.waits !== answer) {
    place.dataset.waits = answer;
    for (let time = 0; time < AGAIN.times; time += 1) {
      const wait = 1000 * seconds + AGAIN.after + time * AGAIN.every;
      setTimeout(() => place.isConnected && place.dataset.waits === answer && place.querySelector("button")?.click(), wait);
    }
  }
}

// Signing out changes something, so it is a form that is sent and no address that is looked at.
function leave() {
  const form = document.createElement("form");
  form.method = "post";
  form.action = "/sign-out";
  document.body.append(form);
  form.submit();
}

// A right code was typed: the ticket behind the # goes to the route that sets the cookie, and into no address.
async function enter(link) {
  const body = new URLSearchParams({ token: link.hash.slice(1) });
  link.remove();
  await fetch("/open", { method: "POST", body, redirect: "manual" });
  location.assign("/track");
}

// What is typed in a long box stays in this tab until it is sent: over a reload, a lost connection, the end of a session.
// A box has the name of its record in its key, so that nothing comes back with another one.
const TYPED = "bijsluiter:typed:";
const setText = Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, "value").set;

function keyOf(box) {
  const named = box.closest("[class*='st-key-']");
  const found = named && [...named.classList].find((name) => name.startsWith("st-key-"));
  // Where a form names no record, its other boxes are gone: words of one letter must not stand with the name of another.
  return found && !found.startsWith("st-key-register_") && TYPED + found.slice("st-key-".length);
}

function forget(which) {
  Object.keys(sessionStorage)
    .filter((key) => key.startsWith(TYPED) && which(key.slice(TYPED.length)))
    .forEach((key) => sessionStorage.removeItem(key));
}

document.addEventListener("focusin", (event) => {
  if (event.target instanceof HTMLTextAreaElement && event.target.dataset.began === undefined) {
    event.target.dataset.began = event.target.value;
  }
});
document.addEventListener("input", (event) => {
  const box = event.target;
  const key = box instanceof HTMLTextAreaElement && keyOf(box);
  if (key && event.isTrusted) {
    sessionStorage.setItem(key, JSON.stringify({ from: box.dataset.began ?? "", to: box.value }));
  }
});

// A box that is just there may be set once more by the page itself, to what it was drawn with: looked at again a few times.
// Whatever somebody typed or sent meanwhile is what is kept by then, so that nothing of it is undone.
const LOOK_AGAIN = [0, 50, 250, 1000, 2500];

function giveBack(box) {
  box.dataset.seen = "yes";
  putBack(box);
  LOOK_AGAIN.forEach((wait) => setTimeout(() => box.isConnected && putBack(box), wait));
}

function putBack(box) {
  const key = keyOf(box);
  const kept = key && JSON.parse(sessionStorage.getItem(key) ?? "null");
  // Only into a box as it was when the typing began: what is recorded by now is never written over.
  if (kept && kept.to !== box.value && box.value === kept.from) {
    box.dataset.began = kept.from;
    setText.call(box, kept.to);
    box.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

new MutationObserver(() => {
  for (const sent of document.querySelectorAll(".bijsluiter-sent")) {
    const ends = sent.id.replace(/^bijsluiter-sent-/, "");
    forget((key) => key.includes(ends));
  }
  document.querySelectorAll("textarea:not([data-seen])").forEach(giveBack);
  const link = document.querySelector("a.bijsluiter-follow[href^='/open#']");
  if (link) {
    enter(link);
  }
  lookAgain();
}).observe(document, { childList: true, subtree: true });
