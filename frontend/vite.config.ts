import { readdir, readFile, writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { brotliCompress, constants } from "node:zlib";
import tailwindcss from "@tailwindcss/vite";
import { tanstackRouter } from "@tanstack/router-plugin/vite";
import react from "@vitejs/plugin-react";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";

// The API has no prefix, so in development each of its first path segments is proxied; the page owns /app alone.
const api = process.env.JOBYARD_DEV_API ?? "http://127.0.0.1:8000";
const apiPaths =
  "^/(signup|login|logout|token|password|email|me|api-keys|audit|jobs|operations|kinds|queues|workers|stats|notifications|webhook-secrets|schedules|admin|healthz|readyz|docs|openapi)";

/**
 * Left alone, the bundler makes a file of each handful of modules that the same screens share: the first visit of a list
 * asked for eighty. What all screens need is two, of which the libraries change least; then comes what the doors and the
 * settings share, and what the screens behind the doors share. `./just build` tells what each first visit needs.
 */
const CHUNKS = [
  { name: "libraries", tags: ["$initial" as const], test: /node_modules/, priority: 4 },
  { name: "base", tags: ["$initial" as const], priority: 3 },
  {
    name: "door",
    test: /src.(account|settings).|src.ui.(Field|Check|Skeleton)|query-core|react-query/,
    minShareCount: 3,
    entriesAware: true,
    entriesAwareMergeThreshold: 8_000,
    priority: 2,
  },
  {
    name: "yard",
    test: /src.(api|audit|jobs|live|notifications|palette|shell|ui).|lucide/,
    minShareCount: 3,
    priority: 1,
  },
];

/** Has the one font that all text needs fetched beside the stylesheet that names it, so that no text moves when it comes. */
function preloadText(): Plugin {
  return {
    name: "jobyard:preload-text",
    transformIndexHtml: {
      order: "post",
      handler: (_html, { bundle }) => {
        const font = Object.keys(bundle ?? {}).find((file) => /geist-latin-wght-normal.*\.woff2$/.test(file));
        if (!font) return [];
        const attrs = {
          rel: "preload",
          as: "font",
          type: "font/woff2",
          crossorigin: true,
          href: `/app/${font}`,
        };
        return [{ tag: "link", attrs, injectTo: "head" }];
      },
    },
  };
}

/**
 * theme.js under a name of its content, kept for ever like all other scripts: the first paint waits for it, and must not
 * wait for a question to the server whether it has changed.
 */
function hashTheme(): Plugin {
  return {
    name: "jobyard:hash-theme",
    apply: "build",
    async buildStart() {
      const source = await readFile(new URL("public/theme.js", import.meta.url));
      this.emitFile({ type: "asset", name: "theme.js", source });
    },
    transformIndexHtml: {
      order: "post",
      handler: (html, { bundle }) => {
        const file = Object.keys(bundle ?? {}).find((name) => /theme-[^/]+\.js$/.test(name));
        return file ? html.replace("/app/theme.js", `/app/${file}`) : html;
      },
    },
  };
}

/** Below this a packed file saves less than its own headers. */
const LEAST_BYTES = 1_024;

/** Packs scripts and styles as small as they get, once: Caddy serves the file beside the file to whoever takes brotli. */
function pack(): Plugin {
  let assets = "";
  return {
    name: "jobyard:pack",
    apply: "build",
    configResolved: ({ root, build }) => {
      assets = resolve(root, build.outDir, build.assetsDir);
    },
    closeBundle: async () => {
      const files = (await readdir(assets)).filter((file) => /\.(js|css)$/.test(file));
      await Promise.all(files.map((file) => packFile(`${assets}/${file}`)));
    },
  };
}

async function packFile(path: string): Promise<void> {
  const plain = await readFile(path);
  if (plain.length < LEAST_BYTES) return;
  const params = { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY };
  await writeFile(`${path}.br`, await promisify(brotliCompress)(plain, { params }));
}

export default defineConfig({
  base: "/app/",
  plugins: [
    tanstackRouter({ target: "react", autoCodeSplitting: true, quoteStyle: "double", semicolons: true }),
    react(),
    tailwindcss(),
    preloadText(),
    hashTheme(),
    pack(),
  ],
  resolve: { alias: { "@": fileURLToPath(new URL("./src", import.meta.url)) } },
  build: {
    target: "es2023",
    // The content security policy has no data: for scripts, and an inlined font would be downloaded twice.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    manifest: true,
    rolldownOptions: { output: { codeSplitting: { groups: CHUNKS } } },
  },
  server: {
    proxy: {
      [apiPaths]: { target: api, changeOrigin: false },
      "/ws": { target: api, ws: true, changeOrigin: false },
    },
  },
  test: {
    environment: "happy-dom",
    environmentOptions: { happyDOM: { url: "http://localhost/app/" } },
    setupFiles: ["src/testSetup.ts"],
    include: ["src/**/*.test.{ts,tsx}"],
    testTimeout: 60_000,
    expect: { poll: { timeout: 30_000 } },
    restoreMocks: true,
    unstubGlobals: true,
    sequence: { shuffle: true },
  },
});
