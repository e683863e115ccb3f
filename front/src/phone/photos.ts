/** Photos of a record: drawn anew without what the camera wrote into them, and kept sealed. */

import type { Disk } from "../field/kit";
import { smaller } from "../forms/widgets/picture";
import type { Photos } from "./rooms";

const FILES = "files/";

export function photosOn(disk: Disk): Photos {
  const key = (entry: string, name: string) => `${FILES}${entry}|${name}`;
  return {
    tidy: (picture) => smaller(new File([picture], "photo.jpg", { type: picture.type }), null),
    add: async (entry, name, file) => disk.write([[key(entry, name), await addressOf(file)]]),
    get: async (entry, name) => {
      const kept = await disk.read(key(entry, name));
      const [head = "", body = ""] = (kept ?? "").split(",");
      return kept === undefined ? null : new Blob([Uint8Array.from(atob(body), (sign) => sign.charCodeAt(0))], { type: /:(.*?);/.exec(head)?.[1] ?? "" });
    },
    names: async (entry) => (await disk.list(`${FILES}${entry}|`)).map(([name]) => name.slice(`${FILES}${entry}|`.length)),
  };
}

function addressOf(file: Blob): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result));
    reader.onerror = () => reject(reader.error ?? new Error("not read"));
    reader.readAsDataURL(file);
  });
}
