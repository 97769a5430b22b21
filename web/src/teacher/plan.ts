import type { Device, Me } from "$lib/api";

/** What a teacher may choose before a class; all but the course has a default. */
export interface Plan {
  course_id: string;
  duration_minutes?: number;
  topic?: string;
  room?: string;
  device_id?: string;
}

type Scanner = Pick<Device, "id" | "name">;

/** The scanners this server knows, where it says so: a choice is offered only when there are several. */
export function scannersOf(me: Me | null): Scanner[] {
  const devices = (me as { devices?: unknown } | null)?.devices;
  return Array.isArray(devices) ? (devices as Scanner[]) : [];
}
