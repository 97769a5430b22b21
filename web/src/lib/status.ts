import type { Student } from "./api";

export type Shown = Student["status"];
export type Status = Exclude<Shown, "unmarked">;

/** The five marks in the order of menus, legends and sums: attended first. */
export const statuses = ["present", "late", "duty", "excused", "absent"] as const satisfies readonly Status[];

/** The class that carries a status's colours; "not taken" is `none` in the style sheets. */
export const classOf = (status: Shown): string => (status === "unmarked" ? "none" : status);

/** Reasons people give most; a chip writes the catalogue's word, so that the office reads words and not codes. */
export const reasons = ["medical", "bus", "permission", "event", "family"] as const;
