// The gate without a signal. Without this file codes stand still unseen, and a form is sent as any other.
(() => {
  // The foreman's phone: digits that stand still are no good any more, the picture still is.
  let shown = "";
  let since = Date.now();
  setInterval(() => {
    const gate = document.getElementById("gate");
    const digits = gate?.querySelector(".digits")?.textContent ?? "";
    if (digits !== shown) [shown, since] = [digits, Date.now()];
    gate?.classList.toggle("stale", Date.now() - since > 60_000);
  }, 5000);

  // The worker's phone: what can't be sent is kept with its moment, and sent once there is a signal, from any page that
  // has #unsent.
  const note = () => document.getElementById("unsent");
  if (!note()) return;
  const { worker, now, csrf } = note().dataset;
  const name = "leye-arrivals";
  const longest = 24 * 3600;
  const skew = Number(now) - Math.floor(Date.now() / 1000);
  const moment = () => Math.floor(Date.now() / 1000) + skew;
  const all = () => JSON.parse(localStorage.getItem(name) ?? "[]").filter((one) => moment() - one.fields.noted_at < longest);
  const own = () => all().filter((one) => one.worker === worker);
  const keep = (kept) => localStorage.setItem(name, JSON.stringify(kept));
  const tell = () => note().toggleAttribute("hidden", own().length === 0);
  const send = (action, fields) => fetch(action, { method: "POST", body: new URLSearchParams(fields), redirect: "manual" });

  // The site is down, or asks for patience: what was noted isn't answered yet.
  const unanswered = (answer) => answer.status === 400 || answer.status === 429 || answer.status >= 500;

  // Done: go on to the page. Refused: what it says stands in the answer.
  const show = async (action, answer) => {
    if (answer.type === "opaqueredirect") return location.assign(action);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    document.getElementById("main").replaceWith(page.getElementById("main"));
  };

  document.addEventListener("submit", async (event) => {
    const form = event.target;
    if (!("arrive" in form.dataset)) return;
    event.preventDefault();
    const fields = Object.fromEntries(new FormData(form));
    try {
      const answer = await send(form.action, fields);
      if (answer.status >= 500) throw answer;
      await show(form.action, answer);
    } catch {
      keep([...all(), { worker, action: form.action, fields: { ...fields, noted_at: moment() } }]);
      tell();
      note().scrollIntoView({ block: "center" });
    }
  });

  const sendKept = async () => {
    for (const one of own()) {
      try {
        const answer = await send(one.action, { ...one.fields, csrf_token: csrf });
        if (unanswered(answer)) break;
        keep(all().filter((other) => JSON.stringify(other) !== JSON.stringify(one)));
        await show(one.action, answer);
      } catch {
        break;
      }
    }
    tell();
  };
  addEventListener("online", sendKept);
  sendKept();
})();
