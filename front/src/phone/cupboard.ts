/** IndexedDB: one database for each worker of this phone, and one that says who they are. Rows are sealed before they come here. */

import type { Rows } from "../field/sealed";
import type { Hinge, Lid } from "../field/vault";

const ROWS = "rows";
const LID = "lid";
const WRITES = "writes"; // counts writes of what the server may not hold
const CLEAN = "clean"; // that count, when the server last held everything
const WHO = "doorstep-phone";

/** A worker of this phone, as the lock screen shows them. */
export interface Owner {
  readonly id: number;
  readonly name: string;
  readonly unsent: number;
}

function open(name: string): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const asked = indexedDB.open(name, 1);
    asked.onupgradeneeded = () => {
      asked.result.createObjectStore(ROWS);
      asked.result.createObjectStore(LID);
    };
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error ?? new Error(name));
  });
}

/** One transaction, kept only once it is on the disk. */
function within<T>(database: IDBDatabase, store: string, mode: IDBTransactionMode, work: (store: IDBObjectStore, lid: IDBObjectStore) => IDBRequest<T> | void): Promise<T> {
  return new Promise((resolve, reject) => {
    const all = database.transaction(mode === "readonly" ? store : [ROWS, LID], mode, { durability: "strict" });
    const asked = work(all.objectStore(store), mode === "readonly" ? all.objectStore(store) : all.objectStore(LID));
    all.oncomplete = () => resolve(asked ? asked.result : (undefined as T));
    all.onabort = all.onerror = () => reject(all.error ?? new Error("not kept"));
  });
}

/** A worker's own database. */
export class Cupboard implements Rows, Hinge {
  private constructor(
    private readonly database: IDBDatabase,
    private readonly owner: number,
  ) {}

  static async of(owner: number): Promise<Cupboard> {
    return new Cupboard(await open(`${WHO}-${owner}`), owner);
  }

  read(name: string): Promise<Uint8Array | undefined> {
    return within<Uint8Array | undefined>(this.database, ROWS, "readonly", (rows) => rows.get(name));
  }

  async list(prefix: string): Promise<readonly (readonly [string, Uint8Array])[]> {
    const range = IDBKeyRange.bound(prefix, `${prefix}\uffff`);
    const found: (readonly [string, Uint8Array])[] = [];
    await within(this.database, ROWS, "readonly", (rows) => {
      const names = rows.getAllKeys(range);
      const values = rows.getAll(range) as IDBRequest<Uint8Array[]>;
      values.onsuccess = () => values.result.forEach((bytes, at) => found.push([String(names.result[at]), bytes]));
    });
    return found;
  }

  async write(changes: readonly (readonly [string, Uint8Array | null])[], unsent: boolean): Promise<void> {
    await within(this.database, ROWS, "readwrite", (rows, lid) => {
      if (unsent) {
        const count = lid.get(WRITES) as IDBRequest<number | undefined>;
        count.onsuccess = () => void lid.put((count.result ?? 0) + 1, WRITES);
      }
      for (const [name, bytes] of changes) {
        if (bytes === null) rows.delete(name);
        else rows.put(bytes, name);
      }
    });
  }

  async lid(): Promise<Lid | null> {
    return (await within<Lid | undefined>(this.database, LID, "readonly", (lid) => lid.get("lid"))) ?? null;
  }

  async putLid(lid: Lid): Promise<void> {
    await within(this.database, LID, "readwrite", (store) => store.put(lid, "lid"));
  }

  async device(): Promise<CryptoKey> {
    const had = await within<CryptoKey | undefined>(this.database, LID, "readonly", (lid) => lid.get("device"));
    if (had) return had;
    const made = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
    await within(this.database, LID, "readwrite", (store) => store.put(made, "device"));
    return made;
  }

  async mayHoldUnsent(): Promise<boolean> {
    return (await this.count(WRITES)) !== (await this.count(CLEAN));
  }

  /** How often something was put down that the server may not hold. To be asked before looking whether it holds everything. */
  writes(): Promise<number> {
    return this.count(WRITES);
  }

  /** The server holds everything that was put down up to this count. */
  async cleaned(writes: number): Promise<void> {
    await within(this.database, LID, "readwrite", (lid) => lid.put(writes, CLEAN));
  }

  private async count(name: string): Promise<number> {
    return (await within<number | undefined>(this.database, LID, "readonly", (lid) => lid.get(name))) ?? 0;
  }

  async wipe(): Promise<void> {
    await within(this.database, ROWS, "readwrite", (rows) => rows.clear());
    await within(this.database, LID, "readwrite", (lid) => lid.clear());
    await changeOwners((all) => all.filter(({ id }) => id !== this.owner));
  }

  close(): void {
    this.database.close();
  }
}

export async function owners(): Promise<Owner[]> {
  const database = await open(WHO);
  try {
    return (await within<Owner[] | undefined>(database, LID, "readonly", (store) => store.get("owners"))) ?? [];
  } finally {
    database.close();
  }
}

async function changeOwners(change: (all: Owner[]) => Owner[]): Promise<void> {
  const changed = change(await owners());
  const database = await open(WHO);
  try {
    await within(database, LID, "readwrite", (store) => store.put(changed, "owners"));
  } finally {
    database.close();
  }
}

export async function keepOwner(owner: Owner): Promise<void> {
  await changeOwners((all) => [...all.filter(({ id }) => id !== owner.id), owner]);
}
