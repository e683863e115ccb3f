/** Photos of a record: drawn anew without what the camera wrote into them, and kept sealed. */

import type { Files } from "../field/files";
import { smaller } from "../forms/widgets/picture";
import type { Photos } from "./rooms";

export function photosOn(files: Files): Photos {
  return {
    tidy: (picture) => smaller(new File([picture], "photo.jpg", { type: picture.type }), null),
    add: (entry, name, file) => files.add(entry, name, file),
    get: (entry, name) => files.get(entry, name),
    names: (entry) => files.names(entry),
  };
}
