import { Refused } from "./api";
import { backoff } from "./backoff";
import type { Order } from "./overlay";
import type { Store } from "./store";
import { uuidv7 } from "./uuid";

/** One order on its way to the server. */
export type Entry = Order & {
  key: string;
  session: string;
  /** Who gave it: another person signing in at this computer must not send it in their own name. */
  teacher: string;
  /** Why the server would not have it; such an entry waits for a person. */
  refused?: string;
};

type Draft = Order & { session: string };

/**
 * Orders wait here with their ids until the server has them, and are sent one at a time in the order given.
 * Every order may safely be sent twice, so two tabs emptying the same box do no harm.
 */
export class Outbox {
  entries = $state.raw<readonly Entry[]>([]);
  /** Whether the last try reached the server. */
  reached = $state(true);
  teacher = "";

  #store: Store<Entry>;
  #send: (entry: Entry) => Promise<void>;
  #tried = new Set<string>();
  #busy = false;
  #tries = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(store: Store<Entry>, send: (entry: Entry) => Promise<void>) {
    this.#store = store;
    this.#send = send;
  }

  /** Reads what an earlier page, or another tab, left to send. */
  async load(): Promise<void> {
    const stored = await this.#store.all();
    const known = new Set(this.entries.map((entry) => entry.key));
    this.entries = [...this.entries, ...stored.filter((entry) => !known.has(entry.key))].sort((a, b) => (a.key < b.key ? -1 : 1));
    void this.drain();
  }

  add(draft: Draft): void {
    const entry: Entry = { ...draft, key: uuidv7(), teacher: this.teacher };
    this.entries = [...this.entries, entry];
    // Sending does not wait for the disk: a mark that has arrived needs no copy here.
    this.#store.put(entry).catch(() => undefined);
    void this.drain();
  }

  /** Takes back a mark that never left. False when it may have left, and an undo must follow it. */
  cancel(mark: string): boolean {
    const entry = this.entries.find((entry) => entry.kind === "mark" && entry.mark === mark);
    if (!entry || this.#tried.has(entry.key)) return false;
    this.drop(entry);
    return true;
  }

  drop(entry: Entry): void {
    this.entries = this.entries.filter((other) => other.key !== entry.key);
    this.#store.remove(entry.key).catch(() => undefined);
  }

  retry(entry: Entry): void {
    const { refused: _, ...fresh } = entry;
    this.#replace(fresh as Entry);
    void this.drain();
  }

  /** Sends until the box is empty or the server is away; then tries again by itself, ever less often. */
  async drain(): Promise<void> {
    if (this.#busy) return;
    this.#busy = true;
    clearTimeout(this.#timer);
    try {
      for (let entry = this.#next(); entry; entry = this.#next()) {
        this.#tried.add(entry.key);
        try {
          await this.#send(entry);
        } catch (error) {
          if (!(error instanceof Refused) || error.status === 401) {
            this.reached = error instanceof Refused;
            if (!this.reached) this.#timer = setTimeout(() => void this.drain(), backoff(this.#tries++));
            return;
          }
          this.reached = true;
          this.#replace({ ...entry, refused: error.message });
          continue;
        }
        this.reached = true;
        this.#tries = 0;
        this.drop(entry);
      }
    } finally {
      this.#busy = false;
    }
  }

  #next(): Entry | undefined {
    return this.entries.find((entry) => entry.refused === undefined && entry.teacher === this.teacher);
  }

  #replace(entry: Entry): void {
    this.entries = this.entries.map((other) => (other.key === entry.key ? entry : other));
    this.#store.put(entry).catch(() => undefined);
  }
}
