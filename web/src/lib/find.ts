import type { Student } from "./api";
import type { Shown } from "./status";

/** Students of one status (or all) whose name or roll matches what was typed. */
export function pick(students: readonly Student[], show: Shown | "all", typed: string): Student[] {
  const words = fold(typed).split(/\s+/).filter(Boolean);
  return students.filter((student) => {
    if (show !== "all" && student.status !== show) return false;
    if (words.length === 0) return true;
    const text = fold(`${student.student_name} ${student.university_roll_no}`);
    const roll = String(student.class_roll_id);
    return words.every((word) => text.includes(word) || roll.startsWith(word));
  });
}

/** The next student without a mark after a place in the list, going round once; null when all are taken. */
export function nextUntaken(students: readonly Student[], after: number): Student | null {
  for (let step = 1; step <= students.length; step++) {
    const student = students[(after + step) % students.length];
    if (student?.status === "unmarked") return student;
  }
  return null;
}

// Lower case, and Latin accents off, so that "andre" finds "André". Other scripts keep their signs: they are letters there.
function fold(text: string): string {
  return text.normalize("NFD").replace(/[\u0300-\u036f]/g, "").normalize("NFC").toLowerCase();
}
