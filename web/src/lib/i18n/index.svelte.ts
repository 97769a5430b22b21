import { en } from "./en";

/** A text, or its forms by number (CLDR names: one, two, few, many, other), chosen by the value `n`. */
type Text = string | ({ other: string } & Partial<Record<Intl.LDMLPluralRule, string>>);
export type Key = keyof typeof en;
export type Catalogue = Record<Key, Text>;
type Values = Record<string, string | number>;

// English is in the bundle as the last resort; hi and ar join this table as `() => import("./hi")`, each its own file.
const catalogues: Record<string, () => Promise<Catalogue>> = { en: async () => en };

class Language {
  code = $state("en");
  #texts = $state.raw<Catalogue>(en);
  #plural = $derived(new Intl.PluralRules(this.code));

  /** Takes the first wanted language there is a catalogue for. */
  async choose(wanted: readonly string[]): Promise<void> {
    const code = wanted.map((tag) => tag.split("-")[0] ?? "").find((tag) => tag in catalogues) ?? "en";
    this.#texts = (await catalogues[code]?.()) ?? en;
    this.code = code;
    document.documentElement.lang = code;
    document.documentElement.dir = ["ar", "ur"].includes(code) ? "rtl" : "ltr";
  }

  text(key: Key, values: Values = {}): string {
    const text = this.#texts[key] ?? en[key];
    const form = typeof text === "string" ? text : (text[this.#plural.select(Number(values["n"]))] ?? text.other);
    return form.replace(/\{(\w+)\}/g, (hole, name: string) => String(values[name] ?? hole));
  }
}

export const language = new Language();

/** The text of the person's language. Reactive: a component that shows it follows a change of language. */
export const t = (key: Key, values?: Values): string => language.text(key, values);

const format = (options: Intl.DateTimeFormatOptions) => (time: string | number): string =>
  new Intl.DateTimeFormat(language.code === "en" ? "en-GB" : language.code, options).format(new Date(time));

/** 10:42 */
export const hourOf = format({ hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
/** Thursday 19 November */
export const dayOf = format({ weekday: "long", day: "numeric", month: "long" });
/** Thu 19 Nov */
export const dateOf = format({ weekday: "short", day: "numeric", month: "short" });

/** 31:24, or 1:02:07 from an hour on. Never below zero. */
export function countdown(seconds: number): string {
  const left = Math.max(0, Math.floor(seconds));
  const pad = (n: number) => String(n).padStart(2, "0");
  const minutes = Math.floor(left / 60);
  const head = minutes < 60 ? pad(minutes) : `${Math.floor(minutes / 60)}:${pad(minutes % 60)}`;
  return `${head}:${pad(left % 60)}`;
}
