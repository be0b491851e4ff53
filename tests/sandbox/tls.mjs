/** The certificate of the one TLS server: self-signed, made at start, kept in memory only. */
import { generate } from "selfsigned";

/** @returns {Promise<{key: string, cert: string}>} */
export async function selfSignedCertificate() {
  const subject = [{ name: "commonName", value: "entra-flow sandbox" }];
  const { private: key, cert } = await generate(subject, { keyType: "ec", algorithm: "sha256" });
  return { key, cert };
}
