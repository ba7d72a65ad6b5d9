// What HTML alone cannot do in Airflow's frame: follow its theme, leave the frame, and trigger a DAG.
"use strict";

// Airflow keeps the reader's choice here: light, dark, or system, which the style sheet follows by itself.
function followTheme() {
  let theme = null;
  try { theme = localStorage.getItem("theme"); } catch { /* storage may be forbidden: then as the system */ }
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
  else delete document.documentElement.dataset.theme;
}
followTheme();
addEventListener("storage", followTheme);

// The frame's sandbox keeps its own links from replacing the page around it; a link of that page may.
function leave(address) {
  if (window.parent === window) { location.assign(address); return; }
  const link = window.parent.document.createElement("a");
  link.href = address;
  link.click();
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[target=_top]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  leave(link.href);
});

// The trigger form asks Airflow's own API, as the user who is logged in and with no more rights.
document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (form.id !== "trigger-form") return;
  event.preventDefault();
  const said = document.getElementById("triggered");
  const { dag, airflow } = form.dataset;
  said.textContent = "Asking Airflow …";
  const conf = { edition: form.elements.edition.value, recheck: form.elements.recheck.checked };
  try {
    const answer = await fetch(`${airflow}/api/v2/dags/${dag}/dagRuns`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ logical_date: new Date().toISOString(), conf }),
    });
    const told = await answer.json();
    if (!answer.ok) throw new Error(`Airflow answered ${answer.status}: ${JSON.stringify(told.detail)}`);
    leave(`${airflow}/dags/${dag}/runs/${encodeURIComponent(told.dag_run_id)}`);
  } catch (error) {
    said.textContent = `It was not triggered. ${error.message}`;
  }
});

// The calendar's newest weeks are at its right.
addEventListener("DOMContentLoaded", () => {
  for (const box of document.querySelectorAll(".scroll.end")) box.scrollLeft = box.scrollWidth;
});
