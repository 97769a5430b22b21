import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Away, Refused } from "./api";
import { Outbox, type Entry } from "./outbox.svelte";
import { memoryStore } from "./store";

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

const order = (mark: string) => ({ kind: "mark", session: "s", mark, students: ["1"], status: "present", at: "" }) as const;

function setup(answer: (entry: Entry) => void = () => undefined, stored: Entry[] = []) {
  const sent: string[] = [];
  const server = { answer };
  const store = memoryStore<Entry>(stored);
  const box = new Outbox(store, async (entry) => {
    const name = entry.kind === "end" ? "end" : `${entry.kind} ${entry.mark}`;
    server.answer(entry);
    sent.push(name);
  });
  box.teacher = "t";
  const give = (mark: string) => box.add({ ...order(mark), students: ["1"] });
  return { box, sent, server, store, give };
}
const away = () => {
  throw new Away(0);
};

test("orders are sent one at a time, in the order given", async () => {
  const { box, sent, give, store } = setup();
  give("a");
  give("b");
  box.add({ kind: "undo", session: "s", mark: "a", before: [] });
  box.add({ kind: "end", session: "s" });
  await vi.runAllTimersAsync();
  expect(sent).toEqual(["mark a", "mark b", "undo a", "end"]);
  expect(box.entries).toEqual([]);
  expect(await store.all()).toEqual([]);
});

test("while the server is away orders wait, and are replayed in order when it is back", async () => {
  const { box, sent, server, store, give } = setup(away);
  for (const mark of ["a", "b", "c"]) give(mark);
  await vi.advanceTimersByTimeAsync(3000);
  expect(sent).toEqual([]);
  expect(box.reached).toBe(false);
  expect(await store.all()).toHaveLength(3);
  server.answer = () => undefined;
  await vi.advanceTimersByTimeAsync(15_000);
  expect(sent).toEqual(["mark a", "mark b", "mark c"]);
  expect(box.reached).toBe(true);
});

test("a new page sends what an old one left, before its own", async () => {
  const left = setup(away);
  left.give("a");
  left.give("b");
  await vi.advanceTimersByTimeAsync(10);
  const { box, sent, give } = setup(undefined, await left.store.all());
  left.box.teacher = ""; // the old page is gone
  await box.load();
  give("c");
  await vi.runAllTimersAsync();
  expect(sent).toEqual(["mark a", "mark b", "mark c"]);
});

test("a refused order waits for a person and holds nobody up", async () => {
  const { box, sent, server, give } = setup((entry) => {
    if (entry.kind === "mark" && entry.mark === "a") throw new Refused(422, { detail: "not in this course" });
  });
  give("a");
  give("b");
  await vi.runAllTimersAsync();
  expect(sent).toEqual(["mark b"]);
  expect(box.entries).toMatchObject([{ mark: "a", refused: "not in this course" }]);
  server.answer = () => undefined;
  box.retry(box.entries[0]!);
  await vi.runAllTimersAsync();
  expect(box.entries).toEqual([]);
});

test("a mark that never left is taken back without a word to the server; one that may have left is not", async () => {
  const { box, sent, server, give } = setup(away);
  give("a");
  await vi.advanceTimersByTimeAsync(0);
  give("b");
  expect(box.cancel("b")).toBe(true);
  expect(box.cancel("a")).toBe(false);
  server.answer = () => undefined;
  await vi.runAllTimersAsync();
  expect(sent).toEqual(["mark a"]);
});

test("signed out, or signed in as another, nothing is sent and nothing is lost", async () => {
  const { box, sent, give } = setup(() => {
    throw new Refused(401, {});
  });
  give("a");
  await vi.runAllTimersAsync();
  box.teacher = "other";
  await box.drain();
  expect(sent).toEqual([]);
  expect(box.entries).toHaveLength(1);
  expect(box.entries[0]?.refused).toBeUndefined();
});
