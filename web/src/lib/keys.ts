import type { Status } from "./status";

export type Act =
  | Status | "bulk" | "undo" | "menu" | "jump" | "search" | "help" | "leave"
  | "start" | "end" | "up" | "down" | "first" | "last";

export interface Binding {
  act: Act;
  /** As a person reads them; `Ctrl` stands for Command too. */
  keys: readonly string[];
  /** A letter alone. People who speak to their computer can switch these off. */
  single?: boolean;
  /** Shown in the line under the roll-call, not only in the list of all keys. */
  hint?: boolean;
}

/** Every key of the roll-call. The list people read with `?` is made from this table, so it cannot be out of date. */
export const table: readonly Binding[] = [
  { act: "present", keys: ["P", "Space"], single: true, hint: true },
  { act: "absent", keys: ["A"], single: true, hint: true },
  { act: "late", keys: ["L"], single: true, hint: true },
  { act: "excused", keys: ["E"], single: true, hint: true },
  { act: "duty", keys: ["D"], single: true },
  { act: "jump", keys: ["17", "Enter"], single: true, hint: true },
  { act: "bulk", keys: ["Shift P"], single: true, hint: true },
  { act: "undo", keys: ["Ctrl Z"] },
  { act: "menu", keys: ["Enter"] },
  { act: "start", keys: ["ArrowLeft"] },
  { act: "end", keys: ["ArrowRight"] },
  { act: "up", keys: ["ArrowUp"] },
  { act: "down", keys: ["ArrowDown"] },
  { act: "first", keys: ["Home"] },
  { act: "last", keys: ["End"] },
  { act: "search", keys: ["/"], single: true },
  { act: "leave", keys: ["Escape"] },
  { act: "help", keys: ["?"], single: true, hint: true },
];

export type Press = Pick<KeyboardEvent, "key" | "code" | "ctrlKey" | "metaKey" | "altKey" | "shiftKey">;

/** What a key press asks for, or null. `singles` false leaves letters, digits and signs alone. */
export function actOf(press: Press, singles = true): Act | null {
  const name = nameOf(press);
  for (const binding of table) {
    if (binding.act === "jump" || (binding.single && !singles && name !== "Space")) continue;
    if (binding.keys.includes(name)) return binding.act;
  }
  return null;
}

/** The digit of a press, for typing a roll number; null for every other key. */
export function digitOf(press: Press): string | null {
  if (press.ctrlKey || press.metaKey || press.altKey) return null;
  const digit = /^(?:Digit|Numpad)(\d)$/.exec(press.code)?.[1];
  return /^\d$/.test(press.key) ? press.key : digit && !press.shiftKey && !isAscii(press.key) ? digit : null;
}

function nameOf(press: Press): string {
  if (press.altKey) return "";
  const key = letterOf(press);
  if (press.ctrlKey || press.metaKey) return press.shiftKey ? "" : `Ctrl ${key}`;
  return press.shiftKey && /^[A-Z]$/.test(key) ? `Shift ${key}` : key;
}

// With a Hindi or Arabic layout the P key types another letter: then its place on the keyboard decides.
function letterOf({ key, code }: Press): string {
  if (key === " ") return "Space";
  if (key.length > 1) return key;
  if (!isAscii(key)) return /^Key([A-Z])$/.exec(code)?.[1] ?? (code === "Slash" ? "/" : key);
  return key.toUpperCase();
}

function isAscii(key: string): boolean {
  return key.length === 1 && key.charCodeAt(0) < 128;
}
