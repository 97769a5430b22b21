/**
 * What a screen reader hears. Sixty scans in a minute must not become sixty sentences: at most one every
 * `pause`, and always the newest.
 */
class Voice {
  text = $state("");
  #next = "";
  #timer: ReturnType<typeof setTimeout> | undefined;

  say(text: string, pause = 1000): void {
    this.#next = text;
    this.#timer ??= setTimeout(() => {
      this.text = this.#next;
      this.#timer = undefined;
    }, pause);
  }
}

/** Answers to the person's own keys. */
export const voice = new Voice();
/** News from elsewhere: scans, other people. */
export const news = new Voice();
