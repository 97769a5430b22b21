/** How long to wait before try n (from 0): doubling from half a second to ten, a fifth either way so that a class of phones does not knock together. */
export function backoff(tries: number, chance: number = Math.random()): number {
  return Math.min(10_000, 500 * 2 ** Math.min(tries, 10)) * (0.8 + 0.4 * chance);
}
