"use strict";
// The mask is a list of steps: strokes and shapes. It is painted anew from the list, so that undo
// takes the last step away. Strokes are in pixels of the photo, whatever the size on the screen.
const byId = (id) => document.getElementById(id);
const canvas = byId("mask");
const brush = canvas.getContext("2d");
let photo = null;
let steps = [];
let erasing = false;
let settings = null;

function say(text, isError = false) {
  byId("message").textContent = text;
  byId("message").classList.toggle("error", isError);
}

async function ask(address, body) {
  const options = body === undefined ? {} : { method: "POST", body, headers: { "X-Inpaint-Tf": "1" } };
  let answer;
  try {
    answer = await fetch(address, options);
  } catch {
    throw new Error("the program does not answer: is it still running in its terminal?");
  }
  if (!answer.ok) {
    const told = await answer.json().catch(() => ({}));
    throw new Error(told.error || `failed (${answer.status})`);
  }
  return answer;
}

async function attempt(doing, act) {
  say(doing);
  document.querySelectorAll("button").forEach((one) => { one.disabled = true; });
  try {
    await act();
  } catch (error) {
    say(error.message, true);
  } finally {
    document.querySelectorAll("button").forEach((one) => { one.disabled = false; });
  }
}

function shown(image, address) {
  image.src = address;
  return image.decode();
}

function openPhoto(file, name) {
  return attempt("Reading the photo and looking for faces ...", async () => {
    if (file.size > settings.megabytes * 1e6) {
      throw new Error(`the file has ${Math.round(file.size / 1e6)} MB; up to ${settings.megabytes} are taken here`);
    }
    const answer = await ask(`photos?name=${encodeURIComponent(name)}`, file);
    photo = await answer.json();
    await shown(byId("photo"), `photos/${photo.token}/view`);
    canvas.width = photo.width;
    canvas.height = photo.height;
    markFaces();
    steps = [];
    repaint();
    byId("open").hidden = true;
    byId("work").hidden = false;
    showDrawing();
    const found = { 0: "No face was found: paint with the brush.", 1: "One face was found." };
    say(found[photo.faces.length] || `${photo.faces.length} faces were found.`);
    for (const button of byId("shapes").children) button.hidden = !photo.faces.length;
  });
}

function markFaces() {
  const marks = byId("faces");
  marks.setAttribute("viewBox", `0 0 ${photo.width} ${photo.height}`);
  marks.replaceChildren(...photo.faces.map(([x, y, width, height]) => {
    const box = document.createElementNS("http://www.w3.org/2000/svg", "rect");
    for (const [key, value] of Object.entries({ x, y, width, height })) box.setAttribute(key, value);
    return box;
  }));
}

function repaint() {
  brush.clearRect(0, 0, canvas.width, canvas.height);
  steps.forEach(paint);
}

function paint(step) {
  brush.globalCompositeOperation = step.erases ? "destination-out" : "source-over";
  if (step.picture) {
    brush.drawImage(step.picture, 0, 0);
    return;
  }
  brush.strokeStyle = brush.fillStyle = "#ff2d55";
  brush.lineWidth = step.width;
  brush.lineCap = brush.lineJoin = "round";
  brush.beginPath();
  const [first, ...others] = step.points;
  brush.moveTo(...first);
  for (const point of others.length ? others : [first]) brush.lineTo(...point);
  brush.stroke();
}

function place(event) {
  const box = canvas.getBoundingClientRect();
  return [
    ((event.clientX - box.left) / box.width) * canvas.width,
    ((event.clientY - box.top) / box.height) * canvas.height,
  ];
}

canvas.addEventListener("pointerdown", (event) => {
  if (event.button) return;
  canvas.setPointerCapture(event.pointerId);
  const share = (byId("size").value / 100) ** 1.5 * 0.35;
  steps.push({
    erases: erasing,
    width: Math.max(2, share * Math.min(canvas.width, canvas.height)),
    points: [place(event)],
  });
  paint(steps.at(-1));
  event.preventDefault();
});
canvas.addEventListener("pointermove", (event) => {
  if (!canvas.hasPointerCapture(event.pointerId) || !steps.length) return;
  const step = steps.at(-1);
  for (const one of event.getCoalescedEvents?.() ?? [event]) step.points.push(place(one));
  if (!step.points.length) return;
  paint(step);
});

async function addShape(name) {
  await attempt(`Drawing ${name} ...`, async () => {
    const answer = await ask(`photos/${photo.token}/shapes/${name}`, "");
    const drawn = await createImageBitmap(await answer.blob());
    // White becomes paint, black becomes nothing.
    const sheet = new OffscreenCanvas(drawn.width, drawn.height);
    const pen = sheet.getContext("2d");
    pen.drawImage(drawn, 0, 0);
    const pixels = pen.getImageData(0, 0, drawn.width, drawn.height);
    for (let i = 0; i < pixels.data.length; i += 4) {
      const hole = pixels.data[i] > 127;
      pixels.data.set(hole ? [255, 45, 85, 255] : [0, 0, 0, 0], i);
    }
    pen.putImageData(pixels, 0, 0);
    steps.push({ erases: false, picture: sheet });
    repaint();
    say("");
  });
}

function maskFile() {
  // Half transparent pixels of a brush's edge are hole: the server takes what is over one half.
  const sheet = new OffscreenCanvas(canvas.width, canvas.height);
  const pen = sheet.getContext("2d");
  pen.drawImage(canvas, 0, 0);
  const pixels = pen.getImageData(0, 0, sheet.width, sheet.height);
  for (let i = 0; i < pixels.data.length; i += 4) {
    const level = pixels.data[i + 3] > 0 ? 255 : 0;
    pixels.data.set([level, level, level, 255], i);
  }
  pen.putImageData(pixels, 0, 0);
  return sheet.convertToBlob({ type: "image/png" });
}

function complete() {
  return attempt("Completing ... the first time takes some seconds longer.", async () => {
    const mask = await maskFile();
    const weights = encodeURIComponent(byId("weights").value);
    const answer = await ask(`photos/${photo.token}/complete?weights=${weights}`, mask);
    const { number, name } = await answer.json();
    const result = `photos/${photo.token}/results/${number}`;
    await Promise.all([
      shown(byId("before"), `photos/${photo.token}/view`),
      shown(byId("after"), `${result}/view`),
    ]);
    byId("download").href = `${result}/file?name=${encodeURIComponent(name)}`;
    byId("download").download = name;
    byId("tools").hidden = byId("stage").hidden = true;
    byId("done").hidden = false;
    slide();
    say("Done. Move the slider to compare.");
  });
}

function showDrawing() {
  byId("tools").hidden = byId("stage").hidden = false;
  byId("done").hidden = true;
}

function slide() {
  const share = byId("slider").value / 10;
  byId("after").style.clipPath = `inset(0 0 0 ${share}%)`;
  byId("line").style.left = `calc(${share}% - 1px)`;
}

function choose(isEraser) {
  erasing = isEraser;
  byId("brush").setAttribute("aria-pressed", String(!isEraser));
  byId("eraser").setAttribute("aria-pressed", String(isEraser));
}

function undo() {
  steps.pop();
  repaint();
}

byId("brush").onclick = () => choose(false);
byId("eraser").onclick = () => choose(true);
byId("undo").onclick = undo;
byId("clear").onclick = () => { steps = []; repaint(); };
byId("complete").onclick = complete;
byId("back").onclick = () => { showDrawing(); say(""); };
byId("another").onclick = () => {
  byId("work").hidden = true;
  byId("open").hidden = false;
  byId("file").value = "";
  say("");
};
byId("slider").oninput = slide;
byId("file").onchange = (event) => {
  const [file] = event.target.files;
  if (file) openPhoto(file, file.name);
};
addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key === "z" && !byId("work").hidden) undo();
});
addEventListener("paste", (event) => {
  const [file] = event.clipboardData.files;
  if (file) openPhoto(file, file.name);
});
for (const kind of ["dragover", "dragleave", "drop"]) {
  addEventListener(kind, (event) => {
    event.preventDefault();
    byId("drop").classList.toggle("over", kind === "dragover");
    const file = kind === "drop" ? event.dataTransfer.files[0] : null;
    if (file) openPhoto(file, file.name);
  });
}

async function begin() {
  settings = await (await ask("settings")).json();
  byId("weights").replaceChildren(...settings.weights.map((name) => new Option(name, name)));
  byId("shapes").replaceChildren(...settings.shapes.map((name) => {
    const button = document.createElement("button");
    button.textContent = name;
    button.onclick = () => addShape(name);
    return button;
  }));
  byId("samples").replaceChildren(...Array.from({ length: settings.samples }, (_, number) => {
    const button = document.createElement("button");
    const image = new Image();
    image.src = `samples/${number}.png`;
    image.alt = `drawn face ${number + 1}`;
    button.append(image);
    button.onclick = async () => openPhoto(await (await ask(`samples/${number}.png`)).blob(), `face${number}.png`);
    return button;
  }));
}

begin().catch((error) => say(error.message, true));
