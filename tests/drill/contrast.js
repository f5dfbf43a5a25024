// The contrast of colours on the page, by Web Content Accessibility Guidelines 2.2.
const channel = (value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
const seen = new Map();
const numbers = (colour) => {
  if (!seen.has(colour)) seen.set(colour, measured(colour));
  return seen.get(colour);
};
const measured = (colour) => {
  const canvas = new OffscreenCanvas(1, 1).getContext("2d");
  canvas.fillStyle = colour;
  canvas.fillRect(0, 0, 1, 1);
  return [...canvas.getImageData(0, 0, 1, 1).data].map((value) => value / 255);
};
const light = (colour) => {
  const [red, green, blue] = numbers(colour).map(channel);
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
};
const contrast = (one, other) => {
  const [low, high] = [light(one), light(other)].sort((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
};

// One text of each pair of colours: ["colour on ground", [contrast, text]].
const texts = () => {
  const ground = (element) => {
    for (let at = element; at !== null; at = at.parentElement) {
      const colour = getComputedStyle(at).backgroundColor;
      if (numbers(colour)[3] === 1) return colour;
    }
  };
  const pairs = new Map();
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const element = walk.currentNode.parentElement;
    if (walk.currentNode.data.trim() === "" || element.checkVisibility() === false) continue;
    const style = getComputedStyle(element);
    const colour = element instanceof SVGElement ? style.fill : style.color;
    const under = ground(element);
    if (!pairs.has(`${colour} on ${under}`)) {
      pairs.set(`${colour} on ${under}`, [contrast(colour, under), walk.currentNode.data]);
    }
  }
  return [...pairs]
};

// Each mark of the timeline: [colour, ground, contrast, least contrast].
const marks = () => {
  const colours = drill.timeline.colours;
  const found = [];
  for (const ground of ["paper", "fold", "band"]) {
    for (const name of ["text", "soft"]) found.push([name, ground, contrast(colours[name], colours[ground]), 4.5]);
    for (const name of Object.keys(KINDS)) found.push([name, ground, contrast(colours[name], colours[ground]), 3]);
    found.push(["bad", ground, contrast(colours.bad, colours[ground]), ground === "fold" ? 3 : 4.5]);
  }
  for (const name of ["invocation", "bad"]) found.push(["onMark", name, contrast(colours.onMark, colours[name]), 4.5]);
  return found
};
