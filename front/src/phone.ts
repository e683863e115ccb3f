/** The app for the phone, without a network: `/phone/`. */

import { boot } from "./phone/boot";

void boot();
