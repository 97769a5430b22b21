// A Chromium that is already on the machine; nothing is downloaded.
import { chromium } from "playwright-core";

export const launch = () =>
  chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
  });

/** Signs in on the page as a teacher does, by keyboard. */
export async function signIn(page, url, code, pin) {
  await page.goto(url);
  await page.getByRole("combobox").fill(code);
  await page.keyboard.press("Enter");
  await page.getByLabel("PIN").fill(pin);
  await page.keyboard.press("Enter");
  await page.getByRole("list", { name: "My courses" }).waitFor();
}
