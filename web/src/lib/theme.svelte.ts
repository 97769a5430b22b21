type Theme = "light" | "dark";

/** The theme in force: the system's, until a person chooses one. public/theme.js applies the choice before the first paint. */
class ThemeChoice {
  now = $state<Theme>(chosen() ?? system());

  constructor() {
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => (this.now = chosen() ?? system()));
  }

  turn(): void {
    this.now = this.now === "dark" ? "light" : "dark";
    document.documentElement.dataset["theme"] = this.now;
    try {
      localStorage.setItem("arise.theme", this.now);
    } catch {
      // It lasts for this page only, then.
    }
  }
}

function chosen(): Theme | null {
  const theme = document.documentElement.dataset["theme"];
  return theme === "light" || theme === "dark" ? theme : null;
}

function system(): Theme {
  return matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
}

export const theme = new ThemeChoice();
