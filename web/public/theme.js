// Runs before the first paint, so that a chosen theme never flashes the other one. A file of its own: no inline script.
try {
  const theme = localStorage.getItem("arise.theme");
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
} catch {
  // Storage may be closed to us; the system's theme stands.
}
