import { api, ask, Away, guard, Refused, type Device, type Live, type Me } from "$lib/api";
import { clock } from "$lib/clock.svelte";
import { Outbox, type Entry } from "$lib/outbox.svelte";
import type { MarkOrder } from "$lib/overlay";
import { recall, remember } from "$lib/remember";
import { openStore } from "$lib/store";

/** Who sits at this computer, what they teach, and what waits here to be sent. Lives as long as the page. */
class Desk {
  me = $state.raw<Me | null>(null);
  scanners = $state.raw<Device[]>([]);
  state = $state<"opening" | "out" | "in" | "away">("opening");
  outbox = $state.raw<Outbox | null>(null);
  /** Whether the last question about My day went unanswered. */
  away = $state(false);
  /** The roll-call on screen takes the state each answer brings, without waiting for the stream. */
  onLive: ((live: Live) => void) | undefined;

  constructor() {
    guard.signedOut = () => this.signedOut();
  }

  async open(): Promise<void> {
    this.outbox ??= new Outbox(await openStore<Entry>("arise-outbox"), (entry) => this.#send(entry));
    await this.load();
  }

  async load(): Promise<void> {
    try {
      this.me = await ask(api.GET("/api/teacher/me"));
    } catch (error) {
      this.away = error instanceof Away;
      if (!this.me && this.state !== "out") this.state = "away";
      return;
    }
    this.away = false;
    clock.set(this.me.server.time);
    this.state = "in";
    if (this.outbox) {
      this.outbox.teacher = this.me.teacher.id;
      await this.outbox.load();
    }
    // A class can start without knowing the scanners.
    this.scanners = (await ask(api.GET("/api/teacher/device-status")).catch(() => null))?.devices ?? this.scanners;
  }

  async signIn(course_code: string, pin: string): Promise<void> {
    await ask(api.POST("/api/teacher/login", { body: { course_code, pin } }));
    remember("course", course_code);
    await this.load();
  }

  async signOut(): Promise<void> {
    try {
      await ask(api.POST("/api/teacher/logout"));
    } catch (error) {
      if (error instanceof Away) throw error;
    }
    this.signedOut();
  }

  /** Marks that still wait stay in the box, under their teacher's name. */
  signedOut(): void {
    this.me = null;
    this.state = "out";
    if (this.outbox) this.outbox.teacher = "";
  }

  /** The course signed in with last: most likely the one to be held now. */
  get lastCourse(): string | null {
    return recall("course");
  }

  async #send(entry: Entry): Promise<void> {
    if (entry.kind === "end") return end(entry.session);
    const params = { path: { id: entry.session, mark_id: entry.mark } };
    const url = "/api/teacher/session/{id}/marks/{mark_id}" as const;
    const answer = await (entry.kind === "undo" ? ask(api.DELETE(url, { params })) : ask(api.PUT(url, { params, body: bodyOf(entry) })));
    this.onLive?.(answer.session);
  }
}

function bodyOf({ students: student_ids, status, reason, bulk }: MarkOrder) {
  return { student_ids, status, ...(reason ? { reason } : {}), ...(bulk ? { bulk } : {}) };
}

/** A class that has ended already, by the clock or by another hand, has ended. */
async function end(id: string): Promise<void> {
  try {
    await ask(api.POST("/api/teacher/session/{id}/end", { params: { path: { id } } }));
  } catch (error) {
    if (!(error instanceof Refused) || error.status !== 409) throw error;
  }
}

export const desk = new Desk();
