// For portals that a school must retype into: a button beside each answer of a plan that copies its words.
//
// [data-copies] is where its first button goes, [data-copy="question"] marks what can be copied. The page has one button,
// "Copy answers one by one", until somebody wants the rest; a screen reader is not led past a hundred of
// them. What was copied is said in a live region, and so is that it could not be.

const button = (words, about) => {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "govuk-button govuk-button--secondary isp-copy isp-no-print";
  made.append(words);
  if (about) {
    const rest = document.createElement("span");
    rest.className = "govuk-visually-hidden";
    rest.textContent = ` ${about}`;
    made.append(rest);
  }
  return made;
};

// The words as they stand, an item of a list on a line of its own; not those of our own buttons.
const wordsOf = (element) => {
  const items = [...element.querySelectorAll("li")];
  if (items.length) return items.map((item) => item.textContent.trim()).join("\n");
  const copy = element.cloneNode(true);
  copy.querySelectorAll("button").forEach((own) => own.remove());
  return copy.textContent.trim();
};

async function toClipboard(text) {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  // Browsers offer the clipboard only over https; within a school's own network there may be none.
  const box = document.createElement("textarea");
  box.value = text;
  box.setAttribute("readonly", "");
  box.className = "govuk-visually-hidden";
  document.body.append(box);
  box.select();
  const done = document.execCommand("copy");
  box.remove();
  if (!done) throw new Error("the browser did not copy");
}

export function startAll() {
  const fields = [...document.querySelectorAll("[data-copy]")];
  const place = document.querySelector("[data-copies]");
  if (!fields.length || !place) return;
  const said = document.createElement("p");
  said.className = "govuk-visually-hidden";
  said.setAttribute("role", "status");
  const all = button("Copy answers one by one");
  all.classList.remove("isp-copy");
  all.setAttribute("aria-expanded", "false");
  place.append(all, said);
  place.hidden = false;

  const copies = fields.map((field) => {
    const about = field.dataset.copy;
    const one = button("Copy", about);
    one.hidden = true;
    one.addEventListener("click", async () => {
      let told = "Copied";
      try {
        await toClipboard(wordsOf(field));
        said.textContent = `Copied: ${about}`;
      } catch {
        told = "Not copied";
        said.textContent = `Your browser did not let this page copy. Select the words and copy them: ${about}`;
      }
      one.firstChild.textContent = told;
      one.focus(); // where the words were copied through a box of their own
      setTimeout(() => {
        one.firstChild.textContent = "Copy";
      }, 3000);
    });
    // A button in a heading would be read as part of it.
    if (field.matches("h1, h2, h3, h4, h5, h6")) field.after(one);
    else field.append(one);
    return one;
  });
  all.addEventListener("click", () => {
    const open = all.getAttribute("aria-expanded") !== "true";
    all.setAttribute("aria-expanded", String(open));
    copies.forEach((one) => {
      one.hidden = !open;
    });
  });
}
