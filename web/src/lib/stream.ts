import { Refused } from "./api";
import { backoff } from "./backoff";

interface Watch<T> {
  /** Where the snapshots come from (server-sent events named `snapshot`). */
  url: string;
  /** Asks once, without a stream: tells a server that is away from one that says no, which EventSource cannot. */
  poll: () => Promise<T>;
  snapshot: (state: T) => void;
  /** Called when the server comes or goes. */
  up: (up: boolean) => void;
  refused: (why: Refused) => void;
}

const silence = 20_000;

/** Follows a stream of snapshots for as long as it is wanted, over any number of broken connections. */
export class Stream<T> {
  #watch: Watch<T>;
  #source: EventSource | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #tries = 0;
  #closed = false;

  constructor(watch: Watch<T>) {
    this.#watch = watch;
    this.#open();
  }

  /** Try now: the person came back to the tab, or the network did. */
  kick(): void {
    if (this.#closed) return;
    if (this.#source?.readyState === EventSource.OPEN) void this.#check();
    else this.#open();
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#source?.close();
  }

  #open(): void {
    this.#source?.close();
    const source = new EventSource(this.#watch.url);
    this.#source = source;
    source.addEventListener("snapshot", (event: MessageEvent<string>) => {
      this.#tries = 0;
      this.#watch.up(true);
      this.#watch.snapshot(JSON.parse(event.data) as T);
      this.#after(silence, () => void this.#check());
    });
    source.onerror = () => {
      // The browser's own retry knows no back-off and gives up on an HTTP error: ours replaces it.
      source.close();
      void this.#lost();
    };
    this.#after(silence, () => void this.#check());
  }

  /** A cable pulled out makes no noise. Ask whether anyone is still there. */
  async #check(): Promise<void> {
    if (await this.#poll()) this.#after(silence, () => void this.#check());
    else await this.#lost();
  }

  async #lost(): Promise<void> {
    const reached = await this.#poll();
    if (this.#closed) return;
    if (!reached) this.#watch.up(false);
    this.#after(backoff(this.#tries++), () => this.#open());
  }

  async #poll(): Promise<boolean> {
    try {
      const state = await this.#watch.poll();
      if (this.#closed) return true;
      this.#watch.up(true);
      this.#watch.snapshot(state);
      return true;
    } catch (error) {
      if (error instanceof Refused && !this.#closed) {
        this.close();
        this.#watch.refused(error);
        return true;
      }
      return false;
    }
  }

  #after(delay: number, then: () => void): void {
    clearTimeout(this.#timer);
    if (!this.#closed) this.#timer = setTimeout(then, delay);
  }
}
