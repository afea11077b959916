// Starts the design system's components, and whichever of our own this page has a use for.
// Everything works without this file but autosave and search as one types.
import { initAll } from "./govuk-frontend.min.js";

initAll();

if (document.querySelector("form[data-autosave]")) {
  import("./autosave.js").then(({ startAll }) => startAll());
}
if (document.querySelector("input[data-search]")) {
  import("./search.js").then(({ startAll }) => startAll());
}
