import { expect, test } from "vitest";
import type { Student } from "./api";
import { nextUntaken, pick } from "./find";

const student = (class_roll_id: number, student_name: string, status: Student["status"] = "unmarked"): Student =>
  ({ id: String(class_roll_id), class_roll_id, student_name, university_roll_no: `U-${100 + class_roll_id}`, status, source: "", marked_at: null, reason: "", conflict: false });
const all = [student(1, "André Silva", "present"), student(4, "अनन्या देशमुख"), student(42, "Rohan D’Souza", "late"), student(57, "Anan Khan")];
const rolls = (found: Student[]) => found.map((student) => student.class_roll_id);

test("typing finds names without accents, rolls by their start and university rolls", () => {
  expect(rolls(pick(all, "all", "andre"))).toEqual([1]);
  expect(rolls(pick(all, "all", "अनन्या"))).toEqual([4]);
  expect(rolls(pick(all, "all", "4"))).toEqual([4, 42]);
  expect(rolls(pick(all, "all", "u-157"))).toEqual([57]);
  expect(rolls(pick(all, "all", "khan anan"))).toEqual([57]);
});

test("a status narrows the search", () => {
  expect(rolls(pick(all, "late", ""))).toEqual([42]);
  expect(rolls(pick(all, "unmarked", "an"))).toEqual([57]);
});

test("next means further on first, then round once; nobody when all are taken", () => {
  expect(nextUntaken(all, 0)?.class_roll_id).toBe(4);
  expect(nextUntaken(all, 1)?.class_roll_id).toBe(57);
  expect(nextUntaken(all, 3)?.class_roll_id).toBe(4);
  expect(nextUntaken([all[0]!], 0)).toBeNull();
});
