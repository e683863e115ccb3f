/** Makes `<doorstep-form>` known to the page. */

import { DoorstepForm } from "./forms/component";

customElements.define("doorstep-form", DoorstepForm);
