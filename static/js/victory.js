// What the pages do beyond forms and links. Everything here is an addition: without it the same
// forms post and the same links lead on.

// The sentences that this file says are on the body, where they are translated.
const say = (name, values = {}) => document.body.dataset[name].replace(/{(\w+)}/g, (_, key) => values[key]);

const on = (type, selector, act) =>
  document.addEventListener(type, (event) => {
    const found = event.target.closest?.(selector);
    if (found) act(event, found);
  });

// --- Worksheet tables: Escape leaves a row as it was, a double click opens it. ---

on("keydown", "[data-entry]", (event, entry) => {
  if (event.key !== "Escape") return;
  const cancel = entry.querySelector("[data-cancel]");
  if (cancel) return cancel.click();
  for (const field of entry.querySelectorAll("input:not([type=hidden]), textarea")) {
    field.value = "";
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }
});

on("keydown", "[data-entry] textarea", (event, area) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) area.form.requestSubmit();
});

on("dblclick", "tbody > tr", (event, row) => {
  if (!event.target.closest("a, button, input, select, textarea")) row.querySelector("td.tools a[hx-get]")?.click();
});

// After a row is saved, left, moved or deleted, the keyboard goes on where the person was: on the
// button that was pressed or its neighbour (at the end of a sheet it is disabled), in the row, or, where
// that is gone, on the button that brings it back or in the next row. It shows there, also after a click.
let left = {};

// A button that saves a row is disabled meanwhile and so without the focus: then the row is that of its form.
document.addEventListener("htmx:beforeSwap", (event) => {
  const { elt } = event.detail.requestConfig;
  const row = document.activeElement === document.body ? elt.closest("[data-entry]") : document.activeElement.closest("tbody");
  left = { row: row?.id, next: row?.nextElementSibling?.id };
});

document.addEventListener("htmx:afterSettle", () => {
  if (document.activeElement !== document.body) return;
  const row = document.getElementById(left.row ?? "");
  const undo = row ? null : document.querySelector("#notices button[form=undo]");
  const next = row ?? document.getElementById(left.next ?? "");
  const edit = next?.querySelector("td.tools > a");
  (undo ?? edit ?? next?.querySelector("a, input:not([type=hidden]), button:enabled"))?.focus({ focusVisible: true });
});

// --- Grids and columns of figures: Enter and the arrows move, leaving a changed cell saves it. ---

const cellsOf = (grid) => [...grid.querySelectorAll("tbody tr")].map((row) => [...row.querySelectorAll("[data-cell]")]).filter((cells) => cells.length);

on("focusin", "[data-cell]", (event, cell) => {
  cell.dataset.before = cell.value; // what Escape brings back
});

// A value that was refused, because somebody else had changed the cell, is entered again with Enter, or by
// typing it once more, which alone is no change. Going through the cell does not replace what they entered.
const enterAgain = (cell) => {
  delete cell.dataset.typed;
  const refused = cell.closest("tr").querySelector(".error:not(:empty)");
  if (refused && cell.value === cell.dataset.sent) cell.form.requestSubmit();
};

on("input", "[data-cell]", (event, cell) => {
  cell.dataset.typed = "yes";
});

// Asked before the cell is left, which sends whatever has been typed since.
on("keydown", "[data-cell]", (event, cell) => {
  if (event.key === "Enter") enterAgain(cell);
});

on("keydown", "[data-cell]", (event, cell) => {
  const move = { Enter: [event.shiftKey ? -1 : 1, 0], ArrowDown: [1, 0], ArrowUp: [-1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[event.key];
  if (event.key === "Escape" && cell.tagName !== "SELECT") {
    cell.value = cell.dataset.before;
    delete cell.dataset.typed;
    return cell.select();
  }
  if (!move || cell.tagName === "SELECT" && event.key !== "Enter") return;
  if (move[1] && (cell.selectionStart !== cell.selectionEnd || cell.selectionStart !== (move[1] < 0 ? 0 : cell.value.length)) && cell.selectionEnd - cell.selectionStart !== cell.value.length) return;
  const rows = cellsOf(cell.closest("[data-grid]"));
  const y = rows.findIndex((row) => row.includes(cell));
  const next = rows[y + move[0]]?.[rows[y].indexOf(cell) + move[1]];
  event.preventDefault();
  if (next) {
    next.focus();
    next.select?.();
  } else {
    cell.blur();
    cell.focus();
  }
});

on("change", "[data-cell]", (event, cell) => {
  cell.dataset.sent = cell.value;
  delete cell.dataset.typed;
  cell.form.requestSubmit();
});

// A cell of a grid that was refused is marked, and has the focus again unless something else is being typed.
document.addEventListener("htmx:afterRequest", (event) => {
  const row = event.target.closest?.(".grid tr");
  if (!row) return;
  const problems = [...row.querySelectorAll("[data-refused]")];
  const refused = problems.map((problem) => document.getElementById(problem.dataset.refused));
  for (const cell of row.querySelectorAll("[data-cell]")) {
    if (refused.includes(cell)) {
      cell.setAttribute("aria-invalid", "true");
      cell.setAttribute("aria-describedby", problems[0].parentElement.id);
    } else {
      cell.removeAttribute("aria-invalid");
      cell.removeAttribute("aria-describedby");
    }
  }
  const here = document.activeElement;
  if (!refused.length || refused.includes(here)) return;
  if (here === document.body || here.matches("[data-cell]") && here.value === here.dataset.before) {
    refused[0].focus();
    refused[0].select();
  }
});

// A cell is replaced by what is typed into it, as in a spreadsheet; a second click sets the cursor.
on("click", "[data-grid] input[data-cell]", (event, cell) => {
  if (cell.dataset.clicked !== "yes") cell.select();
  cell.dataset.clicked = "yes";
});

on("focusout", "[data-cell]", (event, cell) => {
  delete cell.dataset.clicked;
  if (cell.dataset.typed) enterAgain(cell);
});

// --- The board of actions: a card that is dropped on another pile posts its own form for the status. ---

let dragged = null;

on("dragstart", "[data-card]", (event, card) => {
  dragged = card;
  event.dataTransfer.effectAllowed = "move";
  card.classList.add("dragged");
});

on("dragover", "[data-pile]", (event, pile) => {
  if (!dragged) return;
  event.preventDefault();
  for (const each of document.querySelectorAll("[data-pile]")) each.classList.toggle("over", each === pile);
});

on("drop", "[data-pile]", (event, pile) => {
  event.preventDefault();
  const status = dragged?.querySelector(".status select");
  if (!status || pile.contains(dragged)) return;
  status.value = pile.dataset.pile;
  status.form.requestSubmit();
});

document.addEventListener("dragend", () => {
  dragged?.classList.remove("dragged");
  dragged = null;
  for (const pile of document.querySelectorAll("[data-pile]")) pile.classList.remove("over");
});

// --- How many characters are left, said while typing. ---

const sayLimit = (field) => {
  const limit = Number(field.dataset.limit);
  const left = limit - field.value.length;
  let line = field.parentElement.querySelector(".limit");
  if (left > limit / 5) return line?.remove();
  if (!line) {
    line = Object.assign(document.createElement("p"), { className: "limit", role: "status" });
    field.after(line);
  }
  line.classList.toggle("over", left < 0);
  line.textContent = left < 0 ? say("over", { over: -left, limit }) : say("left", { left, limit });
};

on("input", "[data-limit]", (event, field) => sayLimit(field));

// --- Long texts save themselves while they are typed. ---

const waiting = new WeakMap();

on("input", "[data-draft] textarea", (event, area) => {
  const form = area.form;
  clearTimeout(waiting.get(form));
  waiting.set(form, setTimeout(() => htmx.trigger(form, "draft-changed"), 1200));
});

// Whoever leaves the form is perhaps about to leave the page.
on("focusout", "[data-draft] textarea", (event, area) => {
  if (area.value === area.defaultValue || event.relatedTarget?.form === area.form) return;
  clearTimeout(waiting.get(area.form));
  htmx.trigger(area.form, "draft-changed");
});

// A form that is just saving itself is sent once that is done, or it would be taken for somebody else's.
on("submit", "[data-draft]", (event, form) => {
  clearTimeout(waiting.get(form));
  if (!form.matches(".htmx-request")) return;
  event.preventDefault();
  form.addEventListener("htmx:afterRequest", () => form.requestSubmit(event.submitter), { once: true });
});

// --- Suggestions for a field that takes several names, parted by semicolons. ---

on("input", "[data-names]", (event, field) => {
  const list = document.getElementById(field.getAttribute("list"));
  if (!list) return;
  list.all ??= [...list.options].map((option) => option.value);
  const typed = field.value.split(";");
  typed.pop();
  const start = typed.length ? `${typed.map((name) => name.trim()).join("; ")}; ` : "";
  const there = new Set(typed.map((name) => name.trim().toLowerCase()));
  list.replaceChildren(
    ...list.all
      .filter((name) => !there.has(name.toLowerCase()))
      .map((name) => Object.assign(document.createElement("option"), { value: start + name })),
  );
});

// --- What could not be saved is said, and what was typed stays where it is. ---

const sayProblem = (sentence) => {
  const notice = Object.assign(document.createElement("p"), { className: "notice error", textContent: sentence });
  document.getElementById("notices").replaceChildren(notice);
  notice.scrollIntoView({ block: "nearest" });
  return notice;
};

// Said until the same part of the page is saved after all.
const sayNotSaved = (elt, why) => {
  const notice = sayProblem(say(why));
  if (why === "signedOut") notice.append(" ", Object.assign(document.createElement("a"), { href: say("login"), target: "_blank", textContent: say("signIn") }));
  elt.addEventListener("htmx:beforeOnLoad", ({ detail }) => detail.xhr.status < 400 && notice.remove());
};

const asksIfChanged = (event) => event.detail.elt.id === "seen";

const whyRefused = (status) => (status === 401 ? "signedOut" : "refused");

document.addEventListener("htmx:sendError", (event) => asksIfChanged(event) || sayNotSaved(event.detail.elt, "notSaved"));
document.addEventListener("htmx:responseError", (event) => asksIfChanged(event) || sendAgain(event.detail) || sayNotSaved(event.detail.elt, whyRefused(event.detail.xhr.status)));

// Whoever signed in again in another tab has a new token against forged requests. The page takes it over
// and sends once more what was refused for the old one.
const TOKEN = "csrfmiddlewaretoken";

const takeToken = (token) => {
  document.body.setAttribute("hx-headers", JSON.stringify({ "X-CSRFToken": token }));
  for (const field of document.getElementsByName(TOKEN)) field.value = token;
};

const sendAgain = ({ xhr, elt, target, requestConfig }) => {
  if (xhr.getResponseHeader("X-Token") !== "stale" || elt.dataset.sentAgain) return false;
  elt.dataset.sentAgain = "yes";
  fetch(document.body.dataset.token, { headers: { "HX-Request": "true" } })
    .then(async (answer) => {
      if (!answer.ok) return sayNotSaved(elt, whyRefused(answer.status));
      const token = await answer.text();
      takeToken(token);
      const values = { ...Object.fromEntries(requestConfig.formData), [TOKEN]: token };
      await htmx.ajax(requestConfig.verb, requestConfig.path, { source: elt, target, values });
    })
    .catch(() => sayNotSaved(elt, "notSaved"))
    .finally(() => delete elt.dataset.sentAgain);
  return true;
};

// --- A page on a wall asks now and then whether it is still what stands, while somebody can see it. ---

document.addEventListener("htmx:beforeRequest", (event) => {
  if (asksIfChanged(event) && document.hidden) event.preventDefault();
});

document.addEventListener("htmx:afterRequest", (event) => {
  if (!asksIfChanged(event)) return;
  const seen = event.detail.elt;
  seen.textContent = event.detail.successful ? "" : event.detail.xhr.status === 401 ? seen.dataset.signedOut : seen.dataset.lost;
});

// --- Single keys press what names them (data-keys), or lead into it where it is a field. ---

// They work outside of fields, Escape leaves a field for them, and they can be switched off for good:
// whoever speaks to the computer, or types with a tremor, presses them without meaning to.
const keys = document.getElementById("keys");

if (keys) {
  keys.checked = device.read("keys") !== "off";
  keys.onchange = () => device.keep("keys", keys.checked ? "on" : "off");
  document.addEventListener("keydown", (event) => {
    const field = event.target.closest("input:not([type=checkbox]), select, textarea");
    if (field && event.key === "Escape") return field.blur();
    if (field || !keys.checked || event.ctrlKey || event.metaKey || event.altKey) return;
    const found = document.querySelector(`[data-keys~="${CSS.escape(event.key)}"]`);
    if (!found) return;
    event.preventDefault();
    if (found.matches("input, textarea")) found.focus();
    else found.click();
  });
}

// --- Going on to the next metric of a review leaves nothing behind unsaid. ---

const isTyped = (field) => field.matches("input:not([type=hidden]), textarea") && field.value !== field.defaultValue;

on("submit", "form", (event) => {
  if (event.submitter?.name !== "go") return;
  const unsent = [...document.querySelectorAll("form[data-unsent]:not([data-told])")].find((form) => form.querySelector("[aria-invalid=true]") || [...form.elements].some(isTyped));
  if (!unsent) return;
  event.preventDefault();
  unsent.dataset.told = "";
  ([...unsent.elements].find(isTyped) ?? unsent.querySelector("[aria-invalid=true]")).focus();
  sayProblem(unsent.dataset.unsent);
});

// --- A new organization: its address follows its name until somebody types one, its zone is this device's. ---

const slugOf = (name) => name.normalize("NFKD").replace(/[^\w\s-]/g, "").trim().toLowerCase().replace(/[\s_-]+/g, "-").slice(0, 50);

for (const slug of document.querySelectorAll("[data-slug-of]")) {
  const name = document.getElementById(slug.dataset.slugOf);
  let own = slug.value !== "";
  slug.addEventListener("input", () => (own = slug.value !== ""));
  name.addEventListener("input", () => own || (slug.value = slugOf(name.value)));
}

for (const zone of document.querySelectorAll("[data-guess-time-zone]")) {
  const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if ([...zone.options].some((option) => option.value === here)) zone.value = here;
}

// --- Small things. ---

for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.onclick = () => print();
}

for (const button of document.querySelectorAll("[data-fullscreen]")) button.hidden = !document.fullscreenEnabled;
on("click", "[data-fullscreen]", () => (document.fullscreenElement ? document.exitFullscreen() : document.documentElement.requestFullscreen()));

// The guide stays folded for whoever folded it.
for (const details of document.querySelectorAll("details[data-keep]")) {
  const key = `folded:${details.dataset.keep}`;
  if (localStorage.getItem(key) || (details.closest(".guide") && matchMedia("(width < 68rem)").matches)) details.open = false;
  details.addEventListener("toggle", () => (details.open ? localStorage.removeItem(key) : localStorage.setItem(key, "1")));
}

// A part of the page is not replaced under the hands of somebody who is typing in it, but right after.
let refreshLater = false;

const beingTyped = (part) =>
  part.querySelector("[data-entry]:not(.add), .error:not(:empty), .update[open]") ||
  [...part.querySelectorAll("input:not([type=hidden]), textarea")].some((field) => field.value !== field.defaultValue);

document.addEventListener("htmx:oobBeforeSwap", (event) => {
  if (!beingTyped(event.detail.target)) return;
  event.detail.shouldSwap = false;
  refreshLater = true;
});

document.addEventListener("htmx:afterRequest", (event) => {
  if (!event.detail.successful || !event.target.matches?.("form")) return;
  for (const cell of event.target.elements) {
    if (cell.matches("[data-cell]") && event.detail.requestConfig.parameters[cell.name] === cell.value) cell.defaultValue = cell.value;
  }
});

// Nor by what the page was while something is still being saved: a cell would lose what was just typed
// into it, and the next save of its line would take that for cleared. The newest refresh alone counts.
let saving = 0;
let outdated = false;
const writes = (event) => event.detail.requestConfig.verb !== "get";

document.addEventListener("htmx:beforeRequest", (event) => {
  if (writes(event)) saving += 1;
});

document.addEventListener("htmx:beforeSwap", (event) => {
  if (!saving || event.detail.requestConfig.elt.id !== "refresh") return;
  event.detail.shouldSwap = false;
  outdated = true;
});

document.addEventListener("htmx:afterRequest", (event) => {
  if (!writes(event) || --saving || !outdated) return;
  outdated = false;
  htmx.trigger(document.body, "workbook-changed");
});

document.addEventListener("focusout", () => {
  if (refreshLater) htmx.trigger(document.body, "workbook-changed");
  refreshLater = false;
});

// --- Whoever goes back sees the page as the browser has it: where the workbook is another now, it is read anew. ---

addEventListener("pageshow", async (event) => {
  const [visit] = performance.getEntriesByType("navigation");
  const { changed } = document.body.dataset;
  if (!changed || !(event.persisted || visit.type === "back_forward")) return;
  const answer = await fetch(changed, { cache: "no-store" }).catch(() => null);
  if (!answer?.headers.has("HX-Trigger")) return;
  if (beingTyped(document.body)) return htmx.trigger(document.body, "workbook-changed");
  location.reload();
});

// --- What works with JavaScript alone is hidden without it. ---

for (const part of document.querySelectorAll("[data-scripted]")) part.hidden = false;

document.addEventListener("allauth.error", (event) => {
  event.preventDefault();
  document.getElementById("passkey-problem").hidden = false;
});

// --- Tables with many rows: where they become cards, each cell is told what its column is called. ---

const asCards = matchMedia("(width < 52rem)");

const nameCells = () => {
  if (!asCards.matches) return;
  for (const table of document.querySelectorAll("table[data-cards]")) {
    const names = [...table.tHead.rows[0].cells].map((head) => head.textContent);
    for (const row of table.querySelectorAll("tbody > tr:not([role])")) {
      row.parentElement.setAttribute("role", "rowgroup");
      row.setAttribute("role", "row"); // what is no longer laid out as a table is still one to read
      [...row.cells].forEach((cell, place) => {
        cell.setAttribute("role", "cell");
        if (place && !cell.matches(".tools")) cell.dataset.label = names[place];
      });
    }
  }
};

asCards.addEventListener("change", nameCells);
document.addEventListener("htmx:afterSettle", nameCells);
nameCells();
