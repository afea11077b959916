// Whether every word of the page can be read with the text drawn at so many per cent. Gives what is wrong.
(percent) => {
  const root = document.documentElement;
  const found = [];
  const told = new Set();
  const MOST = 12;
  const tell = (what, element, words) => {
    const at = element.id ? `#${element.id}` : `${element.tagName.toLowerCase()}.${element.className}`;
    const line = `- ${what}: ${at}: “${words.trim().slice(0, 60)}”`;
    if (!told.has(line) && told.size < MOST) found.push(line);
    told.add(line);
  };

  const folded = [...document.querySelectorAll("details:not([open])")];
  folded.forEach((one) => (one.open = true));
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const texts = [];
  while (walker.nextNode()) {
    const parent = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || parent.closest("script, style, noscript, option, textarea")) continue;
    if (parent.checkVisibility({ visibilityProperty: true })) texts.push([walker.currentNode, parent]);
  }
  const sizeOf = (element) => parseFloat(getComputedStyle(element).fontSize);
  const before = new Map(texts.map(([, parent]) => [parent, sizeOf(parent)]));
  root.style.fontSize = `${percent}%`;

  // What an element does to words that reach beyond it. Words for screen readers alone are one pixel large.
  const known = new Map();
  const edge = (element) => {
    if (!known.has(element)) {
      const style = getComputedStyle(element);
      const box = element.getBoundingClientRect();
      const cuts = (way) => ["hidden", "clip"].includes(style[way]);
      const scrolls = (way) => ["auto", "scroll"].includes(style[way]);
      known.set(element, {
        box,
        unseen: box.width <= 1 || box.height <= 1 || style.clipPath === "inset(50%)",
        x: cuts("overflowX"),
        y: cuts("overflowY"),
        scroller: scrolls("overflowX") || scrolls("overflowY"),
      });
    }
    return known.get(element);
  };

  const lines = [];
  for (const [node, parent] of texts) {
    const range = document.createRange();
    range.selectNodeContents(node);
    let rects = [...range.getClientRects()].filter((one) => one.width > 1 && one.height > 1);
    const holder = parent.closest("button, summary, .govuk-button, .govuk-tag");
    for (let at = parent; at && at !== root && rects.length; at = at.parentElement) {
      const { box, unseen, x, y, scroller } = edge(at);
      if (unseen && (x || y)) {
        rects = [];
      } else if (scroller) {
        // Beyond its box is what one scrolls to.
        rects = rects.filter((r) => r.right <= box.right + 2 && r.left >= box.left - 2);
        rects = rects.filter((r) => r.bottom <= box.bottom + 2 && r.top >= box.top - 2);
      } else if (x || y) {
        for (const r of rects) {
          const beside = x && (r.right > box.right + 2 || r.left < box.left - 2);
          if (beside || (y && (r.bottom > box.bottom + 2 || r.top < box.top - 2))) tell("cut off", at, node.data);
        }
      }
      if (at === holder) {
        for (const r of rects) {
          const out = r.right > box.right + 1 || r.left < box.left - 1 || r.bottom > box.bottom + 3 || r.top < box.top - 3;
          if (out) tell("leaves its button", at, node.data);
        }
      }
    }
    if (holder && rects.length > 1) {
      for (const word of node.data.matchAll(/\S+/g)) {
        range.setStart(node, word.index);
        range.setEnd(node, word.index + word[0].length);
        if (new Set([...range.getClientRects()].map((r) => r.top)).size > 1) tell("broken within a word", parent, node.data);
      }
    }
    if (rects.some((r) => r.left < -1)) tell("beyond the edge", parent, node.data);
    // An icon beside words is not text.
    if (rects.length && !parent.closest("[aria-hidden=true]") && sizeOf(parent) < (before.get(parent) * percent) / 100 - 1) tell("does not grow", parent, node.data);
    for (const r of rects) lines.push({ r, parent, node });
  }

  // A line's box is taller than its letters, so neighbours may share a little.
  lines.sort((one, other) => one.r.top - other.r.top);
  let open = [];
  for (const line of lines) {
    open = open.filter((other) => other.r.bottom > line.r.top);
    for (const other of open) {
      const across = Math.min(line.r.right, other.r.right) - Math.max(line.r.left, other.r.left);
      const down = Math.min(line.r.bottom, other.r.bottom) - line.r.top;
      if (across > 2 && down > 0.4 * Math.min(line.r.height, other.r.height)) {
        tell(`lies upon “${other.node.data.trim().slice(0, 40)}”`, line.parent, line.node.data);
      }
    }
    open.push(line);
  }

  for (const box of document.querySelectorAll("select, textarea, input:not([type=checkbox], [type=radio], [type=hidden])")) {
    if (box.checkVisibility() && box.clientHeight < 1.1 * sizeOf(box)) tell("too low for its text", box, box.value);
  }
  for (const box of document.querySelectorAll("body *")) {
    const { scroller } = edge(box);
    const sideways = box.scrollWidth > box.clientWidth + 1;
    if (scroller && sideways && !box.matches(".isp-table-box, textarea")) tell("scrolls sideways", box, box.textContent);
  }
  const excess = root.scrollWidth - root.clientWidth;
  if (excess > 0) found.push(`- the page is ${excess} pixels wider than its window`);

  root.style.fontSize = "";
  folded.forEach((one) => (one.open = false));
  return found;
};
