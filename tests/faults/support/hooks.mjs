/** What most fault tests share: one stage a file, made ready before each test, and no secret said by any. */
import { after, afterEach, before, beforeEach } from "node:test";
import { openStage, patient } from "./stage.mjs";

export let stage;
export let sandbox;

/** @param {{ forgetsTokens?: boolean }} [options] whether MSAL has to ask Entra in each test */
export function shareStage({ forgetsTokens = true } = {}) {
  before(async () => {
    stage = await openStage();
    ({ sandbox } = stage);
  }, patient);
  beforeEach(async () => {
    await stage.ready();
    if (forgetsTokens) await stage.forgetTokens();
    stage.freshConnections();
  }, patient);
  afterEach(() => stage.assertTrust());
  after(() => stage?.close());
}
