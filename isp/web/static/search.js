// Search as one types: <input data-search="URL" data-results="#id">.
//
// The words are posted, never put in an address: they may be a child's name. The answer is an HTML
// fragment of ours that takes the place of what is in the results element. Without this script the form
// around the input is sent with its button. A live region in the page (data-search-said, if there is
// one) is told what the fragment's first element says in data-said, such as "4 pupils".

const PAUSE = 250;

class Search {
  constructor(input) {
    this.input = input;
    this.results = document.querySelector(input.dataset.results);
    this.said = document.querySelector("[data-search-said]");
    this.last = input.value;
    this.asked = 0;
    this.timer = null;
    if (!this.results) return;
    input.addEventListener("input", () => this.soon());
    input.addEventListener("search", () => this.look());
  }

  soon() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.look(), PAUSE);
  }

  async look() {
    clearTimeout(this.timer);
    const words = this.input.value;
    if (words === this.last) return;
    this.last = words;
    this.asked += 1;
    const mine = this.asked;
    this.results.setAttribute("aria-busy", "true");
    const body = new URLSearchParams();
    // Whatever else the form filters by goes along.
    if (this.input.form) {
      for (const [name, value] of new FormData(this.input.form)) {
        if (typeof value === "string") body.append(name, value);
      }
    } else {
      body.append(this.input.name || "q", words);
    }
    try {
      const response = await fetch(this.input.dataset.search, {
        method: "POST",
        body,
        credentials: "same-origin",
        redirect: "error",
        headers: {
          Accept: "text/html",
          "X-Fragment": "1",
          "X-CSRFToken": document.querySelector('meta[name="csrf-token"]')?.content ?? "",
          "X-Form-Stamp": document.querySelector('meta[name="form-stamp"]')?.content ?? "",
        },
      });
      // An answer that was overtaken by more typing is dropped; an error leaves the page as it is,
      // and the form's own button still works and says what is wrong.
      if (mine !== this.asked || !response.ok) return;
      const fragment = new DOMParser().parseFromString(await response.text(), "text/html");
      if (mine !== this.asked) return;
      this.results.replaceChildren(...fragment.body.childNodes);
      const told = this.results.querySelector("[data-said]")?.dataset.said;
      if (this.said && told) this.said.textContent = told;
    } catch {
      this.last = null;
    } finally {
      if (mine === this.asked) this.results.removeAttribute("aria-busy");
    }
  }
}

export function startAll(root = document) {
  return [...root.querySelectorAll("input[data-search]")].map((input) => new Search(input));
}
