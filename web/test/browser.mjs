// A Chromium that is already on the machine; nothing is downloaded.
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { chromium } from "playwright-core";

const flags = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];

export const launch = () => chromium.launch({ executablePath: find(), args: flags });

/** CHROMIUM may be a path or a command; without it the usual names are tried, as .ci/need does. */
function find() {
  const names = [process.env.CHROMIUM, "chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"];
  for (const name of names.filter(Boolean)) {
    const places = name.includes("/") ? [name] : (process.env.PATH ?? "").split(delimiter).map((folder) => join(folder, name));
    const found = places.find((place) => existsSync(place));
    if (found) return found;
  }
  throw new Error("No Chromium found: install one, or set CHROMIUM to its program.");
}

/** Signs in as a teacher does, by keyboard. */
export async function signIn(page, url, code, pin) {
  await page.goto(url);
  await page.getByRole("combobox").fill(code);
  await page.keyboard.press("Enter");
  await page.getByLabel("PIN").fill(pin);
  await page.keyboard.press("Enter");
  await page.getByRole("list", { name: "My courses" }).waitFor();
}

/** Tabs forward until the element has the focus, as someone without a mouse would. */
export async function tabTo(page, target) {
  for (let i = 0; i < 200; i++) {
    if (await target.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press("Tab");
  }
  throw new Error(`not reachable by Tab: ${target}`);
}

/** Everything a page complained about: script errors, and what its Content-Security-Policy stopped. */
export function complaints(page) {
  const heard = [];
  page.on("pageerror", (error) => heard.push(String(error)));
  page.on("console", (message) => /Content.Security.Policy/i.test(message.text()) && heard.push(message.text()));
  return heard;
}
