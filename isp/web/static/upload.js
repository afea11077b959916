// Says that a file is too large before it is sent, so that what was typed stays in the form. The server
// says the same, but by then the browser has sent it all, and the page is another.

function say(input, sentence) {
  const id = `${input.id}-too-large`;
  let told = document.getElementById(id);
  if (!told) {
    told = document.createElement("p");
    told.id = id;
    told.className = "govuk-error-message";
    told.setAttribute("role", "alert");
    input.before(told);
    const described = input.getAttribute("aria-describedby");
    input.setAttribute("aria-describedby", described ? `${described} ${id}` : id);
  }
  told.textContent = sentence;
}

function check(form, event) {
  const input = form.querySelector("input[type=file]");
  const most = Number(form.dataset.mostBytes);
  const size = [...input.files].reduce((sum, file) => sum + file.size, 0);
  if (size <= most) {
    return;
  }
  event.preventDefault();
  const which = input.files.length > 1 ? "These files are too large together" : "This file is too large";
  say(input, `${which}: at most ${Math.floor(most / 1048576)} MB can be sent. Choose a smaller one.`);
  input.focus();
}

export function startAll() {
  document.querySelectorAll("form[data-most-bytes]").forEach((form) => {
    form.addEventListener("submit", (event) => check(form, event));
  });
}
