import { expect, test } from "vitest";
import { uuidv7 } from "./uuid";

const form = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

test("an id has the form of version 7 and carries the time", () => {
  const now = Date.parse("2040-02-29T12:00:00Z");
  const id = uuidv7(now);
  expect(id).toMatch(form);
  expect(parseInt(id.replace("-", "").slice(0, 12), 16)).toBe(now);
});

test("ids sort in the order they were made, within a millisecond and over a clock set back", () => {
  const now = Date.parse("2040-03-01T12:00:00Z");
  const full = new Uint8Array(16).fill(0xff); // chance at its worst: the counter starts at its top
  const ids = [...Array.from({ length: 5000 }, () => uuidv7(now, full)), uuidv7(now - 60_000), uuidv7(now - 60_000)];
  expect(ids).toEqual([...ids].sort());
  expect(new Set(ids).size).toBe(ids.length);
  for (const id of ids) expect(id).toMatch(form);
});
