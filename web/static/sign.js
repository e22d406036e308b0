// The field that is signed in with a finger: <div data-sign> with <svg><path></svg>, a hidden input and a button to wipe.
// The path is [[[x, y, milliseconds], …] a stroke] in thousandths of the field's width; without script the name is typed.
(() => {
  for (const field of document.querySelectorAll("[data-sign]")) {
    const pad = field.querySelector("svg");
    const path = pad.querySelector("path");
    const input = field.querySelector("input");
    const wipe = field.querySelector("button");
    const [width, height] = [1000, pad.viewBox.baseVal.height];
    let strokes = [];
    let stroke = null;
    let began = null;

    const within = (value, most) => Math.round(Math.min(Math.max(value, 0), most));
    const draw = () => {
      path.setAttribute("d", strokes.map((points) => `M${points.map(([x, y]) => `${x} ${y}`).join("L")}`).join(""));
      input.value = strokes.length ? JSON.stringify(strokes) : "";
    };
    const add = (event) => {
      const box = pad.getBoundingClientRect();
      began ??= event.timeStamp;
      const [x, y] = [((event.clientX - box.left) / box.width) * width, ((event.clientY - box.top) / box.height) * height];
      const [lastX, lastY] = stroke.at(-1) ?? [-9, -9];
      if (Math.hypot(x - lastX, y - lastY) >= 4) stroke.push([within(x, width), within(y, height), Math.round(event.timeStamp - began)]);
    };

    pad.addEventListener("pointerdown", (event) => {
      if (!event.isPrimary) return;
      event.preventDefault();
      pad.setPointerCapture(event.pointerId);
      strokes.push((stroke = []));
      add(event);
      draw();
    });
    pad.addEventListener("pointermove", (event) => {
      if (!stroke || !event.isPrimary) return;
      for (const one of event.getCoalescedEvents?.() ?? [event]) add(one);
      draw();
    });
    for (const name of ["pointerup", "pointercancel"]) pad.addEventListener(name, () => { stroke = null; });
    wipe.addEventListener("click", () => { strokes = []; began = null; draw(); });

    // the other way to sign is folded away until it is asked for
    const instead = field.parentElement.querySelector("[data-instead]");
    if (instead) instead.open = Boolean(instead.querySelector("input").value || instead.querySelector("[aria-invalid]"));

    try { strokes = JSON.parse(input.value || "[]"); } catch { strokes = []; }
    draw();
  }
})();
