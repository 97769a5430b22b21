import type { Student } from "$lib/api";
import { hourOf, t, type Key } from "$lib/i18n/index.svelte";

const words: Record<string, Key> = {
  scanner: "live.byScanner", online: "live.byOnline", teacher: "live.byTeacher", bulk: "live.byBulk", office: "live.byOffice", card: "live.byCard",
};

/** Where a mark came from, when and why: "Scanned 10:06 · Bus late". Empty for a student not taken. */
export function originOf(student: Student): string {
  const word = words[student.source];
  if (student.status === "unmarked" || !word) return "";
  const from = t(word, { at: student.marked_at ? hourOf(student.marked_at) : "" }).trim();
  return [from, student.reason, student.conflict ? t("live.conflict") : ""].filter(Boolean).join(" · ");
}
