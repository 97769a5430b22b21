// Pictures of every screen into test/output, for looking at: light, dark, phone and the smallest laptop. `node test/shots.mjs [name…]`
import { mkdirSync } from "node:fs";
import { launch, signIn } from "./browser.mjs";
import { serve } from "./fake/main.mjs";

const out = new URL("output/", import.meta.url).pathname;
mkdirSync(out, { recursive: true });
const only = process.argv.slice(2);
const fake = await serve();
const browser = await launch();
const sizes = { light: [1280, 800, "light"], dark: [1280, 800, "dark"], small: [1366, 641, "light"], phone: [390, 844, "light", true], narrow: [320, 640, "dark", true] };
const post = (what, body) => fetch(`${fake.url}/fake/${what}`, { method: "POST", body: JSON.stringify(body) });

for (const [size, [width, height, colorScheme, touch = false]] of Object.entries(sizes)) {
  const context = await browser.newContext({ viewport: { width, height }, colorScheme, hasTouch: touch, isMobile: touch, deviceScaleFactor: touch ? 2 : 1 });
  const page = await context.newPage();
  page.on("console", (message) => ["error", "warning"].includes(message.type()) && console.log(size, message.text()));
  page.on("pageerror", (error) => console.log(size, error));
  const shot = async (name, fullPage = false) => {
    if (only.length && !only.includes(name)) return;
    await page.waitForTimeout(300);
    await page.screenshot({ path: `${out}${name}-${size}.png`, fullPage });
  };
  await page.goto(fake.url);
  await page.getByRole("combobox").fill("mca");
  await shot("signin-combo");
  await page.keyboard.press("Enter");
  await page.getByLabel("PIN").fill("000000");
  await page.keyboard.press("Enter");
  await page.getByRole("alert").getByText("Course code and PIN").waitFor();
  await shot("signin-wrong");
  await signIn(page, fake.url, "MCA-301", "123456");
  await shot("day");
  const first = page.getByRole("listitem").filter({ hasText: "Database" });
  if (await first.getByRole("button", { name: "50 minutes" }).count()) {
    await first.getByRole("button", { name: "50 minutes" }).click();
    await page.getByLabel("Room").fill("Room 204");
    await page.getByLabel("Topic").fill("Normal forms, 3NF and BCNF");
    await shot("day-options");
    await first.getByRole("button", { name: "Start roll-call" }).click();
  } else await first.getByRole("link", { name: "Resume" }).click();
  await page.locator("[data-student]").first().waitFor();
  const untaken = [3, 8, 13, 14, 20, 24, 26, 30, 33, 38, 42, 44, 51, 55, 57];
  for (let roll = 1; roll <= 60; roll++) {
    if (untaken.includes(roll)) continue;
    const status = { 10: "late", 36: "late", 22: "duty", 46: "excused" }[roll] ?? "present";
    await post("scan", { roll, status, source: [22, 46].includes(roll) ? "teacher" : roll % 13 === 0 ? "online" : "scanner" });
  }
  await page.waitForTimeout(1300);
  await page.keyboard.type("29");
  await shot("live-digits");
  await page.keyboard.press("Enter");
  await page.keyboard.press("a");
  await shot("live");
  await page.keyboard.press("Control+z");
  await page.keyboard.type("29");
  await page.keyboard.press("Enter");
  await page.keyboard.press("a");
  await page.keyboard.press("Enter");
  await shot("menu");
  await page.keyboard.press("Escape");
  await page.keyboard.press("?");
  await shot("keys");
  await page.keyboard.press("Escape");
  await post("sync", { state: "attention", unplaced: 1 });
  await page.waitForTimeout(200);
  await page.locator("button.pill").click();
  await shot("room");
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "List" }).click();
  await shot("list");
  await page.getByRole("button", { name: "Grid" }).click();
  await page.getByRole("searchbox").fill("deshpandey");
  await shot("nomatch");
  await page.getByRole("button", { name: "Clear filters" }).click();
  await context.setOffline(true);
  await page.keyboard.press("/");
  await page.getByRole("searchbox").fill("kabir");
  await page.keyboard.press("Enter");
  await page.keyboard.press("l");
  await page.getByRole("searchbox").fill("");
  await page.waitForTimeout(1500);
  await shot("offline");
  await page.getByRole("button", { name: "End", exact: true }).click();
  await shot("end-offline");
  await page.keyboard.press("Escape");
  await context.setOffline(false);
  await post("sync", { state: "saved", unplaced: 0 });
  await page.locator("[data-sync=saved]").waitFor();
  await page.getByRole("button", { name: "End", exact: true }).click();
  await shot("end");
  await page.getByRole("button", { name: "End class" }).click();
  await page.getByRole("heading", { name: "Register" }).waitFor();
  await shot("report", touch);
  await context.close();
}
await browser.close();
fake.close();
