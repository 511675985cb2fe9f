// npm's opencv.js makes functions of text, for which a server gives this worker leave by its name.

import { openByHand } from "./by_hand.js";
import { serveEngine } from "./engine_service.js";

serveEngine(openByHand);
