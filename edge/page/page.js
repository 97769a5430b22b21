// The status page keeps itself fresh and lets phones in. It shows what the server
// says and decides nothing.

const every = 5_000;
const box = document.getElementById("invite");
const care = document.getElementById("care");
let timer = 0;

/** Puts in place what changed, but not under somebody's finger. */
async function refresh() {
  const response = await fetch("/status").catch(() => null);
  if (!response?.ok) {
    box.ownerDocument.querySelector(".pill").textContent = "The pendrive's program does not answer";
    return;
  }
  const fresh = new DOMParser().parseFromString(await response.text(), "text/html");
  for (const old of document.querySelectorAll("[data-live], .pill")) {
    const now = old.id ? fresh.getElementById(old.id) : fresh.querySelector(".pill");
    if (now && now.outerHTML !== old.outerHTML && !old.contains(document.activeElement)) old.replaceWith(now);
  }
}

/** Says why something was refused, and where to sign in if that is why. */
async function refused(response, place = box) {
  const problem = await response.json().catch(() => ({}));
  const line = document.createElement("p");
  if (response.status === 401) {
    const link = document.createElement("a");
    link.href = "/";
    link.textContent = "Sign in as a teacher";
    line.append(link, " on this computer first, then come back to this page.");
  } else {
    line.textContent = problem.detail ?? "That did not work. Try again.";
  }
  place.replaceChildren(line);
}

/** The teacher says what time it is. */
async function setClock(form) {
  const place = document.getElementById("clocked");
  const response = await fetch("/api/edge/clock", {
    method: "PUT",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ local_time: form.elements.local.value }),
  });
  if (!response.ok) return refused(response, place);
  place.textContent = "Set. Classes that run keep their length.";
  await refresh();
}

async function invite() {
  const response = await fetch("/api/edge/phones", { method: "POST" });
  if (!response.ok) return refused(response);
  const { url, qr, expires_at } = await response.json();
  const picture = document.createElement("img");
  picture.className = "qr";
  picture.alt = "QR code that lets one phone in";
  picture.src = "data:image/svg+xml," + encodeURIComponent(qr);
  const line = document.createElement("p");
  line.className = "muted";
  line.textContent = `Scan it with the phone's camera, in the same Wi-Fi. It lets one phone in, until ${new Date(expires_at).toLocaleTimeString([], { timeStyle: "short" })}.`;
  const address = document.createElement("p");
  address.className = "addr";
  address.textContent = url;
  box.replaceChildren(picture, line, address);
}

/** Asks for something that is done to the drive, and says what came of it. */
async function tend(path, line) {
  care.textContent = line;
  const response = await fetch(path, { method: "POST" }).catch(() => null);
  const said = (await response?.json().catch(() => null)) ?? {};
  care.textContent = said.message ?? said.detail ?? "That did not work. Try again.";
  return said;
}

async function eject() {
  let said = await tend("/api/edge/eject", "Sending what waits, and closing…");
  if (said.type === "urn:arise:problem:class-running" && confirm("A class is being held. End the program all the same?")) {
    said = await tend("/api/edge/eject?force=true", "Closing…");
  }
  if (!said.safe) return;
  clearInterval(timer); // nobody answers from now on
  document.querySelector(".pill").textContent = "Safe to remove";
}

document.addEventListener("click", async (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  if (button.matches("[data-invite]")) await invite();
  if (button.matches("[data-backup]")) await tend("/api/edge/backup", "Copying and reading it through…");
  if (button.matches("[data-eject]")) await eject();
  if (button.matches("[data-revoke]")) {
    const response = await fetch(`/api/edge/phones/${button.dataset.revoke}`, { method: "DELETE" });
    if (!response.ok && response.status !== 404) return refused(response);
    button.blur();
    await refresh();
  }
});

document.addEventListener("submit", async (event) => {
  if (event.target.id !== "clock") return;
  event.preventDefault();
  await setClock(event.target);
});

timer = setInterval(refresh, every);
