import { promisify } from "node:util";
import crc32 from "buffer-crc32";
import { zipSync } from "fflate";
import yauzl from "yauzl";

/** The date that a zip tells for every file: the first it can, in any time zone, since zips write local time. */
const written = () => new Date(1980, 0, 1);

/** No solution is bigger; a zip that says so is a mistake or a trick. */
const mostBytes = 512 * 1024 * 1024;

/**
 * Files, as `[name, bytes]` in their order, to a zip: the same bytes on every machine. fflate deflates in JavaScript;
 * Node's own zlib differs between processors and versions. Its headers are like an export's: no folders, system 0.
 */
export function writeZip(files) {
  const options = { level: 9, mtime: written(), os: 0 };
  return Buffer.from(
    zipSync(Object.fromEntries(files.map(([name, bytes]) => [name, [bytes, options]]))),
  );
}

/** The entries of a zip just as they are named in it: `{ entries }`, or `{ problem }`. */
export async function readZip(bytes) {
  try {
    // Names are not decoded by yauzl: it would refuse the bad ones, and the checker wants to name them all.
    const zip = await promisify(yauzl.fromBuffer)(bytes, {
      lazyEntries: true,
      decodeStrings: false,
    });
    const headers = await listHeaders(zip);
    const total = headers.reduce((sum, { uncompressedSize }) => sum + uncompressedSize, 0);
    if (total > mostBytes) return { problem: `unpacks to ${total} bytes` };
    const entries = [];
    for (const header of headers) entries.push(await readEntry(zip, header));
    return { entries };
  } catch (error) {
    return { problem: error.message };
  }
}

function listHeaders(zip) {
  return new Promise((resolve, reject) => {
    const headers = [];
    zip.on("error", reject);
    zip.on("end", () => resolve(headers));
    zip.on("entry", (entry) => {
      headers.push(entry);
      zip.readEntry();
    });
    zip.readEntry();
  });
}

async function readEntry(zip, header) {
  const entry = {
    name: header.fileName.toString("utf8"),
    method: header.compressionMethod,
    encrypted: header.isEncrypted(),
  };
  entry.folder = entry.name.endsWith("/");
  if (entry.encrypted || ![0, 8].includes(entry.method) || entry.folder) {
    return { ...entry, bytes: Buffer.alloc(0) };
  }
  const chunks = [];
  for await (const chunk of await promisify(zip.openReadStream).call(zip, header))
    chunks.push(chunk);
  const bytes = Buffer.concat(chunks);
  if (crc32.unsigned(bytes) !== header.crc32 >>> 0) {
    throw new Error(`${entry.name} is damaged: its checksum does not fit`);
  }
  return { ...entry, bytes };
}
