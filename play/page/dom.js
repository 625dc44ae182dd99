// Making elements. What people or the bot have written is always text, never markup.

export function el(tag, traits = {}, ...inside) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(traits)) {
    if (value === undefined || value === false) continue;
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (name in made && !name.includes("-")) made[name] = value;
    else made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...inside.filter((each) => each !== null && each !== undefined));
  return made;
}

let silence = 0;

/** A line that is shown and read out for a moment. */
export function say(text) {
  const place = document.getElementById("said");
  place.textContent = text;
  clearTimeout(silence);
  silence = setTimeout(() => (place.textContent = ""), 8000);
}
