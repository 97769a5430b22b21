package mail

import (
	"fmt"
	"strings"

	"github.com/arise-attendance/arise/api/attendance"
)

// words puts what a student must hear into a letter.
func (p *Post) words(school attendance.School, l Letter) Mail {
	var b strings.Builder
	fmt.Fprintf(&b, "Dear %s,\n\n", l.Name)
	low, corrected := 0, 0
	for _, n := range l.Lines {
		if n.Corrects.IsZero() {
			low++
		} else {
			corrected++
		}
		fmt.Fprintf(&b, "%s %s\n%s\n\n", n.Code, n.CourseName, line(school, n))
	}
	b.WriteString("Counted are classes that have ended, through the dates above; excused classes are left out.\n")
	if p.Origin != "" {
		fmt.Fprintf(&b, "How each figure was made, and how to dispute a mark: %s/student\n", p.Origin)
	}
	fmt.Fprintf(&b, "\n%s\n\nYou can switch these mails off on the same page.\n", school.Name)
	subject := "Your attendance is low"
	switch {
	case low == 0:
		subject = "Your attendance was corrected"
	case len(l.Lines) == 1:
		subject = "Your attendance in " + l.Lines[0].CourseName + " is low"
	}
	// The notices themselves are the effect: a letter about the same ones is the same.
	ids := make([]string, len(l.Lines))
	for i, n := range l.Lines {
		ids[i] = n.ID.String()
	}
	return Mail{
		Kind: OfNotice, Effect: "notices " + strings.Join(ids, " "), Student: l.Student, To: l.To, Subject: subject, Body: b.String(),
	}
}

func line(school attendance.School, n Line) string {
	stands := fmt.Sprintf("%.1f %%: there in %d of %d classes through %s.", n.Percent, n.Tally.There(), n.Tally.Held(), n.Through.In(school.Zone).Format("2 January 2006"))
	if !n.Corrects.IsZero() && n.Tally.Held() == 0 {
		return fmt.Sprintf("The register was corrected: no class counts for you yet. We had written %.1f %%.", n.OldPercent)
	}
	if !n.Corrects.IsZero() {
		return fmt.Sprintf("The register was corrected: it is %s We had written %.1f %%.", stands, n.OldPercent)
	}
	out := fmt.Sprintf("%s The school asks for %.0f %%.", stands, school.Policy.Minimum)
	switch {
	case n.Needed > 1:
		out += fmt.Sprintf(" The next %d classes in a row bring you there.", n.Needed)
	case n.Needed == 1:
		out += " The next class brings you there."
	}
	return out
}

// Test is a mail that shows that mail works.
func Test(to string, school attendance.School, effect string) Mail {
	return Mail{
		Kind: OfTest, Effect: "test " + effect, To: []string{to}, Subject: "A.R.I.S.E. can write to you",
		Body: fmt.Sprintf("This mail was sent to see whether mail works at %s. It does.\n", school.Name),
	}
}
