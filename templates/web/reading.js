// Marks the parts that this device has read to their end. The marks stay here, under a key of this site's own;
// nothing is sent anywhere, and without this file, or without storage, everything else works.
(() => {
  "use strict";
  const key = "partwork-read " + new URL("../", document.currentScript.src).pathname;
  const page = (address) => new URL(address).pathname.replace(/index\.html$/, "");
  const root = document.documentElement;

  // Where the browser knows of interest, it shows a reference better than the style sheet can: after a moment, and
  // for as long as the pointer rests on it. Validators do not know the attribute yet, so it is put in here.
  if ("interestForElement" in HTMLButtonElement.prototype) {
    root.classList.add("pw-interest");
    for (const mark of document.querySelectorAll("button[popovertarget]")) {
      mark.setAttribute("interestfor", mark.getAttribute("popovertarget"));
      mark.setAttribute("popovertargetaction", "show");
    }
  }
  // Escape takes away what only pointer or focus show (WCAG 1.4.13), until they come to a mark anew.
  addEventListener("keydown", (event) => {
    if (event.key === "Escape") root.classList.add("pw-hush");
  });
  for (const kind of ["pointerover", "focusin"])
    addEventListener(kind, (event) => {
      if (event.target.closest("[popovertarget]")) root.classList.remove("pw-hush");
    });

  let store, read;
  try {
    store = localStorage;
    read = new Set(JSON.parse(store.getItem(key) || "[]"));
  } catch {
    return; // no storage here, or not ours: there is nothing to remember with
  }

  const show = () => {
    for (const list of document.querySelectorAll("[data-read]")) {
      for (const link of list.querySelectorAll("li a")) {
        const item = link.closest("li");
        if (!read.has(page(link.href)) || item.matches(".read")) continue;
        item.classList.add("read");
        link.insertAdjacentHTML("beforeend", '<span class="hidden"></span>');
        link.lastChild.textContent = ` (${list.dataset.read})`;
      }
      list.querySelector(".memory").hidden = !list.querySelector(".read");
    }
  };
  const forget = (button) => {
    read.clear();
    store.removeItem(key);
    ending.disconnect();
    for (const item of document.querySelectorAll("li.read")) {
      item.classList.remove("read");
      item.querySelector("a > .hidden:last-child").remove();
    }
    const memory = button.parentElement;
    memory.textContent = button.dataset.done;
    memory.tabIndex = -1;
    memory.focus();
  };
  addEventListener("click", (event) => {
    const button = event.target.closest(".memory button");
    if (button) forget(button);
  });

  const ending = new IntersectionObserver((entries) => {
    if (!entries.some((entry) => entry.isIntersecting)) return;
    ending.disconnect();
    read.add(page(location.href));
    try {
      store.setItem(key, JSON.stringify([...read].sort()));
    } catch {} // full, or refused: this page still shows its mark
    show();
  });
  const after = document.querySelector(".part .teaser, .part .part-foot");
  if (after) ending.observe(after);
  show();
})();
