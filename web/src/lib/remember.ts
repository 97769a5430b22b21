/** Small choices a browser remembers for a person. Where storage is closed they last as long as the page. */
export function recall(name: string): string | null {
  try {
    return localStorage.getItem(`arise.${name}`);
  } catch {
    return null;
  }
}

export function remember(name: string, value: string): void {
  try {
    localStorage.setItem(`arise.${name}`, value);
  } catch {
    // Nothing to do: the choice still holds on this page.
  }
}
