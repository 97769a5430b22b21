import { resolve } from "node:path";
import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vitest/config";
import { portals } from "./build/portals.ts";
import { precompress } from "./build/precompress.ts";

// The oldest browsers a school PC or phone still brings: Chrome 109 is the last for Windows 7.
const oldest = ["chrome109", "firefox115", "safari15.6"];

const web = import.meta.dirname;
const source = resolve(web, "src");

export default defineConfig({
  root: source,
  publicDir: resolve(web, "public"),
  cacheDir: resolve(web, "node_modules/.vite"),
  resolve: { alias: { $lib: resolve(source, "lib") } },
  plugins: [svelte({ configFile: false }), portals(source), precompress()],
  build: {
    outDir: resolve(web, "dist"),
    // dist/.gitkeep must survive a build: Go embeds the folder even when nothing was built.
    emptyOutDir: false,
    target: oldest,
    cssTarget: oldest,
    // A data: URL in a style sheet would need a wider Content-Security-Policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  server: { proxy: { "/api": process.env["API_URL"] ?? "http://127.0.0.1:8080" } },
  test: { root: web, include: ["src/**/*.test.ts"], environment: "node" },
});
