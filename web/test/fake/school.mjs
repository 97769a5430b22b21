// A small school in memory: the rules of the contract, no more. For looking at the portals without the Go programs.
import { randomUUID } from "node:crypto";

const names = `Aarav Kulkarni,Aditi Bhattacharya,अनन्या देशमुख,Arjun Venkataraghavan,Bhavya Reddy,Chaitanya Rao,Deepika Nambiar,Devansh Trivedi,Diya Mukherjee,Esha Qureshi,Farhan Siddiqui,கவின் முருகன்,Gauri Phadke,Harpreet Kaur,Himanshu Negi,Ishaan Chaturvedi,Ishita Sengupta,Jasleen Gill,Jayashree Menon,Kabir Lokhande,Karthik Sundaresan,Kavya Hegde,Kiran Bala,Lakshya Meena,Leela Varghese,Lobsang Dolma,Madhav Joshi,Manvi Saxena,Meher Wadia,Mohammed Rizwan,Naina Chaudhary,Neha Pillai,Nikhil Gowda,অর্পিতা সেন,Omkar Jadhav,Pallavi Shinde,Pranav Acharya,Priyanka Oraon,Rahul Tirkey,Ritika Bansal,Rohan D’Souza,रुद्र प्रताप सिंह,Saanvi Agarwal,Sahil Wani,Sana Mirza,Shreya Gokhale,Siddharth Kamat,Simran Sandhu,Sneha Kurian,زینب انصاری,Tanmay Borkar,Tanvi Mahajan,Tenzin Wangmo,Uday Solanki,Urvashi Rathore,Varun Thapa,Venkatanarasimharajuvaripeta Subrahmanyam,Vidya Shanbhag,Yashwant Lohar,Zoya Kazmi`.split(",");
const now = () => new Date().toISOString();
const minutes = (n, from = Date.now()) => new Date(from + n * 60_000).toISOString();

/** STUDENTS makes the class larger, to see how a page bears it. */
const many = Array.from({ length: Number(process.env.STUDENTS ?? names.length) }, (_, i) => names[i % names.length]);
export const students = many.map((student_name, i) => ({
  id: randomUUID(), class_roll_id: i + 1, student_name, university_roll_no: `MCA24-${String(i + 1).padStart(3, "0")}`, enrollment_no: `EN${202400 + i}`,
}));
export const courses = [
  ["MCA-301", "Database Management Systems", 50, 60], ["MCA-303", "Software Engineering", 50, 58], ["MCA-305", "Computer Networks", 50, 58], ["BCA-102", "Digital Logic", 40, 72],
].map(([code, name, default_duration, enrolled_count], i) => ({ id: randomUUID(), code, name, default_duration, enrolled_count, last_session_at: i === 3 ? null : minutes(-1440 * (i + 1)) }));
export const teacher = { id: randomUUID(), name: "Dr. Revati Malshe" };
export const sync = { state: "saved", waiting: 0, unplaced: 0 };
const sessions = new Map();

const scanners = [["S1", "Room 204", "online", 82, 0], ["S7", "Lab 2", "offline", 12, 9]].map(([name, room, status, battery, queue_count]) => ({ id: randomUUID(), name, room, status, battery, queue_count, mac_address: "", sync_count: 0, wifi_strength: -58 }));
export const devices = () => scanners.map((device) => ({ ...device, last_seen: now() }));

export class Problem extends Error {
  constructor(status, type, detail, more = {}) {
    super(detail);
    Object.assign(this, { status, body: { type: `https://arise.example/problems/${type}`, title: type, status, detail, ...more } });
  }
}

export function find(id) {
  const session = sessions.get(id);
  if (!session) throw new Problem(404, "not-found", "There is no such class.");
  return session;
}

export function start(order) {
  const course = courses.find((course) => course.id === order.course_id);
  if (!course) throw new Problem(404, "not-found", "There is no such course.");
  if (course.active_session && course.active_session.session_id !== order.session_id) throw new Problem(409, "session-running", "A class of this course is running.", { session_id: course.active_session.session_id });
  const id = order.session_id ?? randomUUID();
  const duration_minutes = order.duration_minutes ?? course.default_duration;
  const session = sessions.get(id) ?? { id, course, topic: order.topic ?? "", room: order.room ?? "", start_time: now(), end_time: minutes(duration_minutes), closed_at: null, marks: [], watchers: new Set() };
  sessions.set(id, session);
  course.active_session = { session_id: id, topic: session.topic, room: session.room, start_time: session.start_time, end_time: session.end_time };
  return { status: "success", message: "Session started", session_id: id, duration_minutes, start_time: session.start_time, end_time: session.end_time, seconds_remaining: duration_minutes * 60, students };
}

/** Facts are folded each time: the last mark that was not undone stands. */
function stand(session, id) {
  const marks = session.marks.filter((mark) => !mark.undone && mark.students.has(id));
  return marks[marks.length - 1];
}

export function mark(session, id, { student_ids, status, reason = "", bulk = false }, source = bulk ? "bulk" : "teacher") {
  if (session.marks.some((mark) => mark.id === id)) return { applied: 0, skipped: student_ids.length };
  const ids = bulk ? student_ids.filter((student) => !stand(session, student)) : student_ids;
  session.marks.push({ id, students: new Set(ids), status, reason, source, at: now(), undone: false });
  tell(session);
  return { applied: ids.length, skipped: student_ids.length - ids.length };
}

export function undo(session, id) {
  const mark = session.marks.find((mark) => mark.id === id);
  if (!mark) session.marks.push({ id, students: new Set(), undone: true });
  else mark.undone = true;
  tell(session);
  return { undone: mark?.students.size ?? 0 };
}

export function end(session) {
  session.closed_at ??= now();
  session.course.active_session = undefined;
  session.course.last_session_id = session.id;
  session.course.last_session_at = session.start_time;
  tell(session);
}

export function extend(session) {
  session.end_time = minutes(10, Date.parse(session.end_time));
  tell(session);
}

export function tell(session) {
  for (const watcher of session.watchers) watcher();
}

export function live(session) {
  const rows = students.map(({ enrollment_no, ...student }) => {
    const mark = stand(session, student.id);
    return { ...student, status: mark?.status ?? (session.closed_at ? "absent" : "unmarked"), source: mark?.source ?? "", marked_at: mark?.at ?? null, reason: mark?.reason ?? "", conflict: false };
  });
  const count = (key, value) => rows.filter((row) => row[key] === value).length;
  const seconds_remaining = Math.max(0, Math.round((Date.parse(session.end_time) - Date.now()) / 1000));
  return {
    session: { id: session.id, course_id: session.course.id, course_code: session.course.code, course_name: session.course.name, topic: session.topic, room: session.room, session_type: "offline", start_time: session.start_time, end_time: session.end_time, closed_at: session.closed_at, is_active: !session.closed_at && seconds_remaining > 0, seconds_remaining, server_time: now() },
    counts: { enrolled: rows.length, marked: ["present", "late", "duty"].reduce((sum, status) => sum + count("status", status), 0), conflicts: 0, ...Object.fromEntries(["present", "late", "absent", "excused", "duty", "unmarked"].map((status) => [status, count("status", status)])) },
    sources: Object.fromEntries(["scanner", "online", "teacher", "bulk"].map((source) => [source, count("source", source)])),
    students: rows,
    unplaced: sync.unplaced ? [{ id: randomUUID(), roll: 118, device: "S1", scanned_at: now(), why: "not_enrolled_then" }] : [],
    devices: devices().slice(0, 1),
    sync,
  };
}

export function report(session) {
  const state = live(session);
  const here = new Set(["present", "late", "duty"]);
  const pairs = (want) => state.students.filter(want).map((student) => [session.id, student.id]);
  return {
    sessions: [{ id: session.id, start_time: session.start_time, topic: session.topic }], students,
    present_set: pairs((student) => here.has(student.status)), absent_set: pairs((student) => !here.has(student.status)),
    marks: state.students.filter((student) => student.status !== "unmarked").map((student) => ({ session_id: session.id, student_id: student.id, status: student.status })),
  };
}
