import { init } from "entra-flow/slim";
import address from "entra-flow/wasm?url";

init(address);

import "./main.js";
