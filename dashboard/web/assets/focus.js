// Where one is after something happened: at what went wrong, at what was done, at the next question. The library draws a page
// anew and leaves the focus on nothing. Our pages give the keys: `wrong_summary…`, `wrong_<field>` beside a field, `notice`,
// and `step_<name>` around a question.
const FIELD = "textarea, select, [role=combobox], [role=radiogroup], [role=spinbutton], input:not([type=hidden]), [data-testid=stDataFrame] canvas";
const WRONG = "st-key-wrong_";
const SUMMARY = `[class*="${WRONG}summary"]`;
const SOON = 3000;
let step = null;
let asked = 0;

const keyed = (element, begin) => [...element.classList].find((name) => name.startsWith(begin));

// The field that a sentence beside it is about: the nearest one before it; of boxes to tick the first of them.
function fieldOf(said) {
  let block = said;
  // It stands alone in one or two boxes of the library's, behind its field.
  while (!block.previousElementSibling && block.parentElement && block.parentElement.dataset.testid !== "stForm") {
    block = block.parentElement;
  }
  let found = null;
  for (let before = block.previousElementSibling; before; before = before.previousElementSibling) {
    const field = before.querySelector(FIELD);
    if (found && field?.type !== "checkbox") {
      return found;
    }
    found = field ?? found;
    if (found && found.type !== "checkbox") {
      return found;
    }
  }
  return found;
}

function tie(said) {
  const field = fieldOf(said);
  if (field && field.getAttribute("aria-describedby") !== said.id) {
    said.id = keyed(said, WRONG);
    field.setAttribute("aria-invalid", "true");
    field.setAttribute("aria-describedby", said.id);
    field.dataset.wrong = "yes";
  }
}

function untie(field) {
  if (!document.getElementById(field.getAttribute("aria-describedby"))) {
    ["aria-invalid", "aria-describedby", "data-wrong"].forEach((name) => field.removeAttribute(name));
  }
}

function come(element) {
  element.tabIndex = -1;
  element.focus();
}

// Once for what it says.
function tell(element) {
  const said = element?.textContent.trim();
  if (said && element.dataset.told !== said) {
    element.dataset.told = said;
    come(element);
  }
}

// Only for who has nothing else in hand: the button that was pressed goes a moment after its notice came.
function notice(element) {
  const said = element?.textContent.trim();
  if (said && element.dataset.said !== said) {
    element.dataset.said = said;
    element.dataset.since = Date.now();
  }
  if (said && Date.now() - element.dataset.since < SOON && document.activeElement === document.body) {
    tell(element);
  }
}

// The title says it too: it is what is read first, and what stands in the tab.
const OWN_WORDS = JSON.parse(document.querySelector("meta[name=bijsluiter-said]")?.content ?? "{}");

function retitle(summary) {
  const bare = document.title.startsWith(`${OWN_WORDS.wrong}: `) ? document.title.slice(OWN_WORDS.wrong.length + 2) : document.title;
  const wanted = summary ? `${OWN_WORDS.wrong}: ${bare}` : bare;
  if (OWN_WORDS.wrong && document.title !== wanted) {
    document.title = wanted;
  }
}

// Without a connection nothing is lost, but nothing goes either: said as long as it lasts.
function connection() {
  let said = document.getElementById("bijsluiter-offline");
  if (navigator.onLine) {
    said?.remove();
  } else if (!said && OWN_WORDS.offline) {
    said = document.createElement("div");
    said.id = "bijsluiter-offline";
    said.setAttribute("role", "alert");
    said.textContent = OWN_WORDS.offline;
    document.body.prepend(said);
  }
}
addEventListener("offline", connection);
addEventListener("online", connection);

// What a page says of what one types, in a region that was there before: only so is it read out.
const region = document.createElement("div");
region.setAttribute("role", "status");
region.className = "bijsluiter-region";

function announce(text) {
  if (document.body && !region.isConnected) {
    document.body.append(region);
  }
  if (region.textContent !== text) {
    region.textContent = text;
  }
}

// Another page, or another record, begins at its top: the library leaves the scroll where it was.
let shown = null;

function toTop() {
  const heading = document.querySelector("h1")?.textContent;
  if (heading && heading !== shown) {
    if (shown !== null) {
      [0, 200].forEach((wait) => setTimeout(() => document.querySelector("[data-testid=stMain]")?.scrollTo(0, 0), wait));
    }
    shown = heading;
  }
}

function look() {
  toTop();
  announce(document.querySelector(".st-key-announced")?.textContent.trim() ?? "");
  document.querySelectorAll(`[class*="${WRONG}"]:not(${SUMMARY})`).forEach(tie);
  document.querySelectorAll("[data-wrong]").forEach(untie);
  const summary = document.querySelector(SUMMARY);
  tell(summary);
  retitle(summary);
  notice(document.querySelector(".st-key-notice"));
  const question = document.querySelector('[class*="st-key-step_"]');
  const now = question && keyed(question, "st-key-step_");
  const heading = document.querySelector(".stProgress [data-testid=stMarkdownContainer]");
  if (now && step && now !== step) {
    asked = Date.now();
  }
  step = now;
  // What was wrong in the question before goes a moment after the next one came.
  if (Date.now() - asked < SOON && !summary && heading) {
    asked = 0;
    come(heading);
  }
}

document.addEventListener(
  "click",
  (event) => {
    const link = event.target.closest?.(`${SUMMARY} a[href^="#"]`);
    const said = link && document.querySelector(`.st-key-${CSS.escape(link.hash.slice(1))}`);
    const field = said && fieldOf(said);
    if (link) {
      event.preventDefault();
      event.stopPropagation();
    }
    if (field) {
      const target = field.matches("[role=radiogroup]") ? (field.querySelector("input") ?? field) : field;
      target.scrollIntoView({ block: "center" });
      target.focus();
    }
  },
  true,
);

new MutationObserver(look).observe(document, { childList: true, subtree: true, characterData: true });
