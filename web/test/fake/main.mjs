// Serves web/dist and the teacher's half of the contract from memory: `npm run fake`, then http://127.0.0.1:4173.
// Development only. The PIN is 123456. POST /fake/scan {roll, session?}, /fake/sync {state, waiting, unplaced}.
import { createReadStream, existsSync, statSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import * as school from "./school.mjs";

const dist = resolve(fileURLToPath(import.meta.url), "../../../dist");
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; font-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";
const kinds = { ".html": "text/html; charset=utf-8", ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml" };

/** Starts the fake on a port (0: any) and gives its address and a way to stop it. */
export async function serve(port = 0) {
  const server = createServer((request, response) => void answer(request, response));
  await new Promise((done) => server.listen(port, "127.0.0.1", done));
  return { url: `http://127.0.0.1:${server.address().port}`, close: () => { server.closeAllConnections(); server.close(); } };
}

async function answer(request, response) {
  const { pathname } = new URL(request.url, "http://fake");
  if (!pathname.startsWith("/api/") && !pathname.startsWith("/fake/")) return page(pathname, response);
  try {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = chunks.length ? JSON.parse(Buffer.concat(chunks)) : {};
    const [, , ...path] = pathname.split("/");
    if (pathname.startsWith("/fake/")) return json(response, 200, trick(path[0], body));
    api(request, response, path.slice(1), body);
  } catch (error) {
    if (!error.body) console.error(error);
    json(response, error.status ?? 500, error.body ?? { title: "broken", status: 500 }, "application/problem+json");
  }
}

function trick(what, body) {
  const id = body.session ?? school.courses.find((course) => course.active_session)?.active_session.session_id;
  if (what === "sync") Object.assign(school.sync, body);
  const session = school.find(id);
  if (what === "scan") school.mark(session, crypto.randomUUID(), { student_ids: [school.students[body.roll - 1].id], status: body.status ?? "present", reason: body.reason }, body.source ?? "scanner");
  else school.tell(session);
  return {};
}

function api(request, response, path, body) {
  const route = `${request.method} ${path[0]}`;
  if (route === "GET course-codes") return json(response, 200, school.courses.map(({ code, name }) => ({ code, name })).sort((a, b) => (a.code < b.code ? -1 : 1)));
  if (route === "POST login") {
    const course = school.courses.find((course) => course.code === body.course_code);
    if (!course || body.pin !== "123456") throw new school.Problem(401, "wrong-credentials", "Wrong course code or PIN.");
    response.setHeader("Set-Cookie", "fake=1; HttpOnly; SameSite=Lax; Path=/");
    return json(response, 200, { status: "success", course_id: course.id, course_name: course.name, default_duration: course.default_duration, token: "t", expires_at: new Date(Date.now() + 8.64e7).toISOString(), teacher: school.teacher });
  }
  if (!request.headers.cookie?.includes("fake=1")) throw new school.Problem(401, "signed-out", "Sign in first.");
  if (route === "POST logout") {
    response.setHeader("Set-Cookie", "fake=; Max-Age=0; Path=/");
    return response.writeHead(204).end();
  }
  if (route === "GET me") return json(response, 200, { teacher: school.teacher, server: { kind: "edge", name: "MCA block", time: new Date().toISOString() }, courses: school.courses, sync: school.sync });
  if (route === "GET device-status") return json(response, 200, { status: "online", battery: 82, queue_count: 0, sync_count: 0, wifi_strength: -58, mac_address: null, devices: school.devices() });
  if (route === "POST start-session") return json(response, 200, school.start(body));
  if (route === "GET report" && path[1] === "export") {
    school.find(path[2]);
    return response.writeHead(200, { "Content-Type": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "Content-Disposition": 'attachment; filename="report.xlsx"' }).end("PK");
  }
  if (route === "GET report") return json(response, 200, school.report(school.find(path[1])));
  if (path[0] !== "session") throw new school.Problem(404, "not-found", "No such operation.");
  one(request, response, school.find(path[1]), path.slice(2), body);
}

function one(request, response, session, [what, mark], body) {
  const route = `${request.method} ${what ?? ""}`.trim();
  if (route === "GET") return json(response, 200, school.live(session));
  if (route === "GET live") return watch(request, response, session);
  if (route === "PUT marks") return json(response, 200, { ...school.mark(session, mark, body), session: school.live(session) });
  if (route === "DELETE marks") return json(response, 200, { ...school.undo(session, mark), session: school.live(session) });
  if (route === "POST extend") {
    school.extend(session);
    return json(response, 200, { status: "success", message: "Extended", new_end_time: session.end_time, seconds_remaining: school.live(session).session.seconds_remaining });
  }
  if (route === "POST end") {
    school.end(session);
    return json(response, 200, { status: "success", message: "Ended" });
  }
  throw new school.Problem(404, "not-found", "No such operation.");
}

function watch(request, response, session) {
  response.writeHead(200, { "Content-Type": "text/event-stream", "Cache-Control": "no-store" });
  const send = () => response.write(`event: snapshot\ndata: ${JSON.stringify(school.live(session))}\n\n`);
  session.watchers.add(send);
  request.on("close", () => session.watchers.delete(send));
  send();
}

function page(pathname, response) {
  const file = join(dist, pathname);
  const found = file.startsWith(dist) && existsSync(file) && statSync(file).isFile() ? file : extname(pathname) ? "" : join(dist, "teacher/index.html");
  if (!found || !existsSync(found)) return response.writeHead(404).end();
  response.writeHead(200, { "Content-Type": kinds[extname(found)] ?? "application/octet-stream", "Content-Security-Policy": policy });
  createReadStream(found).pipe(response);
}

function json(response, status, body, kind = "application/json") {
  response.writeHead(status, { "Content-Type": kind }).end(JSON.stringify(body));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) console.log((await serve(Number(process.env.PORT ?? 4173))).url);
