/** Where orders wait until the server has them. Keys sort in the order the orders were given. */
export interface Store<T extends { key: string }> {
  all(): Promise<T[]>;
  put(row: T): Promise<void>;
  remove(key: string): Promise<void>;
}

/** A store that lasts as long as the page: for tests, and for a browser that forbids IndexedDB. */
export function memoryStore<T extends { key: string }>(rows: T[] = []): Store<T> {
  const map = new Map(rows.map((row) => [row.key, row]));
  return {
    all: async () => [...map.values()].sort((a, b) => (a.key < b.key ? -1 : 1)),
    put: async (row) => void map.set(row.key, row),
    remove: async (key) => void map.delete(key),
  };
}

/** A store that outlives the page, the browser and the battery. Falls back to memory where storage is closed to us. */
export async function openStore<T extends { key: string }>(name: string): Promise<Store<T>> {
  try {
    const opening = indexedDB.open(name, 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore("row", { keyPath: "key" });
    const db = await done(opening);
    const rows = (mode: IDBTransactionMode) => db.transaction("row", mode, { durability: "strict" }).objectStore("row");
    return {
      all: () => done<T[]>(rows("readonly").getAll()),
      put: async (row) => void (await done(rows("readwrite").put(row))),
      remove: async (key) => void (await done(rows("readwrite").delete(key))),
    };
  } catch {
    return memoryStore<T>();
  }
}

function done<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
