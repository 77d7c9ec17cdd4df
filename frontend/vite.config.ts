import { fileURLToPath } from "node:url";
import tailwindcss from "@tailwindcss/vite";
import { tanstackRouter } from "@tanstack/router-plugin/vite";
import react from "@vitejs/plugin-react";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";

// The API has no prefix, so in development each of its first path segments is proxied; the page owns /app alone.
const api = process.env.JOBYARD_DEV_API ?? "http://127.0.0.1:8000";
const apiPaths =
  "^/(signup|login|logout|token|password|email|me|api-keys|audit|jobs|operations|kinds|queues|workers|stats|notifications|webhook-secrets|schedules|admin|healthz|readyz|docs|openapi)";

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

export default defineConfig({
  base: "/app/",
  plugins: [
    tanstackRouter({ target: "react", autoCodeSplitting: true, quoteStyle: "double", semicolons: true }),
    react(),
    tailwindcss(),
    preloadText(),
  ],
  resolve: { alias: { "@": fileURLToPath(new URL("./src", import.meta.url)) } },
  build: {
    target: "es2023",
    // The content security policy has no data: for scripts, and an inlined font would be downloaded twice.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    manifest: true,
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
