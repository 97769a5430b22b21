import type { Live, Student } from "./api";
import { attended, type Status } from "./status";

/** What a student stood at before a gesture; enough to draw its undo before the server confirms it. */
export type Before = Pick<Student, "id" | "status" | "source" | "reason" | "marked_at" | "conflict">;

export interface MarkOrder {
  kind: "mark";
  /** The mark's id, made here; repeating it changes nothing. */
  mark: string;
  students: string[];
  status: Status;
  reason?: string;
  /** Touch only students without a mark. */
  bulk?: boolean;
  at: string;
}

export interface UndoOrder {
  kind: "undo";
  mark: string;
  before: Before[];
}

export type Order = MarkOrder | UndoOrder | { kind: "end" };

/**
 * Draws orders the server has not confirmed over its snapshot, in order. Snapshots replace what we know, but a mark
 * that waits here must not blink off its tile when one arrives. Pure: the snapshot is left as it is.
 */
export function overlay(live: Live, waiting: readonly Order[]): Live {
  if (!waiting.some((order) => order.kind !== "end")) return live;
  const now = new Map(live.students.map((student) => [student.id, student]));
  for (const order of waiting) {
    if (order.kind === "mark") for (const id of order.students) apply(now, id, order);
    if (order.kind === "undo") for (const old of order.before) change(now, old.id, old);
  }
  const students = live.students.map((student) => now.get(student.id) ?? student);
  return { ...live, students, counts: recount(live, students), sources: resource(live, students) };
}

/**
 * The new snapshot with the old one's objects for students in whom nothing changed. A snapshot carries the whole
 * class; a page that sees the same object again has nothing to draw.
 */
export function share(old: Live | null, live: Live): Live {
  if (!old) return live;
  const before = new Map(old.students.map((student) => [student.id, student]));
  return { ...live, students: live.students.map((student) => {
    const was = before.get(student.id);
    return was && same(was, student) ? was : student;
  }) };
}

function same(a: Student, b: Student): boolean {
  return (Object.keys(b) as (keyof Student)[]).every((key) => a[key] === b[key]);
}

function apply(now: Map<string, Student>, id: string, order: MarkOrder): void {
  if (order.bulk && now.get(id)?.status !== "unmarked") return;
  const { status, reason = "", at: marked_at } = order;
  change(now, id, { status, reason, marked_at, source: order.bulk ? "bulk" : "teacher", conflict: false });
}

function change(now: Map<string, Student>, id: string, to: Partial<Student>): void {
  const student = now.get(id);
  if (student) now.set(id, { ...student, ...to });
}

// Only differences are added to the server's own sums: what counts where stays its decision.
function recount(live: Live, students: Student[]): Live["counts"] {
  const counts = { ...live.counts };
  students.forEach((student, i) => {
    const was = live.students[i]!;
    if (was === student) return;
    if (was.status !== "not_required") counts[was.status]--;
    if (student.status !== "not_required") counts[student.status]++;
    counts.marked += Number(attended(student.status)) - Number(attended(was.status));
    counts.conflicts += Number(student.conflict) - Number(was.conflict);
  });
  return counts;
}

function resource(live: Live, students: Student[]): Live["sources"] {
  const sources = { ...live.sources };
  const add = (source: Student["source"], n: number) => {
    if (source === "office") sources.teacher += n;
    else if (source !== "" && source !== "card") sources[source] += n;
  };
  students.forEach((student, i) => {
    const was = live.students[i]!;
    if (was === student) return;
    add(was.source, -1);
    add(student.source, +1);
  });
  return sources;
}
