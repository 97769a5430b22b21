package attendance

import "fmt"

// Status is what a register says of one student in one session.
type Status string

// The statuses of the register. Unmarked means "not taken", which is never the
// same as absent.
const (
	Unmarked    Status = ""
	Present     Status = "present"
	Late        Status = "late"
	Absent      Status = "absent"
	Excused     Status = "excused"
	Duty        Status = "duty"         // elsewhere for the school; counts as present
	NotRequired Status = "not_required" // need not be there; counts nowhere
)

// Letter is the mark in a register's cell.
func (s Status) Letter() string {
	switch s {
	case Present:
		return "P"
	case Late:
		return "L"
	case Absent:
		return "A"
	case Excused:
		return "E"
	case Duty:
		return "D"
	case NotRequired:
		return "–"
	}
	return "·"
}

// Attended reports whether the student counts as having been there.
func (s Status) Attended() bool { return s == Present || s == Late || s == Duty }

// Counts reports whether a class with this status is in the denominator.
func (s Status) Counts() bool {
	var t Tally
	t.Count(s)
	return t.Held() > 0
}

// ParseStatus reads a status that a person may give.
func ParseStatus(s string) (Status, error) {
	switch st := Status(s); st {
	case Present, Late, Absent, Excused, Duty, NotRequired:
		return st, nil
	}
	return "", Invalid{Field: "status", Why: fmt.Sprintf("%q is not one of present, late, absent, excused, duty, not_required", clip(s))}
}

// Class ranks facts about one student in one session. A higher class that is
// not cleared hides the lower ones.
type Class int

// Evidence keeps the earliest fact (arrival), the others keep the latest.
const (
	Evidence Class = 10 // fingerprint, code, card: says only that the student was there
	Bulk     Class = 20 // "all others absent": never overturns an individual verdict
	Teacher  Class = 30
	Leave    Class = 35 // an approved leave: excuses who was not there, never hides who was
	Office   Class = 40
)

func (c Class) known() bool {
	return c == Evidence || c == Bulk || c == Teacher || c == Leave || c == Office
}

// Method is how a mark came about; the names are the original system's, so that
// its history reads on.
type Method string

// Methods of marking.
const (
	Biometric      Method = "biometric"
	BiometricQueue Method = "biometric_queue"
	OnlineOTP      Method = "online_otp"
	Card           Method = "card"
	Manual         Method = "teacher_manual"
	Emergency      Method = "emergency_mode"
	Retroactive    Method = "retroactive_manual"
	OfficeEdit     Method = "office"
	OnLeave        Method = "leave"
	Disputed       Method = "dispute"
)

// Source is the method in the words of the roll-call screen.
func (m Method) Source() string {
	switch m {
	case Biometric, BiometricQueue:
		return "scanner"
	case OnlineOTP:
		return "online"
	case Card:
		return "card"
	case Emergency:
		return "bulk"
	case OfficeEdit, OnLeave:
		return "office"
	case Manual, Retroactive, Disputed:
		return "teacher"
	}
	return ""
}
