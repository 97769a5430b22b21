let last = 0;
let count = 0;

/**
 * A UUIDv7 (RFC 9562): 48 bits of milliseconds, a counter of 12 bits, 62 bits of chance.
 * Ids made here sort in the order they were made, even within one millisecond and when the clock steps back.
 * Not crypto.randomUUID: that is v4, and a pendrive's plain-HTTP page does not have it.
 */
export function uuidv7(now: number = Date.now(), chance: Uint8Array = random()): string {
  if (now > last) {
    last = now;
    count = ((chance[6]! << 8) | chance[7]!) & 0x3ff; // the top quarter stays free to count in
  } else if (++count > 0xfff) {
    last++;
    count = 0;
  }
  const bytes = Uint8Array.from(chance);
  let time = last;
  for (let i = 5; i >= 0; i--) {
    bytes[i] = time % 256;
    time = Math.floor(time / 256);
  }
  bytes[6] = 0x70 | (count >> 8);
  bytes[7] = count & 0xff;
  bytes[8] = 0x80 | (bytes[8]! & 0x3f);
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

function random(): Uint8Array {
  return crypto.getRandomValues(new Uint8Array(16));
}
