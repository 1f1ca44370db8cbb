// Keys, the cell that is looked at, and decisions that could not be sent. Everything else is the server's.
"use strict";

const UNSENT = "gouji-unsent", FAR = "gouji-far";
const desk = () => document.querySelector(".desk");
const panel = () => document.getElementById("panel");
const field = () => document.getElementById("value");

// --- the cell that is looked at, on both sides ---------------------------------------------------

function centre(box, item) {
  if (!box || !item) return;
  const outer = box.getBoundingClientRect(), inner = item.getBoundingClientRect();
  box.scrollTop += inner.top + inner.height / 2 - outer.top - outer.height / 2;
  box.scrollLeft += inner.left + inner.width / 2 - outer.left - outer.width / 2;
}

function showCurrent() {
  const state = panel()?.querySelector("[data-current]");
  if (!state) return;
  const number = state.dataset.current;
  document.querySelectorAll(".current").forEach((item) => item.classList.remove("current"));
  showNear();
  if (!number) return;
  document.querySelectorAll(`[data-cell="${CSS.escape(number)}"]`).forEach((item) => {
    if (item.closest("#changes")) return;
    item.classList.add("current");
    centre(item.closest(".paper, .form"), item);
  });
}

// Where a cell may stand whose own place is not known: marked on the pages, or beside its neighbour.
function showNear() {
  document.querySelectorAll("rect.near").forEach((item) => item.remove());
  document.querySelectorAll(".near").forEach((item) => item.classList.remove("near"));
  const marks = [...document.querySelectorAll("#near li")].map(mark).filter(Boolean);
  if (marks.length) centre(document.querySelector(".paper"), marks[0]);
}

function mark(place) {
  const page = document.querySelector(`.page[data-page="${place.dataset.page}"]`);
  if (!page) {
    const beside = document.querySelector(`.paper [data-cell="${place.dataset.beside}"]`)?.closest("tr, p");
    beside?.classList.add("near");
    return beside;
  }
  const rect = document.createElementNS("http://www.w3.org/2000/svg", "rect");
  const { x, y, width, height } = place.dataset;
  Object.entries({ class: "near", x, y, width, height }).forEach(([name, value]) => rect.setAttribute(name, value));
  return page.appendChild(rect);
}

function applyChanges() {
  document.querySelectorAll("#changes li").forEach((change) => {
    const wanted = `[data-cell="${CSS.escape(change.dataset.cell)}"]`;
    document.querySelectorAll(wanted).forEach((item) => {
      if (item === change) return;
      const current = item.classList.contains("current");
      item.setAttribute("class", change.dataset.look + (current ? " current" : ""));
      if (item.tagName === "BUTTON") {
        item.textContent = change.textContent;
        item.setAttribute("aria-label", change.dataset.name);
      }
    });
  });
}

// A button that the mouse has pressed must not answer to the next Enter: it gets no focus.
document.addEventListener("mousedown", (event) => {
  if (event.target.closest("button, summary")) event.preventDefault();
});

document.addEventListener("click", (event) => {
  const cell = event.target.closest("[data-cell]");
  if (cell && desk() && desk().contains(cell)) {
    htmx.ajax("GET", `${desk().dataset.base}/cell/${cell.dataset.cell}`, { target: "#panel" });
  }
  if (event.target.closest("[data-zoom]")) {
    localStorage.setItem(FAR, document.querySelector(".paper").classList.toggle("far"));
    showCurrent();
  }
  const chosen = event.target.closest("button[data-state]");
  if (chosen && event.detail > 1) { event.preventDefault(); return; } // a double click is one
  if (chosen?.form) setChoice(chosen.form, chosen.dataset.state, chosen.dataset.value || "");
});

function setChoice(form, state, value) {
  form.querySelector('input[name="state"]').value = state === "typed" ? "" : state;
  form.querySelector('input[name="value"]').value = state === "typed" ? "" : value;
}

function showTaken() {
  document.querySelectorAll("button.taken").forEach((item) => {
    item.classList.remove("taken");
    item.removeAttribute("title");
  });
  document.querySelectorAll("#taken li").forEach((one) => {
    document.querySelectorAll(`.form button[data-cell="${CSS.escape(one.dataset.cell)}"]`).forEach((item) => {
      item.classList.add("taken");
      item.title = one.textContent;
    });
  });
}

// Times are kept in UTC and shown as the clock on the wall says.
function showTimes() {
  document.querySelectorAll("time[datetime]").forEach((item) => {
    item.textContent = new Date(item.dateTime).toLocaleString(document.documentElement.lang);
  });
}

document.addEventListener("htmx:afterSettle", (event) => {
  if (event.target.id === "panel") { applyChanges(); showTaken(); showTimes(); }
  if (event.target.id === "panel" || event.target.closest?.(".paper")) showCurrent();
});
document.addEventListener("DOMContentLoaded", () => {
  document.querySelector(".paper")?.classList.toggle("far", localStorage.getItem(FAR) === "true");
});
window.addEventListener("load", () => { showCurrent(); showTaken(); showTimes(); sendAgain(); });
window.addEventListener("resize", showCurrent);

// --- pictures ------------------------------------------------------------------------------------
// What nobody has seen can't be decided: a picture that does not come is asked for again, and what
// has only just come into view has not been looked at, so that a key pressed twice counts once.

const TRIES = 5, GLANCE = 350;
const fresh = () => "fresh" in document.body.dataset;
let glance = 0;

function cameIntoView() {
  document.body.dataset.fresh = "";
  clearTimeout(glance);
  glance = setTimeout(() => { delete document.body.dataset.fresh; }, GLANCE);
}

function watch(picture) {
  if (picture.dataset.watched) return;
  picture.dataset.watched = "1";
  const address = picture.getAttribute("href") || picture.getAttribute("src");
  let tries = 0;
  const probe = new Image();
  probe.onload = () => {
    if (tries) picture.setAttribute(picture.hasAttribute("href") ? "href" : "src", probe.src);
    picture.dataset.seen = "1";
    showSeen(picture);
    if (picture.closest(".cut")) cameIntoView();
  };
  probe.onerror = () => {
    const notice = picture.closest(".cut")?.querySelector("[data-unseen]");
    if (notice) notice.hidden = false;
    tries += 1;
    if (tries < TRIES) setTimeout(() => { probe.src = `${address}?again=${tries}`; }, 700 * tries);
    else showSeen(picture);
  };
  probe.src = address;
}

function showSeen(picture) {
  const seen = picture.dataset.seen === "1";
  const notice = picture.closest(".cut")?.querySelector("[data-unseen]");
  if (notice) notice.hidden = seen;
  const card = picture.closest(".cards label");
  if (!card) return;
  card.dataset.done = "1";
  const box = card.querySelector("input");
  box.disabled = !seen;
  box.checked = seen;
  if (document.querySelector(".cards label:not([data-done])")) return;
  card.closest("form").querySelector('button[type="submit"]')?.removeAttribute("disabled");
  if (!document.activeElement.closest(".cards")) cards()[0]?.focus();
  cameIntoView();
}

const PICTURES = ".page image, .cut image, .cards img";
const NEEDED = ".cut image:not([data-seen]), .page:has(.near) image:not([data-seen])";
const watchAll = () => document.querySelectorAll(PICTURES).forEach(watch);
const unseen = () => Boolean(document.querySelector(NEEDED));
document.addEventListener("htmx:afterSettle", watchAll);
document.addEventListener("htmx:afterSwap", cameIntoView);
document.addEventListener("DOMContentLoaded", () => { watchAll(); cameIntoView(); });

// --- keys ----------------------------------------------------------------------------------------

const cards = () => [...document.querySelectorAll(".cards input:not(:disabled)")];

function moveAmongCards(event) {
  const all = cards(), step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (!step || !all.length) return false;
  const at = all.indexOf(document.activeElement);
  all[Math.max(0, Math.min(all.length - 1, at + step))].focus();
  return true;
}

// A key that nothing answers to: say which one does.
function tellKey(key) {
  const form = document.getElementById("decision"), told = panel()?.querySelector(".told");
  if (key === "Enter" && form && told) told.textContent = form.dataset.noEnter;
}

function type(event) {
  const input = field();
  if (!input) return false;
  if (/^[0-9.,\-]$/.test(event.key)) input.value += event.key;
  else if (event.key === "Backspace") input.value = input.value.slice(0, -1);
  else if (event.key === "Escape") input.value = "";
  else return false;
  input.dispatchEvent(new Event("input", { bubbles: true }));
  return true;
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (moveAmongCards(event)) { event.preventDefault(); return; }
  const input = field();
  const inField = event.target === input;
  const card = event.target.closest(".cards");
  if (!inField && !card && event.target.closest("input, select, textarea, summary, nav a")) return;
  const untouched = input?.value === input?.defaultValue;
  if (event.key === "Enter" && (event.repeat || fresh() && untouched)) { event.preventDefault(); return; }
  if (event.repeat) return; // a key held down is one stroke
  if (event.key === "Enter" && input && input.value.trim() && (inField || !event.target.closest("button"))) {
    setChoice(input.form, "typed", "");
    htmx.trigger(input.form, "submit");
    event.preventDefault();
    return;
  }
  if (!inField && type(event)) { event.preventDefault(); return; }
  if (inField && event.key !== "Enter") return;
  if (event.key.length === 1 && input?.value.trim()) return; // what was typed comes first
  if (event.key === "Enter" && event.target.closest("button, a") && !inField) return;
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  const wanted = document.querySelector(`[data-key~="${CSS.escape(key)}"]`);
  if (!wanted) tellKey(key);
  else if (!busy && !(fresh() && wanted.matches(DECIDES))) { event.preventDefault(); wanted.click(); }
});

const DECIDES = '[data-key~="Enter"], [data-decision] button';

// A key pressed while an answer is awaited would be meant for the next cell: it waits its turn.
let busy = 0;
document.addEventListener("htmx:beforeRequest", (event) => {
  if (event.detail.elt.closest("#panel") && event.detail.requestConfig.verb === "post") busy += 1;
});
document.addEventListener("htmx:afterRequest", (event) => {
  if (event.detail.requestConfig.verb === "post") busy = 0;
});

// --- decisions that could not be sent ------------------------------------------------------------
// Each is kept in the browser before it is sent, and let go of when the server has answered about
// it. It has a name of its own, so that sending it twice does no harm. Whose session has ended has to
// log in again first; nobody else sends it.

const ANSWERS = [200, 404, 409, 422];
const account = () => document.body.dataset.account;
const unsent = () => JSON.parse(localStorage.getItem(UNSENT) || "{}");
const keep = (all) => localStorage.setItem(UNSENT, JSON.stringify(all));

function tell() {
  const bar = document.getElementById("unsent"), all = Object.values(unsent());
  bar.hidden = !all.length;
  if (all.length) bar.textContent = `${bar.dataset.unsent} ${all.map(told).join("; ")}`;
}

function tellUnseen() {
  const notice = document.querySelector(".cut [data-unseen]");
  if (notice) notice.hidden = false;
}

const told = (one) => `${one.name} = ${one.shown}`;

function tellSent(late) {
  const bar = document.getElementById("unsent");
  bar.hidden = false;
  bar.textContent = late.length ? `${bar.dataset.late} ${late.join("; ")}` : bar.dataset.sent;
}

document.addEventListener("htmx:beforeRequest", (event) => {
  const form = event.detail.elt;
  if (form.dataset?.decision === undefined) return;
  if (unseen()) { event.preventDefault(); busy = 0; tellUnseen(); return; }
  const values = Object.fromEntries(new FormData(form));
  const all = unsent();
  all[values.uid] = {
    path: event.detail.requestConfig.path, values, name: form.dataset.decision, by: account(),
    shown: values.state ? values.value || values.state : values.text,
  };
  keep(all);
});
document.addEventListener("htmx:afterRequest", (event) => {
  const form = event.detail.requestConfig.elt; // the page has another form by now
  if (form.dataset?.decision === undefined) return;
  const status = event.detail.xhr.status, all = unsent();
  const uid = event.detail.requestConfig.formData.get("uid"), one = all[uid];
  if (ANSWERS.includes(status)) {
    delete all[uid];
    keep(all);
  } else {
    setTimeout(sendAgain, 2000);
  }
  tell();
  if (status === 404 && one) tellSent([told(one)]); // the document or the cell is gone
});

async function sendAgain() {
  let sent = 0, late = [];
  for (const [uid, one] of Object.entries(unsent())) {
    if ((one.by || "") !== account()) continue;
    try {
      const answer = await fetch(one.path, { method: "POST", headers: headers(), body: new URLSearchParams(one.values) });
      if (!ANSWERS.includes(answer.status)) continue;
      if (answer.status !== 200) late.push(told(one));
      const all = unsent();
      delete all[uid];
      keep(all);
      sent += 1;
    } catch { /* still away */ }
  }
  tell();
  if (Object.keys(unsent()).length) setTimeout(sendAgain, 2000);
  if (sent) {
    tellSent(late);
    const number = panel()?.querySelector("[data-current]")?.dataset.current;
    if (number && !late.length) htmx.ajax("GET", `${desk().dataset.base}/cell/${number}`, { target: "#panel" });
  }
}

// As htmx sends them: who has no session is then told so, and not led to another page.
const headers = () => ({ ...JSON.parse(document.body.getAttribute("hx-headers")), "HX-Request": "true" });

// --- files dropped on the page -------------------------------------------------------------------

async function take(files) {
  const list = document.getElementById("dropped");
  for (const file of files) {
    const entry = document.createElement("li");
    entry.textContent = `${file.name} …`;
    list.prepend(entry);
    try {
      const path = `/drop?name=${encodeURIComponent(file.name)}`;
      const answer = await fetch(path, { method: "POST", headers: headers(), body: file });
      if (!answer.ok && answer.status !== 422) throw new Error(answer.status);
      entry.insertAdjacentHTML("afterend", await answer.text());
      entry.remove();
      htmx.process(list);
    } catch {
      entry.textContent = `${file.name} ✗`;
    }
  }
}

document.addEventListener("dragover", (event) => { if (document.getElementById("drop")) event.preventDefault(); });
document.addEventListener("drop", (event) => {
  if (!document.getElementById("drop") || !event.dataTransfer?.files.length) return;
  event.preventDefault();
  take([...event.dataTransfer.files]);
});
document.addEventListener("change", (event) => {
  if (event.target.matches('#drop input[type="file"]')) take([...event.target.files]);
});
