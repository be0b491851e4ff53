import { cargoTool, haveCargoTool } from "./cargo-tool.mjs";

export const twiggy = cargoTool("twiggy");

/** What `npm run size` names the biggest items with. */
export const twiggyTool = () => haveCargoTool("twiggy", "0.8.0");
