// Saves a form while it is being written: <form data-autosave="URL" data-revision="n">.
//
// Every few seconds of typing, and on leaving a field, what changed is sent as JSON:
//
//   {"revision": n, "changes": {name: value}, "shown": {name: value the page had shown}}
//
// with the headers X-CSRFToken and X-Form-Stamp. A value is text, or a list of texts where several boxes
// share a name. The three boxes of a date always go together. A name is absent from "shown" where the
// browser restored older typing over a newer page: then the server cannot merge and must let the
// person settle it. Answers:
//
//   200 {revision, saved_at, fields: {name: value now}, hints: {name: markup}, unsettled, settle_url}
//   401 {sign_in_url}   403 {csrf_token} (a new sign-in by the same person)   403, 409 {detail}
//   422 {errors: {name: sentence}}: nothing of the request was saved; the rest is sent again without them
//
// Nothing is kept in the browser's own storage: a shared computer must not remember a child. What is not
// saved stays in the boxes, and leaving the page with something unsaved asks first.

const PAUSE = 2000; // after the last key
const LONGEST = 6000; // since the first unsaved key, for somebody who never pauses
const RETRIES = [2000, 4000, 8000, 15000, 30000, 60000];
const KEEPALIVE_BYTES = 60000; // browsers allow 64 KiB for requests that outlive a page
const OFFLINE = "Not saved: you are offline, keep this page open.";
const NOT_SAVED_FOR = new Set(["hidden", "file", "password", "submit", "button", "reset", "image"]);

const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);
const lines = (text) => text.replace(/\r\n?/g, "\n");

// One thing that can change: a box, a set of radios or checkboxes, or the three boxes of a date.
class Field {
  constructor(key, controls) {
    this.key = key;
    this.controls = controls;
    this.names = [...new Set(controls.map((control) => control.name))];
    this.shown = this.read(true);
    this.rejected = null; // the values the server refused, until they are changed
    this.baseKnown = true;
  }

  // The values now, or (byDefault) as the page's HTML has them: {name: value}.
  read(byDefault = false) {
    const values = {};
    for (const name of this.names) {
      const mine = this.controls.filter((control) => control.name === name);
      const kind = mine[0].type;
      if (kind === "radio" || kind === "checkbox") {
        const on = mine.filter((c) => (byDefault ? c.defaultChecked : c.checked)).map((c) => c.value);
        values[name] = kind === "checkbox" && mine.length > 1 ? on : (on[0] ?? "");
      } else if (kind === "select-one") {
        const options = [...mine[0].options];
        const first = options.find((o) => o.defaultSelected) ?? options[0];
        values[name] = byDefault ? (first?.value ?? "") : mine[0].value;
      } else {
        values[name] = lines(byDefault ? mine[0].defaultValue : mine[0].value);
      }
    }
    return values;
  }

  write(values) {
    for (const [name, value] of Object.entries(values)) {
      for (const control of this.controls.filter((c) => c.name === name)) {
        if (control.type === "radio" || control.type === "checkbox") {
          control.checked = Array.isArray(value) ? value.includes(control.value) : control.value === value;
        } else {
          control.value = value;
        }
      }
    }
  }

  get changed() {
    return !same(this.read(), this.shown);
  }

  get hasFocus() {
    return this.controls.includes(document.activeElement);
  }

  // Worth sending now? Not what was refused as it stands, nor a date that is still being typed.
  get ready() {
    const now = this.read();
    if (same(now, this.shown) || (this.rejected && same(now, this.rejected))) return false;
    return !(this.names.length > 1 && this.hasFocus && Object.values(now).some((value) => value === ""));
  }

  say(sentence) {
    const group = this.controls[0].closest(".govuk-form-group:not(.govuk-form-group .govuk-form-group)")
      ?? this.controls[0].closest(".govuk-form-group");
    const id = `${this.controls[0].id || this.names[0]}-not-saved`;
    document.getElementById(id)?.remove();
    for (const control of this.controls) {
      const others = (control.getAttribute("aria-describedby") ?? "").split(" ").filter((x) => x && x !== id);
      if (sentence) others.push(id);
      if (others.length) control.setAttribute("aria-describedby", others.join(" "));
      else control.removeAttribute("aria-describedby");
    }
    if (!sentence || !group) return;
    const words = document.createElement("p");
    words.id = id;
    words.className = "govuk-error-message";
    words.textContent = sentence;
    group.append(words);
  }
}

class Autosave {
  constructor(form) {
    this.form = form;
    this.status = form.querySelector("[data-save-status]") ?? document.querySelector("[data-save-status]");
    this.fields = gather(form);
    this.revision = Number(form.dataset.revision);
    this.sending = false;
    this.again = false;
    this.stopped = false; // the server said that saving here makes no sense any more
    this.leaving = false;
    this.unreachable = false; // whether the last save found nobody
    this.tries = 0;
    this.firstUnsavedAt = null;
    this.timer = null;
    this.hints = new Map(); // said, and not shown yet
    // The page's own words are for those whose browser runs no scripts.
    if (this.status && !this.status.textContent.startsWith("Saved")) this.say("Saved as you write.", "saved");
    this.noticeRestored();
    this.listen();
  }

  // A browser's Back or reload may put older typing into a newer page. Hidden inputs are restored with
  // it, so ours still tells which revision that typing belonged to.
  noticeRestored() {
    const hidden = this.form.elements.namedItem("revision");
    const before = hidden ? Number(hidden.value) : this.revision;
    if (before !== this.revision) {
      for (const field of this.fields) field.baseKnown = !field.changed;
    }
    this.keepRevision(this.revision);
    if (this.fields.some((field) => field.changed)) this.soon();
  }

  listen() {
    this.form.addEventListener("input", () => this.soon());
    // Once the next field has the focus: a date is sent when its last box is left, not between two.
    this.form.addEventListener("change", () => setTimeout(() => this.save(), 0));
    this.form.addEventListener("focusout", () => setTimeout(() => this.save(), 0));
    this.form.addEventListener("focusout", () => setTimeout(() => this.hint({}), 0));
    this.form.addEventListener("submit", (event) => {
      if (this.wouldBeLost) {
        // The browser's own page about the missing connection would take the place of this one, words and all.
        event.preventDefault();
        this.say(OFFLINE, "trouble");
        this.status?.scrollIntoView({ block: "center" });
        this.save();
        return;
      }
      // The form itself now carries everything; asking "leave this page?" would be wrong.
      this.leaving = true;
      clearTimeout(this.timer);
      this.tellShown();
    });
    window.addEventListener("pageshow", () => (this.leaving = false));
    window.addEventListener("online", () => this.save());
    window.addEventListener("focus", () => this.save());
    window.addEventListener("pagehide", () => this.lastSave());
    document.addEventListener("visibilitychange", () => {
      // On a telephone this may be the last that the page hears.
      if (document.visibilityState === "hidden") this.save();
    });
    window.addEventListener("beforeunload", (event) => {
      if (!this.leaving && this.unsaved) event.preventDefault();
    });
  }

  get unsaved() {
    return this.fields.some((field) => field.changed);
  }

  // Without a connection, or where the last save found none; there the next save finds out whether it is back.
  get wouldBeLost() {
    if (!this.unsaved) return false;
    return navigator.onLine === false || (this.unreachable && this.fields.some((field) => field.ready));
  }

  soon() {
    if (!this.unsaved || this.stopped) return;
    const now = Date.now();
    this.firstUnsavedAt ??= now;
    const wait = Math.max(0, Math.min(PAUSE, this.firstUnsavedAt + LONGEST - now));
    if (this.status && this.status.dataset.state === "saved") this.status.dataset.state = "waiting";
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), wait);
  }

  retry(after) {
    clearTimeout(this.timer);
    const wait = after ?? RETRIES[Math.min(this.tries, RETRIES.length - 1)];
    this.tries += 1;
    this.timer = setTimeout(() => this.save(), wait);
  }

  // What a save sends, and the fields it is about: typing that comes later is compared with this.
  gatherChanges(fields) {
    const body = { revision: this.revision, changes: {}, shown: {} };
    const sent = new Map();
    for (const field of fields) {
      const now = field.read();
      sent.set(field, now);
      Object.assign(body.changes, now);
      if (field.baseKnown) Object.assign(body.shown, field.shown);
    }
    return { text: JSON.stringify(body), sent };
  }

  post(text, keepalive) {
    return fetch(this.form.dataset.autosave, {
      method: "POST",
      body: text,
      keepalive: keepalive && new Blob([text]).size < KEEPALIVE_BYTES,
      credentials: "same-origin",
      redirect: "error",
      headers: {
        "Content-Type": "application/json",
        Accept: "application/json",
        "X-CSRFToken": meta("csrf-token"),
        "X-Form-Stamp": meta("form-stamp"),
      },
    });
  }

  async save() {
    if (this.stopped || this.leaving) return;
    if (this.sending) {
      this.again = true;
      return;
    }
    const ready = this.fields.filter((field) => field.ready);
    if (!ready.length) return;
    clearTimeout(this.timer);
    this.sending = true;
    this.firstUnsavedAt = null;
    const { text, sent } = this.gatherChanges(ready);
    let wait = null; // milliseconds until another try; 0: at once
    try {
      const response = await this.post(text, true);
      this.unreachable = false;
      wait = await this.read(response, sent);
    } catch {
      this.unreachable = true;
      this.say(OFFLINE, "trouble");
      wait = undefined;
    }
    this.sending = false;
    const again = this.again;
    this.again = false;
    if (wait === undefined) this.retry();
    else if (wait === 0 || (wait === null && again)) this.save();
    else if (wait) this.retry(wait);
    else this.soon();
  }

  // Acts on an answer. Returns null (done), 0 (send again at once), undefined (try later) or milliseconds.
  async read(response, sent) {
    const answer = await response.json().catch(() => ({}));
    switch (response.status) {
      case 200:
        this.tries = 0;
        this.settle(answer, sent);
        return null;
      case 401:
        this.say(
          "You are signed out: sign in in another tab, then keep typing; nothing on this page is lost.",
          "trouble",
          answer.sign_in_url,
          "Sign in (new tab)",
        );
        // The tab's next focus, or the next key, tries again.
        return null;
      case 403:
        if (answer.csrf_token && this.tries < RETRIES.length) {
          this.tries += 1;
          renewToken(answer.csrf_token);
          return 0;
        }
        this.stop(answer.detail);
        return null;
      case 422:
        return this.refuse(answer, sent);
      case 408:
      case 425:
      case 429:
      case 500:
      case 502:
      case 503:
      case 504:
        this.say("Not saved yet: the service is busy. Keep this page open; we will try again.", "trouble");
        return Number(response.headers.get("Retry-After")) * 1000 || undefined;
      default:
        this.stop(answer.detail);
        return null;
    }
  }

  settle(answer, sent) {
    this.keepRevision(answer.revision);
    const now = answer.fields ?? {};
    for (const field of this.fields) {
      const mine = sent.get(field);
      const theirs = Object.fromEntries(field.names.filter((n) => n in now).map((n) => [n, now[n]]));
      const whole = Object.keys(theirs).length === field.names.length;
      const current = field.read();
      if (mine) {
        field.shown = mine; // typing since then differs from this, and so is sent next
        field.baseKnown = true;
        field.rejected = null;
        field.say(null);
      }
      // Somebody else's change (or the server's tidying) is put on the page only where nobody is typing
      // and nothing waits; words that are yet to be settled stay as they were typed.
      const untouched = mine ? same(current, mine) && !answer.unsettled : same(current, field.shown);
      if (whole && untouched && !field.hasFocus && !same(current, theirs)) {
        field.write(theirs);
        field.shown = field.read();
      }
    }
    this.hint(answer.hints ?? {});
    // What was typed while this was under way is not kept yet: the mark of rest waits for it.
    const state = this.unsaved ? "waiting" : "saved";
    if (answer.unsettled) {
      const places = answer.unsettled === 1 ? "one place" : `${answer.unsettled} places`;
      this.say(`Saved at ${answer.saved_at}. Somebody else changed the same words in ${places}.`, state,
        answer.settle_url, "Choose which to keep");
    } else {
      this.say(`Saved at ${answer.saved_at}`, state);
    }
  }

  // What the server says about the wording, in the place under its field that is read out politely, and
  // about what is linked. Left alone where nothing changed, and while somebody stands on a link or a button in it.
  hint(said) {
    for (const [name, markup] of Object.entries(said)) this.hints.set(name, markup);
    for (const [name, markup] of this.hints) {
      const place = document.querySelector(`[data-hints="${CSS.escape(name)}"]`);
      if (place?.contains(document.activeElement)) continue; // once the focus has left
      this.hints.delete(name);
      if (!place) continue;
      // Our own template's, escaped there; nothing that is parsed this way runs.
      const fresh = new DOMParser().parseFromString(markup, "text/html").body;
      const words = (node) => node.textContent.replace(/\s+/g, " ").trim();
      if (words(fresh) !== words(place)) place.replaceChildren(...fresh.childNodes);
    }
  }

  refuse(answer, sent) {
    const errors = answer.errors ?? {};
    let told = false;
    for (const [field, values] of sent) {
      const sentence = errors[field.key] ?? field.names.map((name) => errors[name]).find(Boolean);
      if (!sentence) continue;
      field.rejected = values;
      field.say(sentence);
      told = true;
    }
    if (!told) {
      for (const [field, values] of sent) field.rejected = values;
      this.say(`Not saved: ${answer.detail ?? "something needs to be put right."}`, "trouble");
      return null;
    }
    this.say("Not all of it is saved: look for the words in red.", "trouble");
    return this.fields.some((field) => field.ready) ? 0 : null;
  }

  // What each box showed last goes along with the form, as "shown" does with a save: the revision has moved
  // on with every save, and a box in which somebody was typing kept older words.
  tellShown() {
    let told = this.form.elements.namedItem("_shown_now");
    if (!told) {
      told = document.createElement("input");
      told.type = "hidden";
      told.name = "_shown_now";
      this.form.append(told);
    }
    const known = this.fields.filter((field) => field.baseKnown).map((field) => field.shown);
    told.value = JSON.stringify(Object.assign({}, ...known));
  }

  // As the page goes away. Also repeats what is on its way: a browser may drop that with the page, and
  // saving the same words twice changes nothing.
  lastSave() {
    if (this.leaving || this.stopped) return;
    const changed = this.fields.filter((field) => field.changed);
    if (changed.length) this.post(this.gatherChanges(changed).text, true).catch(() => {});
  }

  stop(detail) {
    this.stopped = true;
    const said = detail ?? "this page cannot be saved any more.";
    this.say(`Not saved: ${said} Copy what you need before you leave this page.`, "trouble");
  }

  keepRevision(revision) {
    this.revision = revision;
    this.form.dataset.revision = String(revision);
    const hidden = this.form.elements.namedItem("revision");
    if (hidden) hidden.value = String(revision);
  }

  // Words in the live region; unchanged words are left alone, so that they are not read out again.
  say(sentence, state, href, linkText) {
    if (!this.status) return;
    this.status.dataset.state = state;
    const whole = href ? `${sentence} ${linkText}` : sentence;
    if (this.status.textContent === whole) return;
    this.status.textContent = sentence;
    if (href) {
      const link = document.createElement("a");
      link.href = href;
      link.textContent = linkText;
      link.className = "govuk-link";
      // Another tab, because leaving this one could lose what waits here.
      link.target = "_blank";
      link.rel = "noopener";
      this.status.append(" ", link);
    }
  }
}

function gather(form) {
  const groups = new Map();
  for (const control of form.elements) {
    if (!control.name || NOT_SAVED_FOR.has(control.type) || control.closest("[data-autosave-skip]")) continue;
    if (!["INPUT", "TEXTAREA", "SELECT"].includes(control.tagName)) continue;
    const date = control.closest(".govuk-date-input");
    const key = date ? control.name.replace(/-(day|month|year)$/, "") : control.name;
    if (!groups.has(key)) groups.set(key, []);
    groups.get(key).push(control);
  }
  return [...groups].map(([key, controls]) => new Field(key, controls));
}

function meta(name) {
  return document.querySelector(`meta[name="${name}"]`)?.content ?? "";
}

function renewToken(token) {
  const kept = document.querySelector('meta[name="csrf-token"]');
  if (kept) kept.content = token;
  for (const input of document.querySelectorAll('input[name="csrf_token"]')) input.value = token;
}

export function startAll(root = document) {
  return [...root.querySelectorAll("form[data-autosave]")].map((form) => new Autosave(form));
}
