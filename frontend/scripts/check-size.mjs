// Fails when a first visit to any screen needs more script than promised: the entry, the screen and its
// parents, each with everything that it imports statically.
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const LIMIT_BYTES = 200_000;
const dist = new URL("../dist/", import.meta.url);
const manifest = JSON.parse(readFileSync(new URL(".vite/manifest.json", dist), "utf8"));

const closure = (key, seen = new Set()) => {
  if (seen.has(key)) return seen;
  seen.add(key);
  for (const next of manifest[key].imports ?? []) closure(next, seen);
  return seen;
};
const gzipped = (keys) =>
  [...keys].reduce((sum, key) => {
    const { file } = manifest[key];
    return file.endsWith(".js") ? sum + gzipSync(readFileSync(new URL(file, dist))).length : sum;
  }, 0);

const entry = Object.keys(manifest).find((key) => manifest[key].isEntry);
// A route's screen is a chunk of its own, named "src/routes/_yard/jobs/index.tsx?tsr-split=component", and it stands in
// the screens of its parents ("_yard").
const SCREEN = /^src\/routes\/(.+)\.tsx\?tsr-split=component$/;
const screens = Object.keys(manifest).filter((key) => SCREEN.test(key));
const sizes = screens.map((key) => {
  const path = SCREEN.exec(key)[1];
  const needed = screens.filter((other) => `${path}/`.startsWith(`${SCREEN.exec(other)[1]}/`));
  const chunks = closure(entry);
  for (const each of needed) closure(each, chunks);
  return [path, gzipped(chunks)];
});
if (sizes.length === 0)
  throw new Error("No screen found in the build: has the router plugin changed its names?");
sizes.sort((a, b) => b[1] - a[1]);
for (const [key, bytes] of sizes) console.log(`${(bytes / 1000).toFixed(1).padStart(7)} kB gzipped  ${key}`);

const [worst, bytes] = sizes[0];
if (bytes > LIMIT_BYTES) {
  console.error(
    `The first load of ${worst} needs ${bytes} bytes of gzipped script; the limit is ${LIMIT_BYTES}.`,
  );
  process.exit(1);
}
