import type { Student } from "./api";

export type Shown = Student["status"];
/** What a teacher can mark. "Not required" is the school's to say: such a student counts nowhere. */
export type Status = Exclude<Shown, "unmarked" | "not_required">;

/** The five marks in the order of menus, legends and sums: attended first. */
export const statuses = ["present", "late", "duty", "excused", "absent"] as const satisfies readonly Status[];

/** Statuses whose silhouette is filled: they count as attended. */
export const attended = (status: Shown): boolean => status === "present" || status === "late" || status === "duty";

/** The class that carries a status's colours; a student without a mark is `none` in the style sheets. */
export const classOf = (status: Shown): string => (status === "unmarked" || status === "not_required" ? "none" : status);

/** Reasons people give most; a chip writes the catalogue's word, so that the office reads words and not codes. */
export const reasons = ["medical", "bus", "permission", "event", "family"] as const;
