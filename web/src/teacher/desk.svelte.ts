import { api, ask, Away, Refused, type Live, type Me } from "$lib/api";
import { clock } from "$lib/clock.svelte";
import { Outbox, type Entry } from "$lib/outbox.svelte";
import { recall, remember } from "$lib/remember";
import { openStore } from "$lib/store";

/** Who sits at this computer, what they teach, and what waits here to be sent. Lives as long as the page. */
class Desk {
  me = $state.raw<Me | null>(null);
  state = $state<"opening" | "out" | "in" | "away">("opening");
  outbox = $state.raw<Outbox | null>(null);
  /** The roll-call on screen takes the state each answer brings, without waiting for the stream. */
  onLive: ((live: Live) => void) | undefined;

  async open(): Promise<void> {
    this.outbox ??= new Outbox(await openStore<Entry>("arise-outbox"), (entry) => this.#send(entry));
    await this.load();
  }

  async load(): Promise<void> {
    try {
      this.me = await ask(api.GET("/api/teacher/me"));
    } catch (error) {
      if (error instanceof Refused) this.signedOut();
      else if (!this.me) this.state = "away";
      return;
    }
    clock.set(this.me.server.time);
    this.state = "in";
    if (this.outbox) {
      this.outbox.teacher = this.me.teacher.id;
      await this.outbox.load();
    }
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
    const path = { id: entry.session };
    try {
      if (entry.kind === "end") {
        await ask(api.POST("/api/teacher/session/{id}/end", { params: { path } }));
        return;
      }
      const params = { path: { ...path, mark_id: entry.mark } };
      const url = "/api/teacher/session/{id}/marks/{mark_id}" as const;
      if (entry.kind === "undo") {
        this.onLive?.((await ask(api.DELETE(url, { params }))).session);
        return;
      }
      const { students: student_ids, status, reason, bulk } = entry;
      const body = { student_ids, status, ...(reason ? { reason } : {}), ...(bulk ? { bulk } : {}) };
      this.onLive?.((await ask(api.PUT(url, { params, body }))).session);
    } catch (error) {
      if (error instanceof Refused && error.status === 401) this.signedOut();
      throw error;
    }
  }
}

export const desk = new Desk();
