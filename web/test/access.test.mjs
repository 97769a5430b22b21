// axe on every screen and sheet, in four looks; and nothing to scroll sideways at 320 px. Against the fake.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { after, before, test } from "node:test";
import { launch, signIn } from "./browser.mjs";
import { serve } from "./fake/main.mjs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const looks = {
  light: { viewport: { width: 1366, height: 641 }, colorScheme: "light" },
  dark: { viewport: { width: 1280, height: 800 }, colorScheme: "dark" },
  "320 px, touch": { viewport: { width: 320, height: 640 }, colorScheme: "light", hasTouch: true, isMobile: true },
  "forced colours": { viewport: { width: 1280, height: 800 }, forcedColors: "active" },
};
let browser, fake;
before(async () => {
  fake = await serve();
  browser = await launch();
});
after(async () => {
  await browser?.close();
  fake?.close();
});

for (const [look, options] of Object.entries(looks)) {
  test(`nothing is in anyone's way: ${look}`, async () => {
    const context = await browser.newContext({ ...options, reducedMotion: "reduce", bypassCSP: true });
    const page = await context.newPage();
    const wrong = [];
    const check = async (screen) => {
      await page.evaluate(axe);
      const { violations } = await page.evaluate(() => window.axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] }));
      for (const { id, nodes } of violations) wrong.push(`${screen}: ${id}: ${nodes.map((node) => node.html.slice(0, 120)).slice(0, 3).join(" | ")}`);
      const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      if (over > 0) wrong.push(`${screen}: ${over} px wider than the window`);
    };

    await page.goto(fake.url);
    await page.getByRole("combobox").fill("mca");
    await check("sign in, list open");
    await signIn(page, fake.url, "MCA-301", "123456");
    await page.getByRole("button", { name: /minutes/ }).first().click();
    await check("my day, options open");
    await page.getByRole("button", { name: "Start roll-call" }).click();
    await page.locator("[data-student]").first().waitFor();
    for (const key of ["p", "l", "a", "e", "d"]) await page.keyboard.press(key);
    await check("roll-call");
    await page.keyboard.press("Enter");
    await check("marks and reasons");
    await page.keyboard.press("Escape");
    await page.keyboard.press("?");
    await check("keys");
    await page.keyboard.press("Escape");
    await page.locator("button.pill").click();
    await check("in the room");
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "List" }).click();
    await check("roll-call as a list");
    await page.getByRole("searchbox").fill("nobody like this");
    await check("no match");
    await page.getByRole("button", { name: "End", exact: true }).click();
    await check("end");
    await page.getByRole("button", { name: "End class" }).click();
    await page.getByRole("heading", { name: "Register" }).waitFor();
    await check("report");
    await context.close();
    assert.deepEqual(wrong, []);
  });
}
