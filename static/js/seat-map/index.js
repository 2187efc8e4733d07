// The scripts of a seat map. Every page with one loads this file; each feature starts where its part is on the page.

import { startChoice } from "./choice.js";
import { startHold } from "./hold.js";
import { startKeys } from "./keys.js";
import { isLive, startLive } from "./live.js";
import { form, part } from "./page.js";
import { startParty } from "./party.js";
import { startView } from "./view.js";

startChoice();
if (part("views")) startView();
if (part("party")) startParty();
if (isLive()) startLive();
if (part("keys")) startKeys();
if (form.matches("[data-hold]")) startHold();
