import { api, ask, type Live, type Refused } from "$lib/api";
import { clock } from "$lib/clock.svelte";
import type { Outbox } from "$lib/outbox.svelte";
import { overlay, share, type Before } from "$lib/overlay";
import type { Status } from "$lib/status";
import { Stream } from "$lib/stream";
import { uuidv7 } from "$lib/uuid";

interface Gesture {
  mark: string;
  before: Before[];
}

const flashFor = 1000;

/** One class being held: the server's last snapshot with our own unconfirmed marks drawn over it. */
export class Lesson {
  readonly id: string;
  /** Null until the first snapshot. */
  live = $derived.by(() => (this.#snapshot ? overlay(this.#snapshot, this.#waiting) : null));
  up = $state(true);
  refused = $state.raw<Refused | null>(null);
  /** Students whose mark came from elsewhere within the last second. */
  fresh = $state.raw<ReadonlySet<string>>(new Set());

  #snapshot = $state.raw<Live | null>(null);
  #box: Outbox;
  #waiting = $derived.by(() => this.#box.entries.filter((entry) => entry.session === this.id && entry.refused === undefined));
  #done: Gesture[] = [];
  #stream: Stream<Live>;

  constructor(id: string, box: Outbox) {
    this.id = id;
    this.#box = box;
    this.#stream = new Stream<Live>({
      url: `/api/teacher/session/${id}/live`,
      poll: () => ask(api.GET("/api/teacher/session/{id}", { params: { path: { id } } })),
      snapshot: (live) => this.take(live),
      up: (up) => {
        if (up && !this.up) void this.#box.drain();
        this.up = up;
      },
      refused: (why) => (this.refused = why),
    });
  }

  /** Takes a snapshot, unless it was made before the one held: an answer and the stream may overtake each other. */
  take(live: Live): void {
    if (live.session.id !== this.id) return;
    const old = this.#snapshot;
    if (old) {
      const age = Date.parse(old.session.server_time) - Date.parse(live.session.server_time);
      if (age > 0 && age < 5000) return; // further back is a clock put right, and must be believed
    }
    const shown = new Map(this.live?.students.map((student) => [student.id, student.status]));
    clock.set(live.session.server_time);
    this.#snapshot = share(old, live);
    this.#flash((this.live?.students ?? []).filter((now) => shown.has(now.id) && shown.get(now.id) !== now.status).map((now) => now.id));
  }

  mark(students: readonly string[], status: Status, more: { reason?: string; bulk?: boolean } = {}): void {
    if (!this.live || students.length === 0) return;
    const wanted = new Set(students);
    const before = this.live.students
      .filter((student) => wanted.has(student.id))
      .map(({ id, status, source, reason, marked_at, conflict }) => ({ id, status, source, reason, marked_at, conflict }));
    const mark = uuidv7();
    this.#done.push({ mark, before });
    this.#box.add({ kind: "mark", session: this.id, mark, students: [...students], status, at: clock.iso(), ...more });
  }

  /** Takes the last gesture back. Returns whose marks changed, or null when there is nothing left to undo. */
  undo(): string[] | null {
    const gesture = this.#done.pop();
    if (!gesture) return null;
    if (!this.#box.cancel(gesture.mark)) this.#box.add({ kind: "undo", session: this.id, ...gesture });
    return gesture.before.map((student) => student.id);
  }

  async extend(): Promise<string> {
    const answer = await ask(api.POST("/api/teacher/session/{id}/extend", { params: { path: { id: this.id } }, body: { extension_id: uuidv7() } }));
    this.kick();
    return answer.new_end_time;
  }

  end(): void {
    this.#box.add({ kind: "end", session: this.id });
  }

  /** Marks and undos of this class that the server does not have yet. */
  get waiting(): number {
    return this.#waiting.length;
  }

  get away(): boolean {
    return !this.up || !this.#box.reached;
  }

  kick(): void {
    this.#stream.kick();
    void this.#box.drain();
  }

  close(): void {
    this.#stream.close();
  }

  #flash(ids: string[]): void {
    if (ids.length === 0) return;
    this.fresh = new Set([...this.fresh, ...ids]);
    setTimeout(() => (this.fresh = new Set([...this.fresh].filter((id) => !ids.includes(id)))), flashFor);
  }
}
