// Starts the design system's components, and whichever of our own this page has a use for.
// Everything works without this file but autosave and search as one types.
import { initAll } from "./govuk-frontend.min.js";

initAll();

// A table that is wider than the window says so; without this its shadow still does.
const wide = new ResizeObserver((entries) => {
  for (const { target } of entries) {
    target.toggleAttribute("data-wide", target.scrollWidth > target.clientWidth);
  }
});
document.querySelectorAll(".isp-table-box").forEach((box) => wide.observe(box));

if (document.querySelector("form[data-autosave]")) {
  import("./autosave.js").then(({ startAll }) => startAll());
}
if (document.querySelector("form[data-most-bytes]")) {
  import("./upload.js").then(({ startAll }) => startAll());
}
if (document.querySelector("input[data-search]")) {
  import("./search.js").then(({ startAll }) => startAll());
}
if (document.querySelector("[data-copies]")) {
  import("./copy.js").then(({ startAll }) => startAll());
}
