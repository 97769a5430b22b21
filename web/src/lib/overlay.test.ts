import { expect, test } from "vitest";
import type { Live, Student } from "./api";
import { overlay, share, type MarkOrder } from "./overlay";

const at = "2026-11-19T10:00:00Z";

function student(id: string, status: Student["status"] = "unmarked", source: Student["source"] = ""): Student {
  return { id, class_roll_id: Number(id), student_name: `S ${id}`, university_roll_no: id, status, source, marked_at: null, reason: "", conflict: false };
}

function live(...students: Student[]): Live {
  const count = (status: Student["status"]) => students.filter((student) => student.status === status).length;
  const from = (source: Student["source"]) => students.filter((student) => student.source === source).length;
  const counts = { present: count("present"), late: count("late"), absent: count("absent"), excused: count("excused"), duty: count("duty"), unmarked: count("unmarked") };
  return {
    session: {} as Live["session"], unplaced: [], devices: [], sync: { state: "saved", waiting: 0, unplaced: 0 }, students,
    counts: { ...counts, enrolled: students.length, marked: counts.present + counts.late + counts.duty, conflicts: 0, walk_ins: 0 },
    sources: { scanner: from("scanner"), online: from("online"), teacher: from("teacher"), bulk: from("bulk") },
  };
}

const mark = (status: MarkOrder["status"], students: string[], more: Partial<MarkOrder> = {}): MarkOrder => ({ kind: "mark", mark: `m-${status}`, students, status, at, ...more });
const shown = (state: Live) => Object.fromEntries(state.students.map((student) => [student.id, student.status]));

test("with nothing waiting the snapshot itself is shown", () => {
  const state = live(student("1"));
  expect(overlay(state, [])).toBe(state);
  expect(overlay(state, [{ kind: "end" }])).toBe(state);
});

test("a waiting mark is drawn over the snapshot, and the snapshot is left as it is", () => {
  const state = live(student("1"), student("2", "present", "scanner"));
  const drawn = overlay(state, [mark("late", ["1"], { reason: "Bus late" })]);
  expect(drawn.students[0]).toMatchObject({ status: "late", source: "teacher", reason: "Bus late", marked_at: at });
  expect(drawn.students[1]).toBe(state.students[1]);
  expect(shown(state)).toEqual({ 1: "unmarked", 2: "present" });
});

test("counts and sources move with the marks", () => {
  const drawn = overlay(live(student("1"), student("2", "present", "scanner"), student("3")), [mark("absent", ["2"]), mark("present", ["1", "3"], { bulk: true })]);
  expect(drawn.counts).toMatchObject({ enrolled: 3, marked: 2, present: 2, absent: 1, unmarked: 0 });
  expect(drawn.sources).toEqual({ scanner: 0, online: 0, teacher: 1, bulk: 2 });
});

test("a bulk mark touches only students without a mark, marks waiting before it included", () => {
  const drawn = overlay(live(student("1"), student("2", "absent", "teacher"), student("3")), [mark("late", ["3"]), mark("present", ["1", "2", "3"], { bulk: true })]);
  expect(shown(drawn)).toEqual({ 1: "present", 2: "absent", 3: "late" });
});

test("the later of two waiting marks stands", () => {
  expect(shown(overlay(live(student("1")), [mark("present", ["1"]), mark("absent", ["1"])]))).toEqual({ 1: "absent" });
});

test("a waiting undo shows what stood before, whether its mark has arrived or not", () => {
  const undo = { kind: "undo", mark: "m-absent", before: [student("1", "present", "scanner")] } as const;
  const arrived = overlay(live(student("1", "absent", "teacher")), [{ ...undo, before: [...undo.before] }]);
  const waiting = overlay(live(student("1", "present", "scanner")), [mark("absent", ["1"]), { ...undo, before: [...undo.before] }]);
  for (const drawn of [arrived, waiting]) {
    expect(shown(drawn)).toEqual({ 1: "present" });
    expect(drawn.sources).toMatchObject({ scanner: 1, teacher: 0 });
  }
});

test("a student who has left the course since is no error", () => {
  expect(shown(overlay(live(student("1")), [mark("present", ["9"])]))).toEqual({ 1: "unmarked" });
});

test("a new snapshot keeps the objects of students in whom nothing changed", () => {
  const old = live(student("1"), student("2"));
  const fresh = share(old, live(student("1"), student("2", "present", "scanner"), student("3")));
  expect(fresh.students[0]).toBe(old.students[0]);
  expect(shown(fresh)).toEqual({ 1: "unmarked", 2: "present", 3: "unmarked" });
});
