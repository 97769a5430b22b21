import { expect, test } from "vitest";
import { en } from "./i18n/en";
import { actOf, digitOf, table, type Act, type Press } from "./keys";

const press = (key: string, more: Partial<Press> = {}): Press => ({
  key, code: /^[a-z]$/i.test(key) ? `Key${key.toUpperCase()}` : "", ctrlKey: false, metaKey: false, altKey: false, shiftKey: false, ...more,
});

test.each<[string, Press, Act | null]>([
  ["p", press("p"), "present"],
  ["P under caps lock", press("P"), "present"],
  ["Space", press(" "), "present"],
  ["Shift P", press("P", { shiftKey: true }), "bulk"],
  ["a", press("a"), "absent"],
  ["Shift A is nothing", press("A", { shiftKey: true }), null],
  ["l", press("l"), "late"],
  ["e", press("e"), "excused"],
  ["d", press("d"), "duty"],
  ["Ctrl Z", press("z", { ctrlKey: true }), "undo"],
  ["Command Z", press("z", { metaKey: true }), "undo"],
  ["Ctrl Shift Z is nothing", press("Z", { ctrlKey: true, shiftKey: true }), null],
  ["z alone is nothing", press("z"), null],
  ["Ctrl P stays the browser's", press("p", { ctrlKey: true }), null],
  ["Alt A stays the browser's", press("a", { altKey: true }), null],
  ["/", press("/"), "search"],
  ["? with its Shift", press("?", { shiftKey: true }), "help"],
  ["Enter", press("Enter"), "menu"],
  ["an arrow", press("ArrowDown"), "down"],
  ["the P key under a Hindi layout", press("ह", { code: "KeyP" }), "present"],
  ["the P key and Shift under a Hindi layout", press("ङ", { code: "KeyP", shiftKey: true }), "bulk"],
])("%s", (_, event, want) => expect(actOf(event)).toBe(want));

test("with single keys off, letters and signs are left alone; arrows, Space and Ctrl stay", () => {
  for (const key of ["p", "a", "l", "/", "?"]) expect(actOf(press(key), false)).toBeNull();
  expect(actOf(press(" "), false)).toBe("present");
  expect(actOf(press("ArrowUp"), false)).toBe("up");
  expect(actOf(press("z", { ctrlKey: true }), false)).toBe("undo");
});

test("digits are read from any keyboard, and not with Ctrl", () => {
  expect(digitOf(press("7"))).toBe("7");
  expect(digitOf(press("৪", { code: "Digit4" }))).toBe("4");
  expect(digitOf(press("7", { ctrlKey: true }))).toBeNull();
  expect(digitOf(press("p"))).toBeNull();
});

test("no key has two meanings, and every one is explained", () => {
  const keys = table.filter((binding) => binding.act !== "jump").flatMap((binding) => binding.keys);
  expect(new Set(keys).size).toBe(keys.length);
  for (const binding of table) expect(en).toHaveProperty([`keys.${binding.act}`]);
});
