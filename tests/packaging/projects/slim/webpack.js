/** webpack, vite and esbuild have a way each to the address of a file of a package. */
import { init } from "entra-flow/slim";

init(new URL("entra-flow/wasm", import.meta.url));

import "./main.js";
