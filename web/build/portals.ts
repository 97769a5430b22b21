import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Plugin } from "vite";

/**
 * One portal is one folder of src with an index.html, and one Vite entry.
 * In development this plugin routes as web.go does: /<portal>/… to that portal, all else to the teacher.
 */
export function portals(source: string): Plugin {
  const names = readdirSync(source).filter((name) => existsSync(join(source, name, "index.html")));
  return {
    name: "portals",
    config(_, { command }) {
      const input = Object.fromEntries(names.map((name) => [name, join(source, name, "index.html")]));
      if (command === "build") sweep(join(source, "../dist"));
      return { appType: "mpa", build: { rollupOptions: { input } } };
    },
    configureServer(server) {
      server.middlewares.use(async (request, response, next) => {
        const path = (request.url ?? "/").split("?")[0] ?? "/";
        if (request.method !== "GET" || !request.headers.accept?.includes("text/html") || path.startsWith("/api/")) return next();
        const portal = names.find((name) => name === path.split("/")[1]) ?? "teacher";
        const html = readFileSync(join(source, portal, "index.html"), "utf8");
        response.setHeader("Content-Type", "text/html; charset=utf-8");
        response.end(await server.transformIndexHtml(`/${portal}/index.html`, html));
      });
    },
  };
}

/** Empties dist but for the file git keeps it by. */
function sweep(dist: string): void {
  if (!existsSync(dist)) return;
  for (const name of readdirSync(dist)) {
    if (name !== ".gitkeep") rmSync(join(dist, name), { recursive: true });
  }
}
