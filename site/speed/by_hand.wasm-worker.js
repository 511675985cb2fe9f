// Our own opencv.js makes no functions of text, and a server gives this worker no leave to.

import { openByHand } from "./by_hand.js";
import { serveEngine } from "./engine_service.js";

serveEngine(openByHand);
