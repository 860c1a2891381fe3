// Keeps the page as it is on the server: what is between the marks of #live is replaced when it
// differs. What a person opened stays open, and what has the focus keeps it.
"use strict";
(() => {
  const live = document.getElementById("live");
  const told = document.getElementById("told");
  const every = 2000;
  const opened = new Map(); // href of a migration's SQL -> its text
  let shown = live.innerHTML;

  const open = (link, text) => {
    const row = link.closest("tr");
    const cell = document.createElement("td");
    cell.colSpan = row.cells.length;
    const block = document.createElement("pre");
    block.textContent = text;
    block.tabIndex = 0;
    block.setAttribute("aria-label", "SQL of " + link.dataset.title);
    cell.append(block);
    const below = document.createElement("tr");
    below.className = "sql-row";
    below.append(cell);
    row.after(below);
    link.setAttribute("aria-expanded", "true");
    link.textContent = "Hide SQL";
  };

  const ready = () => {
    for (const time of live.querySelectorAll("time")) {
      const at = new Date(time.dateTime);
      if (!isNaN(at)) time.title = at.toLocaleString();
    }
    for (const link of live.querySelectorAll("a.sql")) {
      link.setAttribute("role", "button");
      link.setAttribute("aria-expanded", "false");
      const href = link.getAttribute("href");
      if (opened.has(href)) open(link, opened.get(href));
    }
  };

  live.addEventListener("click", async (event) => {
    const link = event.target.closest("a.sql");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const href = link.getAttribute("href");
    if (opened.delete(href)) {
      link.closest("tr").nextElementSibling.remove();
      link.setAttribute("aria-expanded", "false");
      link.textContent = "SQL";
      return;
    }
    let text;
    try {
      text = await (await fetch(href)).text();
    } catch {
      text = "It could not be loaded.";
    }
    if (opened.has(href)) return;
    opened.set(href, text);
    const now = [...live.querySelectorAll("a.sql")].find((a) => a.getAttribute("href") === href);
    if (now) open(now, text);
  });

  live.addEventListener("keydown", (event) => {
    if (event.key === " " && event.target.matches("a.sql")) {
      event.preventDefault();
      event.target.click();
    }
  });

  const replace = (page) => {
    const next = page.getElementById("live").innerHTML;
    live.classList.remove("is-stale");
    if (next === shown) return;
    const before = live.querySelector("h1")?.textContent;
    const focus = document.activeElement?.dataset?.key;
    const scrolled = [...live.querySelectorAll("pre")].map((block) => block.scrollTop);
    shown = next;
    live.innerHTML = next;
    ready();
    live.querySelectorAll("pre").forEach((block, i) => { block.scrollTop = scrolled[i] ?? 0; });
    if (focus) live.querySelector(`[data-key="${CSS.escape(focus)}"]`)?.focus({ preventScroll: true });
    document.title = page.title;
    document.querySelector("link[rel=icon]").href = page.querySelector("link[rel=icon]").href;
    const after = live.querySelector("h1")?.textContent;
    if (after !== before) told.textContent = after;
  };

  const update = async () => {
    try {
      if (!document.hidden) {
        const answer = await fetch(location.href, { signal: AbortSignal.timeout(10000) });
        if (!answer.ok) throw new Error(answer.status);
        replace(new DOMParser().parseFromString(await answer.text(), "text/html"));
      }
    } catch {
      if (!live.classList.contains("is-stale")) told.textContent = "migrator does not answer";
      live.classList.add("is-stale");
      const line = live.querySelector(".updated");
      if (line) line.textContent = "migrator does not answer; this is what it said last";
    }
    setTimeout(update, every);
  };

  ready();
  setTimeout(update, every);
  document.addEventListener("visibilitychange", () => { if (!document.hidden) shown = ""; });
})();
