/** The server's clock as seen from here. A school computer is often minutes wrong; a class ends by the server's time. */
class Clock {
  /** Milliseconds since 1970, ticking once a second. */
  now = $state(Date.now());
  #ahead = 0;

  constructor() {
    setInterval(() => (this.now = Date.now() + this.#ahead), 1000);
  }

  /** Takes the server's time from an answer that has just arrived. */
  set(server: string): void {
    const time = Date.parse(server);
    if (Number.isNaN(time)) return;
    this.#ahead = time - Date.now();
    this.now = time;
  }

  iso(): string {
    return new Date(Date.now() + this.#ahead).toISOString();
  }
}

export const clock = new Clock();
