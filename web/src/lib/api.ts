import createClient from "openapi-fetch";
import type { paths } from "$schema";

/** The typed client. Same origin, and the cookie the server set at sign-in speaks for the person. */
export const api = createClient<paths>({ fetch: (request) => fetch(request, { signal: AbortSignal.timeout(patience) }) });

/** A pendrive on a busy school network answers in milliseconds or not at all. */
const patience = 8000;

// Types are read off the operations and not off the schema's names, so that renaming a Go struct breaks nothing here.
type Answer<P extends keyof paths, M extends "get" | "put" | "post" | "delete"> =
  paths[P][M] extends { responses: { 200: { content: { "application/json": infer T } } } } ? T : never;

export type CourseCode = Answer<"/api/teacher/course-codes", "get">[number];
export type Me = Answer<"/api/teacher/me", "get">;
export type Course = Me["courses"][number];
export type Sync = Me["sync"];
export type Live = Answer<"/api/teacher/session/{id}", "get">;
export type Student = Live["students"][number];
export type Device = Live["devices"][number];
export type Unplaced = Live["unplaced"][number];
export type Report = Answer<"/api/teacher/report/{session_id}", "get">;

/** Nobody answered, or a machine on the way answered instead. Nothing is known to have happened: ask again later. */
export class Away extends Error {
  override name = "Away";
  /** 429: somebody is there, and asks for patience. */
  constructor(
    readonly status: number,
    options?: ErrorOptions,
  ) {
    super(status ? `HTTP ${status}` : "no answer", options);
  }
}

/** The server understood and said no. Asking again the same way will not help. */
export class Refused extends Error {
  override name = "Refused";
  constructor(
    readonly status: number,
    readonly problem: { type?: string; title?: string; detail?: string; [extension: string]: unknown },
  ) {
    super(problem.detail ?? problem.title ?? `HTTP ${status}`);
  }

  /** Whether the problem's type ends in this word; types are absolute addresses that may move. */
  is(kind: string): boolean {
    return this.problem.type?.endsWith(kind) ?? false;
  }
}

/** Told when the server no longer knows who we are. */
export const guard = { signedOut: (): void => undefined };

/** Waits for an answer of the client and gives its data, or throws Away or Refused. */
export async function ask<T>(request: Promise<{ data?: T; error?: unknown; response: Response }>): Promise<T> {
  let answer: Awaited<typeof request>;
  try {
    answer = await request;
  } catch (error) {
    throw new Away(0, { cause: error });
  }
  const { response, error } = answer;
  if (response.ok) return answer.data as T;
  if (response.status >= 500 || response.status === 408 || response.status === 429) throw new Away(response.status);
  if (response.status === 401) guard.signedOut();
  throw new Refused(response.status, { ...(error as object | undefined) });
}
