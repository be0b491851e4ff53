import { init } from "entra-flow/slim";
import address from "entra-flow/wasm"; // with the loader "file"

init(address);

import "./main.js";
