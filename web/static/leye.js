// Progressive enhancement: every page works without this file. Listeners sit on the document, so that parts put in later
// by htmx need no set-up; what a phone can't do stays hidden (classes can-* on <html>, see leye.css).
(() => {
  const root = document.documentElement;
  const Hearing = window.SpeechRecognition || window.webkitSpeechRecognition;
  const can = { js: true, "can-hear": Hearing, "can-read": window.speechSynthesis, "can-locate": navigator.geolocation && window.isSecureContext };
  for (const name in can) root.classList.toggle(name, Boolean(can[name]));

  const tell = (input) => input.dispatchEvent(new Event("input", { bubbles: true })) && input.dispatchEvent(new Event("change", { bubbles: true }));
  const say = (words, kind = "ok") => {
    const line = Object.assign(document.createElement("p"), { className: kind, textContent: words });
    document.getElementById("said").replaceChildren(line);
  };
  const put = (input, value) => { input.value = value; tell(input); };

  // data-step="-1": the number field beside the button
  const step = (button) => {
    const input = button.parentElement.querySelector("input");
    const next = Number(input.value || 0) + Number(button.dataset.step);
    put(input, Math.min(Math.max(next, Number(input.min || 0)), Number(input.max || 999)));
  };

  // data-fix="field id", data-from, data-to: the wording that would pass
  const fix = (button, event) => {
    const field = document.getElementById(button.dataset.fix);
    if (!field || !field.value.includes(button.dataset.from)) return;
    event.preventDefault();
    put(field, field.value.replace(button.dataset.from, button.dataset.to));
    field.focus();
  };

  // data-all: every box of the row, or none when all are ticked
  const all = (button) => {
    const boxes = [...button.closest("tr").querySelectorAll("input[type=checkbox]")];
    const on = boxes.some((box) => !box.checked);
    for (const box of boxes) if (box.checked !== on) { box.checked = on; tell(box); }
  };

  // data-read="selector": read it aloud, a second tap stops
  const read = (button) => {
    const voice = window.speechSynthesis;
    const speaking = button.getAttribute("aria-pressed") === "true";
    voice.cancel();
    button.setAttribute("aria-pressed", String(!speaking));
    if (speaking) return;
    const blocks = "h1,h2,h3,p,li,dt,dd";
    const words = [...document.querySelector(button.dataset.read).querySelectorAll(blocks)]
      .filter((part) => !part.querySelector(blocks) && !part.closest("[data-quiet]"))
      .map((part) => [...part.childNodes].filter((node) => node.nodeName !== "svg").map((node) => node.textContent).join(""));
    const speech = new SpeechSynthesisUtterance(words.join("。"));
    speech.lang = "zh-CN";
    speech.onend = () => button.setAttribute("aria-pressed", "false");
    voice.speak(speech);
  };

  // data-hear="field id": what was said goes into the field, and its form is sent
  const hear = (button) => {
    const field = document.getElementById(button.dataset.hear);
    const ear = new Hearing();
    ear.lang = "zh-CN";
    ear.onstart = () => button.setAttribute("aria-pressed", "true");
    ear.onend = () => button.setAttribute("aria-pressed", "false");
    ear.onresult = (event) => {
      put(field, event.results[0][0].transcript.replace(/[。？！]$/, ""));
      if (field.form && "send" in button.dataset) field.form.requestSubmit();
    };
    ear.start();
  };

  // data-locate: fills lon and lat of the form; with data-send sends it
  const locate = (button) => {
    const { lon, lat } = button.form.elements;
    navigator.geolocation.getCurrentPosition(({ coords }) => {
      put(lon, coords.longitude.toFixed(5));
      put(lat, coords.latitude.toFixed(5));
      button.setAttribute("aria-pressed", "true");
      if ("send" in button.dataset) button.form.requestSubmit();
      else say("位置有了，别忘了往下点一下存上。");
    }, () => say("没拿到位置，自己选也行。", "bad"), { timeout: 10000, maximumAge: 300000 });
  };

  const acts = { step, fix, all, read, hear, locate };
  document.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (button) for (const name in acts) if (name in button.dataset) acts[name](button, event);
  });

  // a chosen file shows its name
  document.addEventListener("change", ({ target }) => {
    if (target.type !== "file") return;
    const box = target.closest(".file");
    box.classList.toggle("has", target.files.length > 0);
    box.querySelector("[data-name]").textContent = target.files[0]?.name ?? "";
  });
})();
