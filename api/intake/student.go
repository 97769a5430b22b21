package intake

import (
	"context"
	"net/mail"

	"github.com/arise-attendance/arise/api/attendance"
)

// planStudents finds each student by either number.
func planStudents(ctx context.Context, imp *Import, rows []*Row, now Roster) error {
	have, err := now.StudentsNumbered(ctx, values(rows, Roll), values(rows, EnrolmentNo))
	if err != nil {
		return err
	}
	byRoll, byNumber, ids := map[string]*attendance.StudentEntry{}, map[string]*attendance.StudentEntry{}, []attendance.ID{}
	for i := range have {
		s := &have[i]
		byRoll[fold(s.UniversityRoll)], byNumber[fold(s.EnrolmentNo)] = s, s
		ids = append(ids, s.ID)
	}
	delete(byRoll, "")
	delete(byNumber, "")
	written, err := now.Written(ctx, ids)
	if err != nil {
		return err
	}
	for _, r := range rows {
		r.mails()
		s := byRoll[fold(r.Values[Roll])]
		other := byNumber[fold(r.Values[EnrolmentNo])]
		if s != nil && other != nil && s != other {
			r.fault(EnrolmentNo, "belongs to %s (%s), and the roll number to %s: mend one of the two", other.Name, other.UniversityRoll, s.Name)
		}
		if s == nil {
			s = other
		}
		if v := r.Values[Roll]; v != "" {
			r.key("roll", v)
		}
		if v := r.Values[EnrolmentNo]; v != "" {
			r.key("number", v)
		}
		if s != nil {
			r.key("student", s.ID.String())
		}
		if r.Action == Wrong {
			continue
		}
		if err := r.student(imp, s, written); err != nil {
			return err
		}
	}
	alone(imp, rows, map[string]string{"roll": Roll, "number": EnrolmentNo, "student": Roll})
	return nil
}

func (r *Row) mails() {
	for _, f := range []string{Email1, Email2} {
		v := r.Values[f]
		if v == "" {
			continue
		}
		if a, err := mail.ParseAddress(v); err != nil || a.Address != v {
			r.fault(f, "is not an e-mail address")
		}
	}
}

// student decides what a row does to one, or with none to whom it adds.
func (r *Row) student(imp *Import, s *attendance.StudentEntry, written map[attendance.ID]map[string]string) error {
	var e attendance.StudentEntry
	if s == nil {
		e = attendance.StudentEntry{
			FeedStudent: attendance.FeedStudent{
				ID: imp.idFor("student", r.Line), Name: r.Values[StudentName], UniversityRoll: r.Values[Roll], EnrolmentNo: r.Values[EnrolmentNo],
			},
			Email: r.Values[Email1], Email2: r.Values[Email2], PasswordHash: r.hash,
		}
		r.Entity = e.ID
		return r.settle(nil, e)
	}
	e, r.Entity = *s, s.ID
	for field, at := range map[string]*string{Roll: &e.UniversityRoll, EnrolmentNo: &e.EnrolmentNo} {
		if v := r.Values[field]; v != "" && fold(*at) == fold(v) {
			r.Values[field] = *at // the case of letters is no reason to change a number
		}
	}
	for _, f := range []struct {
		name string
		at   *string
	}{{StudentName, &e.Name}, {Roll, &e.UniversityRoll}, {EnrolmentNo, &e.EnrolmentNo}, {Email1, &e.Email}, {Email2, &e.Email2}} {
		if r.compare(f.name, *f.at, written[e.ID]) {
			*f.at = r.Values[f.name]
		}
	}
	if e.Archived {
		e.Archived = false
		r.Changes = append(r.Changes, Change{Field: "archived", From: "yes", To: "no"})
	}
	// A password from a file is for somebody who has none: it must not undo the one
	// that a student chose.
	if e.PasswordHash == "" && len(r.Sealed) > 0 {
		e.PasswordHash = r.hash
		r.Changes = append(r.Changes, Change{Field: Password, From: "none", To: "set"})
	}
	before := *s
	before.PasswordHash = ""
	return r.settle(before, e)
}
