// One lesson, held by keyboard alone on the pendrive's page, and seen on the cloud's.
//
// EDGE_URL, CLOUD_URL   the two servers; without them the fake of test/fake plays both
// COURSE_CODE, PIN      a course with five or more students and no class running
// SEEN_WITHIN_SECONDS   how long the pendrive may take to tell the cloud (60)
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { complaints, launch, signIn, tabTo } from "./browser.mjs";
import { serve } from "./fake/main.mjs";

const code = process.env.COURSE_CODE ?? "MCA-301";
const pin = process.env.PIN ?? "123456";
const patience = 1000 * Number(process.env.SEEN_WITHIN_SECONDS ?? 60);

let browser, fake, edge, cloud, edgeUrl, cloudUrl, heard;

before(async () => {
  if (!process.env.EDGE_URL) fake = await serve();
  edgeUrl = process.env.EDGE_URL ?? fake.url;
  cloudUrl = process.env.CLOUD_URL ?? edgeUrl;
  browser = await launch();
  // Two contexts are two computers: no shared cookies, no shared storage.
  edge = await (await browser.newContext({ viewport: { width: 1366, height: 641 } })).newPage();
  cloud = await (await browser.newContext()).newPage();
  heard = [complaints(edge), complaints(cloud)];
});
after(async () => {
  await browser?.close();
  fake?.close();
});

const tiles = (page) => page.locator("[data-student]");
/** Each student's roll and status, in the order of the page. */
const register = (page) => tiles(page).evaluateAll((all) => all.map((tile) => [tile.querySelector(".roll").textContent, tile.dataset.status]));
const statuses = async (page) => (await register(page)).map(([, status]) => status);
const focused = (page) => page.evaluate(() => ({ roll: document.activeElement?.querySelector(".roll")?.textContent, status: document.activeElement?.dataset.status }));
const counted = (page) => page.locator("[data-count] b").innerText().then(Number);
const settled = (page) => page.locator("[data-sync]:not([data-sync=sending])").waitFor();
const press = async (page, ...keys) => {
  for (const key of keys) await page.keyboard.press(key);
};

test("a lesson by keyboard on the pendrive is seen on the cloud", async (t) => {
  await t.test("sign in and start with a few keys", async () => {
    await signIn(edge, edgeUrl, code, pin);
    const card = edge.locator(`[data-course="${code}"]`);
    const start = card.getByRole("button", { name: /^Start/ });
    await tabTo(edge, start);
    await press(edge, "Enter");
    await tiles(edge).first().waitFor();
    assert.match(edge.url(), /\/teacher\/session\/[0-9a-f-]{36}/);
    assert.equal((await focused(edge)).status, "unmarked", "the first student not taken has the focus");
  });

  const roster = await register(edge);
  const roll = (i) => roster[i][0];
  assert.ok(roster.length >= 5, `the course needs five students, it has ${roster.length}`);
  assert.ok(roster.every(([, status]) => status === "unmarked"), "nobody is taken yet");

  await t.test("present moves on, absent and late mark, digits jump", async () => {
    await press(edge, "p", "a", " ");
    assert.equal((await focused(edge)).roll, roll(3));
    await press(edge, ...roll(4), "Enter", "l");
    assert.deepEqual((await statuses(edge)).slice(0, 5), ["present", "absent", "present", "unmarked", "late"]);
    assert.equal(await counted(edge), 3);
  });

  await t.test("undo takes back the last gesture, and only it", async () => {
    await press(edge, "Control+z");
    assert.deepEqual((await statuses(edge)).slice(0, 5), ["present", "absent", "present", "unmarked", "unmarked"]);
    await press(edge, ...roll(4), "Enter", "l");
  });

  await t.test("with the server away tiles keep working and marks wait", async () => {
    await edge.locator("[data-sync=saved]").waitFor(); // what came before has arrived
    await edge.context().setOffline(true);
    await press(edge, ...roll(3), "Enter", "e");
    await edge.locator("[data-sync=offline]").waitFor();
    assert.match(await edge.locator("[data-sync]").innerText(), /^Offline - 1 safe here/);
    assert.equal((await statuses(edge))[3], "excused");
    await edge.context().setOffline(false);
    await edge.locator("[data-sync]").getByText("safe here").waitFor({ state: "detached", timeout: 20_000 });
  });

  await t.test("everyone not taken becomes present, nobody else changes", async () => {
    await press(edge, "Shift+P");
    const want = roster.map((_, i) => ["present", "absent", "present", "excused", "late"][i] ?? "present");
    assert.deepEqual(await statuses(edge), want);
  });

  const held = await register(edge);

  await t.test("a reload shows the same", async () => {
    await settled(edge);
    await edge.waitForTimeout(500);
    await edge.reload();
    await tiles(edge).first().waitFor();
    assert.deepEqual(await register(edge), held);
  });

  await t.test("the cloud's page shows the same students and marks", async () => {
    await signIn(cloud, cloudUrl, code, pin);
    const resume = cloud.locator(`[data-course="${code}"]`).getByRole("link", { name: /^Resume/ });
    const until = Date.now() + patience;
    while (!(await resume.isVisible()) && Date.now() < until) {
      await cloud.waitForTimeout(1000);
      await cloud.reload();
      await cloud.locator(`[data-course="${code}"]`).waitFor();
    }
    await tabTo(cloud, resume);
    await press(cloud, "Enter");
    await tiles(cloud).first().waitFor();
    while ((await register(cloud)).join() !== held.join() && Date.now() < until) await cloud.waitForTimeout(200);
    assert.deepEqual(await register(cloud), held);
  });

  await t.test("end by keyboard leads to a report that agrees", async () => {
    await tabTo(edge, edge.getByRole("button", { name: "End", exact: true }));
    await press(edge, "Enter");
    await edge.getByRole("dialog").waitFor();
    assert.equal(await edge.evaluate(() => document.activeElement?.textContent?.trim()), "End class");
    await press(edge, "Enter");
    await edge.getByRole("heading", { name: "Register" }).waitFor({ timeout: 20_000 });
    const rows = await edge.locator("tbody tr").evaluateAll((all) => all.map((row) => [row.querySelector("td").textContent, row.dataset.status]));
    assert.deepEqual(rows, held);
    const sheet = await edge.getByRole("link", { name: "Excel" }).getAttribute("href");
    const answer = await edge.request.get(new URL(sheet, edgeUrl).href);
    assert.equal(answer.status(), 200);
    assert.match(answer.headers()["content-type"], /spreadsheetml/);
  });

  assert.deepEqual(heard.flat(), [], "no script error, nothing stopped by the Content-Security-Policy");
});
