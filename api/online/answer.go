package online

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/api/auth"
	"github.com/arise-attendance/arise/api/rest"
)

type answerInput struct {
	Browser
	Body struct {
		Token string `json:"token" minLength:"1" maxLength:"64" doc:"The end of the link."`
		Roll  string `json:"university_roll_no,omitempty" required:"false" maxLength:"60" doc:"Upper or lower case. Needed where the school lets a roll say who answers; a signed-in student's own otherwise, and may be left out."`
		OTP   string `json:"otp" minLength:"1" maxLength:"16" doc:"The code on the teacher's screen." example:"243818"`
	}
}

type answerBody struct {
	Status      string `json:"status" enum:"success,duplicate"`
	Message     string `json:"message" example:"Attendance marked successfully!"`
	StudentName string `json:"student_name"`
	Standing    string `json:"standing" enum:"present,late,absent,excused,duty,not_required,unmarked" doc:"What the register shows now: a teacher's decision outranks an answer."`
}

type answerOutput struct {
	SetCookie http.Cookie `header:"Set-Cookie"`
	Body      answerBody
}

func (d Deps) answering(api huma.API) {
	rest.Handle(api, rest.Crowded(ofStudent(huma.Operation{
		OperationID: "mark-online-attendance", Method: http.MethodPost, Path: "/api/online/mark-attendance",
		Summary: "Answer the code of an online class",
		Description: "Checked in this order: the link (404 wrong-session-link), that the class runs (410 session-ended), who answers " +
			"(401 signed-out, 403 other-roll), that they may try (429), the code (403 wrong-code), that they are expected " +
			"(403 not-enrolled; by roll 404 unknown-roll, the same for a roll of another course). " +
			"A code counts during its half minute and the next. Five wrong ones begin a pause of a minute; each pause is twice the last.",
		Errors: []int{http.StatusUnauthorized, http.StatusForbidden, http.StatusTooManyRequests},
	}, rest.Optional(attendance.RoleStudent))), d.answer)
}

func (d Deps) answer(ctx context.Context, in *answerInput) (*answerOutput, error) {
	session, err := d.linked(ctx, in.Body.Token)
	if err != nil {
		return nil, err
	}
	browser, cookie := in.known(d.Secure)
	r := attendance.Reply{
		Session: session, Secret: d.Keys.Code(session), Code: strings.ReplaceAll(in.Body.OTP, " ", ""),
		Student: auth.From(ctx).ID, Roll: in.Body.Roll,
		Key:     func(who string) []byte { return d.Keys.Seen("try", session, who) },
		Browser: d.Keys.Seen("browser", session, browser), Address: d.Keys.Seen("address", session, rest.ClientAddress(ctx)),
	}
	var said attendance.Said
	err = d.Store.InAnswer(ctx, func(ctx context.Context, tx attendance.Answering) (err error) {
		said, err = d.Service.Answer(ctx, tx, r)
		return err
	})
	if err != nil {
		return nil, over(err)
	}
	body, err := answerOf(said)
	return &answerOutput{SetCookie: cookie, Body: body}, err
}

// answerOf puts an outcome into the original's words.
func answerOf(said attendance.Said) (answerBody, error) {
	b := answerBody{StudentName: said.Name, Standing: string(said.Status)}
	if said.Status == attendance.Unmarked {
		b.Standing = "unmarked"
	}
	switch said.Outcome {
	case attendance.Counted:
		b.Status, b.Message = "success", "Attendance marked successfully!"
		if !said.Status.Attended() {
			b.Message = "Your answer is noted; your teacher has marked you " + string(said.Status) + "."
		}
		return b, nil
	case attendance.Again:
		b.Status, b.Message = "duplicate", "Attendance already marked!"
		return b, nil
	case attendance.Waiting:
		p := rest.NewProblem(http.StatusTooManyRequests, "too-many-requests",
			fmt.Sprintf("too many wrong codes: wait %s, then try again", wait(said.Wait)))
		p.RetryS = int(said.Wait.Seconds()) + 1
		return b, p
	case attendance.WrongCode:
		p := rest.NewProblem(http.StatusForbidden, "wrong-code", "Invalid OTP code. Check the code displayed by your teacher.")
		p.TriesLeft = said.Left
		if said.Wait > 0 {
			p.Detail += " You can try again in " + wait(said.Wait) + "."
			p.RetryS = int(said.Wait.Seconds())
		}
		return b, p
	case attendance.OtherRoll:
		return b, rest.NewProblem(http.StatusForbidden, "other-roll", "this is not your university roll: you can answer for yourself only")
	case attendance.Nobody:
		return b, rest.NewProblem(http.StatusNotFound, "unknown-roll", "Student not found. Check your roll number.")
	}
	return b, rest.NewProblem(http.StatusForbidden, "not-enrolled", "You are not enrolled in this course.")
}

func wait(d time.Duration) string {
	if s := int(d.Seconds()) + 1; s < 90 {
		return fmt.Sprintf("%d seconds", s)
	}
	return fmt.Sprintf("%d minutes", int(d.Round(time.Minute)/time.Minute))
}
