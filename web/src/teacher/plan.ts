/** What a teacher may choose before a class; all but the course has a default. */
export interface Plan {
  course_id: string;
  duration_minutes?: number;
  topic?: string;
  room?: string;
  device_id?: string;
}
