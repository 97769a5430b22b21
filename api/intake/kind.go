package intake

import (
	"strings"

	"github.com/arise-attendance/arise/api/attendance"
)

// Kind is what a file lists.
type Kind string

// Kinds of files.
const (
	Students   Kind = "students"
	Courses    Kind = "courses"
	Enrolments Kind = "enrolments"
)

// Fields of rows. They are the original system's columns and, where it had none,
// names in its manner.
const (
	StudentName  = "student_name"
	Roll         = "university_roll_no"
	EnrolmentNo  = "enrollment_no"
	Email1       = "email1"
	Email2       = "email2"
	Password     = "password"
	CourseCode   = "course_code"
	CourseName   = "course_name"
	Minutes      = "default_duration_minutes"
	SemesterName = "semester_name"
	TeacherCode  = "teacher_code"
	ClassRoll    = "class_roll_id"
	StartDate    = "start_date"
	EndDate      = "end_date"
)

// Field is one column that a kind of file may have.
type Field struct {
	Name    string
	Aliases []string // the likeliest first
	Most    int      // characters
	Example string
}

// spec is what a kind's files look like.
type spec struct {
	fields []Field
	needs  [][]string // of each group at least one
}

var (
	rollField = Field{Name: Roll, Most: 60, Example: "007123", Aliases: []string{
		"university_roll", "university_roll_number", "university_rollno", "student_id", "roll_number", "roll_no", "rollno", "roll",
	}}
	numberField = Field{Name: EnrolmentNo, Most: 60, Example: "EN-0042", Aliases: []string{
		"enrolment_no", "enrollment_number", "enrolment_number", "enrollment", "enrolment", "registration_no", "registration_number", "admission_no",
	}}
	codeField = Field{Name: CourseCode, Most: 60, Example: "MCA-301", Aliases: []string{"section_code", "course", "code", "subject_code", "section"}}
)

var specs = map[Kind]spec{
	Students: {
		fields: []Field{
			{Name: StudentName, Most: 200, Example: "Asha Rao", Aliases: []string{"full_name", "name", "student"}},
			rollField, numberField,
			{Name: Email1, Most: 200, Example: "asha@example.org", Aliases: []string{"email", "e_mail", "mail", "email_1", "email_address"}},
			{Name: Email2, Most: 200, Aliases: []string{"email_2", "parent_email", "guardian_email"}},
			{Name: Password, Most: 200},
		},
		needs: [][]string{{StudentName}, {Roll, EnrolmentNo}},
	},
	Courses: {
		fields: []Field{
			codeField,
			{Name: CourseName, Most: 200, Example: "Databases", Aliases: []string{"name", "title", "subject", "subject_name"}},
			{Name: Minutes, Most: 10, Example: "50", Aliases: []string{"default_minutes", "duration", "duration_minutes", "minutes"}},
			{Name: SemesterName, Most: 200, Aliases: []string{"semester", "term", "term_name"}},
			{Name: TeacherCode, Most: 60, Aliases: []string{"teacher"}},
		},
		needs: [][]string{{CourseCode}, {CourseName}},
	},
	Enrolments: {
		fields: []Field{
			codeField,
			// A list of a class has two numbers; the plain "roll_no" is the class's.
			{Name: Roll, Most: 60, Example: "007123", Aliases: []string{"university_roll", "university_roll_number", "university_rollno", "student_id"}},
			numberField,
			{Name: ClassRoll, Most: 10, Example: "1", Aliases: []string{"class_roll", "class_roll_no", "roll_no", "rollno", "roll_number", "roll"}},
			{Name: StartDate, Most: 40, Aliases: []string{"from", "from_date", "joined", "joined_on"}},
			{Name: EndDate, Most: 40, Aliases: []string{"to", "to_date", "left", "left_on"}},
		},
		needs: [][]string{{CourseCode}, {Roll, EnrolmentNo}, {ClassRoll}},
	},
}

// Known refuses a kind that does not exist.
func (k Kind) Known() error {
	if _, ok := specs[k]; !ok {
		return attendance.Invalid{Field: "kind", Why: "must be students, courses or enrolments"}
	}
	return nil
}

func (s spec) field(name string) (Field, bool) {
	for _, f := range s.fields {
		if f.Name == name {
			return f, true
		}
	}
	return Field{}, false
}

// Template is a file of a kind to fill in: its header, and one row to overwrite.
func Template(k Kind) [][]string {
	var header, example []string
	for _, f := range specs[k].fields {
		header, example = append(header, f.Name), append(example, f.Example)
	}
	return [][]string{header, example}
}

// normal is a header as it is compared: trimmed, lower, words joined by _.
func normal(title string) string {
	words := strings.FieldsFunc(strings.ToLower(title), func(r rune) bool {
		return r == ' ' || r == '_' || r == '-' || r == '.' || r == '/' || r == '\u00a0'
	})
	return strings.Trim(strings.Join(words, "_"), "*:")
}
