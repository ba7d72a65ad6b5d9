// What HTML alone cannot do inside Airflow's iframe: follow its theme, leave the iframe, and trigger a DAG.
"use strict";

// Airflow stores the user's theme here: light, dark, or system. The style sheet handles "system".
function followTheme() {
  let theme = null;
  try { theme = localStorage.getItem("theme"); } catch { /* storage is blocked: follow the system */ }
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
  else delete document.documentElement.dataset.theme;
}
followTheme();
addEventListener("storage", followTheme);

// The iframe's sandbox does not let its links navigate the page around it; a link in that page can.
function navigateTop(address) {
  if (window.parent === window) { location.assign(address); return; }
  const link = window.parent.document.createElement("a");
  link.href = address;
  link.click();
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[target=_top]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  navigateTop(link.href);
});

// The trigger form calls Airflow's own API with the permissions of the logged-in user.
document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (form.id !== "trigger-form") return;
  event.preventDefault();
  const status = document.getElementById("trigger-status");
  const { dag, airflow } = form.dataset;
  status.textContent = "Triggering the DAG …";
  const conf = { edition: form.elements.edition.value, recheck: form.elements.recheck.checked };
  try {
    const response = await fetch(`${airflow}/api/v2/dags/${dag}/dagRuns`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ logical_date: new Date().toISOString(), conf }),
    });
    const result = await response.json();
    if (!response.ok) throw new Error(`Airflow returned ${response.status}: ${JSON.stringify(result.detail)}`);
    navigateTop(`${airflow}/dags/${dag}/runs/${encodeURIComponent(result.dag_run_id)}`);
  } catch (error) {
    status.textContent = `The DAG was not triggered. ${error.message}`;
  }
});

// Scroll the calendar to its newest weeks, on the right.
addEventListener("DOMContentLoaded", () => {
  for (const box of document.querySelectorAll(".scroll.end")) box.scrollLeft = box.scrollWidth;
});
