// What somebody types is kept on their device until it is saved, and offered again when the page is opened
// after a closed lid, a lost connection or an ended sign-in. Loaded before victory.js.

// A device may refuse to keep anything (private windows, no space left): then typing goes on without.
const device = {
  keep(key, text) {
    try {
      localStorage.setItem(key, text);
    } catch {}
  },
  read: (key) => localStorage.getItem(key),
  drop: (key) => localStorage.removeItem(key),
  keys: () => Object.keys(localStorage).filter((key) => key.startsWith("typed:")),
};

const MOST_DAYS = 30;
const TYPED = "textarea, input:not([type]), input[type=text], input[type=email], input[type=date], input[type=number]";
const person = document.body.dataset.person;

// Nothing of a sign-in, and nothing of a form that only asks for other rows to be shown.
const addressOf = (form) => new URL(form.getAttribute("action") || location.href, location.href).pathname;
const isKept = (form) => person && form?.getAttribute("method") === "post" && !form.querySelector("[type=password], [autocomplete=one-time-code]") && !addressOf(form).startsWith("/accounts/");

const keyOf = (form) => `typed:${person}:${addressOf(form)}#${form.id}`;
const entryAt = (key) => {
  try {
    return JSON.parse(device.read(key)) ?? {};
  } catch {
    return {};
  }
};
const keepEntry = (key, entry) => (Object.keys(entry.fields).length ? device.keep(key, JSON.stringify(entry)) : device.drop(key));
const fieldsOf = (form) => [...form.elements].filter((field) => field.name && field.matches(TYPED));
const labelOf = (field) => (field.labels?.[0]?.firstChild?.textContent || field.getAttribute("aria-label") || field.name).trim().replace(/:$/, "");

document.addEventListener("input", ({ target }) => {
  if (!target.matches?.(TYPED) || !target.name || !isKept(target.form)) return;
  const key = keyOf(target.form);
  const { fields = {} } = entryAt(key);
  if (target.value === target.defaultValue) delete fields[target.name];
  else fields[target.name] = { text: target.value, label: labelOf(target) };
  keepEntry(key, { fields, at: Date.now(), page: location.pathname });
});

// Saved, by a plain form: it is sent with a mark, and the server hands the mark back once it is written.
document.addEventListener("submit", ({ target: form, submitter }) => {
  if (addressOf(form).endsWith("/logout/")) return device.keys().forEach(device.drop);
  const key = keyOf(form);
  const entry = entryAt(key);
  if (!entry.fields) return;
  if (submitter?.name === "take") delete entry.fields[submitter.value]; // given up for what somebody else wrote
  entry.mark = Math.random().toString(36).slice(2, 12);
  keepEntry(key, entry);
  const mark = form.querySelector("[name=device]") ?? form.appendChild(Object.assign(document.createElement("input"), { type: "hidden", name: "device" }));
  mark.value = entry.mark;
});

const saved = document.cookie.match(/(?:^|; )saved=(\w+)/)?.[1];

if (saved) {
  document.cookie = "saved=; path=/; max-age=0";
  for (const key of device.keys()) if (entryAt(key).mark === saved) device.drop(key);
}

// Saved, by a part of the page: what has been typed since then stays kept. Heard before the answer takes
// the place of the form.
document.addEventListener("htmx:beforeOnLoad", ({ detail: { elt, xhr, requestConfig } }) => {
  if (!elt.matches?.("form") || !xhr.getResponseHeader("X-Saved")) return;
  const key = keyOf(elt);
  const entry = entryAt(key);
  if (!entry.fields) return;
  for (const [name, { text }] of Object.entries(entry.fields)) {
    if (requestConfig.parameters[name] === text) delete entry.fields[name];
  }
  keepEntry(key, entry);
});

// Left on purpose.
document.addEventListener("click", ({ target }) => {
  const cancel = target.closest?.("[data-cancel]");
  const form = cancel?.closest("form") ?? cancel?.closest("[data-entry]")?.querySelector("form");
  if (form) device.drop(keyOf(form));
});

// Offered again, once for each form, with the names of its fields and the beginning of what was typed.
const offerFor = (key, entry, names) => {
  const words = (text) => document.body.dataset[text];
  const button = (text, act) => {
    const made = Object.assign(document.createElement("button"), { type: "button", className: "link", textContent: words(text) });
    made.onclick = () => {
      act();
      offer.remove();
    };
    return made;
  };
  const offer = Object.assign(document.createElement("div"), { className: "theirs offered" });
  offer.dataset.offer = key;
  offer.append(Object.assign(document.createElement("p"), { textContent: words("kept").replace("{when}", new Date(entry.at).toLocaleString(document.documentElement.lang, { dateStyle: "medium", timeStyle: "short" })) }));
  const list = document.createElement("ul");
  for (const name of names) {
    const { label, text } = entry.fields[name];
    const line = document.createElement("li");
    line.append(Object.assign(document.createElement("b"), { textContent: `${label}: ` }), text.length > 200 ? `${text.slice(0, 200)} …` : text || words("emptied"));
    list.append(line);
  }
  offer.append(list);
  return { offer, button };
};

const placeFor = (form) => form.closest("[data-entry]")?.querySelector("td") ?? fieldsOf(form).find((field) => field.matches("[data-cell]"))?.closest("tr")?.querySelector("th, td") ?? form;

const offerIn = (form) => {
  const key = keyOf(form);
  const entry = entryAt(key);
  if (!isKept(form) || !entry.fields || document.querySelector(`[data-offer="${CSS.escape(key)}"]`)) return;
  const fields = new Map(fieldsOf(form).map((field) => [field.name, field]));
  const refused = form.querySelector(".error:not(:empty), .problem, [aria-invalid=true]") ?? form.closest("[data-entry]")?.querySelector(".error:not(:empty), .problem");
  for (const name of Object.keys(entry.fields)) {
    if (!refused && fields.get(name)?.value === entry.fields[name].text) delete entry.fields[name];
  }
  keepEntry(key, entry);
  const names = Object.keys(entry.fields).filter((name) => fields.has(name) && fields.get(name).value !== entry.fields[name].text);
  if (!names.length) return;
  const { offer, button } = offerFor(key, entry, names);
  const take = button("putBack", () => {
    for (const name of names) {
      fields.get(name).value = entry.fields[name].text;
      fields.get(name).dispatchEvent(new Event("input", { bubbles: true }));
    }
    fields.get(names[0]).focus();
  });
  offer.append(take, " ", button("discard", () => device.drop(key)));
  placeFor(form).prepend(offer);
  offer.closest("details")?.setAttribute("open", "");
};

// A row that was being edited in its table is opened by its own address.
const offerRow = (key) => {
  const entry = entryAt(key);
  const path = key.slice(`typed:${person}:`.length).split("#")[0];
  if (!key.startsWith(`typed:${person}:`) || entry.page !== location.pathname || !path.endsWith("/edit/") || document.querySelector(`[data-offer="${CSS.escape(key)}"], form[action="${CSS.escape(path)}"]`)) return;
  const { offer, button } = offerFor(key, entry, Object.keys(entry.fields));
  const open = Object.assign(document.createElement("a"), { href: path, textContent: document.body.dataset.openRow });
  offer.append(open, " ", button("discard", () => device.drop(key)));
  document.getElementById("main").prepend(offer);
};

const offerAll = () => {
  for (const form of document.forms) offerIn(form);
  if (person) for (const key of device.keys()) offerRow(key);
};

for (const key of device.keys()) if (!(entryAt(key).at > Date.now() - MOST_DAYS * 86_400_000)) device.drop(key);
offerAll();
document.addEventListener("htmx:afterSettle", () => [...document.forms].forEach(offerIn));
