export interface Toast {
  text: string;
  /** A name in the text, isolated from the direction of the words around it. */
  name?: string;
  undo?: () => void;
  more?: { label: string; act: () => void };
}

const stay = 8000;

/** One toast at a time: the last thing done, for as long as it can lightly be undone. */
class Toaster {
  now = $state.raw<Toast | null>(null);
  #timer: ReturnType<typeof setTimeout> | undefined;

  show(toast: Toast): void {
    this.now = toast;
    this.resume();
  }

  clear(): void {
    this.now = null;
    clearTimeout(this.#timer);
  }

  /** Whoever is reading or reaching for Undo gets the time to. */
  pause(): void {
    clearTimeout(this.#timer);
  }

  resume(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.clear(), stay);
  }
}

export const toaster = new Toaster();
