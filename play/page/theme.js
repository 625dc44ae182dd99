// Light or dark: as the machine has it, until somebody chooses.

const machine = matchMedia("(prefers-color-scheme: dark)");
const told = new Set();

export const theme = () => localStorage.getItem("theme") ?? (machine.matches ? "dark" : "light");

/** Calls `draw` with the theme, now and after each change. */
export function follow(draw) {
  told.add(draw);
  draw(theme());
}

const tell = () => told.forEach((draw) => draw(theme()));

machine.addEventListener("change", tell);

export function turn() {
  localStorage.setItem("theme", theme() === "dark" ? "light" : "dark");
  tell();
}

export function useOnPage(button) {
  button.addEventListener("click", turn);
  follow((name) => {
    document.documentElement.dataset.theme = name;
    button.textContent = name === "dark" ? "Lyst" : "Mørkt";
  });
}
