/** A program that looks at errors and makes no client. */
import { isFlowError } from "entra-flow";

console.log(isFlowError(new Error("not one")));
