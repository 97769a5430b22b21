package student

import (
	"context"
	"fmt"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/api/auth"
	"github.com/arise-attendance/arise/api/rest"
)

// Board keeps who wants to be named.
type Board interface {
	SetOptedIn(ctx context.Context, student attendance.ID, yes bool) error
}

// BoardInput says among whom.
type BoardInput struct {
	SemesterInput
	Course string `query:"course_id" format:"uuid" doc:"Among those of one of your courses. It outranks semester_id."`
	Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"50" doc:"How many are listed; ranks are among all."`
}

type badge struct {
	Type        string `json:"type" enum:"FIRST_STEP,CONSISTENT,PERFECT_WEEK,IRON_STREAK,PERFECT_MONTH"`
	Icon        string `json:"icon"`
	Description string `json:"description"`
}

type boardStats struct {
	Percentage    float64 `json:"attendance_percentage" doc:"Of the classes that the student was expected at."`
	PresentCount  int     `json:"present_count"`
	TotalSessions int     `json:"total_sessions"`
	CurrentStreak int     `json:"current_streak" doc:"Over several courses: in the course where it is longest."`
	LongestStreak int     `json:"longest_streak"`
}

type boardRow struct {
	Rank        int           `json:"rank" doc:"Among all; those who did not opt in are left out, so that ranks may be missing."`
	StudentID   attendance.ID `json:"student_id" format:"uuid"`
	StudentName string        `json:"student_name"`
	You         bool          `json:"you"`
	boardStats
	Badges []badge `json:"badges"`
}

type boardRank struct {
	Rank          int `json:"rank"`
	Position      int `json:"position" doc:"The same."`
	Percentile    int `json:"percentile" doc:"0 is the best."`
	TotalStudents int `json:"total_students"`
}

type boardOutput struct {
	Body struct {
		Enabled    bool           `json:"enabled" doc:"The office allows a leaderboard."`
		OptedIn    bool           `json:"opted_in" doc:"Others may see you here."`
		CourseID   *attendance.ID `json:"course_id" format:"uuid" nullable:"true"`
		SemesterID *attendance.ID `json:"semester_id" format:"uuid" nullable:"true"`
		List       []boardRow     `json:"leaderboard" doc:"Students who opted in, and you; best first."`
		Total      int            `json:"total_on_leaderboard" doc:"Students who are ranked, named or not."`
		Counting   int            `json:"counting_courses" doc:"0: every figure is exact. Else the last change of so many courses is not in it yet."`
		UserRank   *boardRank     `json:"user_rank,omitempty"`
		UserStats  *boardStats    `json:"user_stats,omitempty"`
		UserBadges []badge        `json:"user_badges"`
	}
}

type optInInput struct {
	Body struct {
		OptedIn bool `json:"opted_in" doc:"Whether other students may see my name, rank and percentage."`
	}
}

func (d Deps) leaderboard(api huma.API) {
	rest.Handle(api, own("get-leaderboard", "leaderboard", "Compare with others who want to be compared", http.StatusNotFound), d.getLeaderboard)
	rest.Handle(api, ofStudent(huma.Operation{
		OperationID: "set-leaderboard", Method: http.MethodPut, Path: "/api/student/leaderboard", Summary: "Be named on the leaderboard, or not",
		DefaultStatus: http.StatusNoContent,
	}), d.setLeaderboard)
}

func (d Deps) setLeaderboard(ctx context.Context, in *optInInput) (*struct{}, error) {
	return nil, d.Board.SetOptedIn(ctx, auth.From(ctx).ID, in.Body.OptedIn)
}

func (d Deps) getLeaderboard(ctx context.Context, in *BoardInput) (*boardOutput, error) {
	term, err := in.term()
	if err != nil {
		return nil, err
	}
	var course attendance.ID
	if in.Course != "" {
		if course, err = attendance.ParseID(in.Course); err != nil {
			return nil, attendance.Invalid{Field: "query.course_id", Why: "is not an id"}
		}
	}
	out := &boardOutput{}
	b := &out.Body
	b.List, b.UserBadges, b.CourseID, b.SemesterID = []boardRow{}, []badge{}, idOrNull(course), idOrNull(term)
	err = d.Figures.InFigures(ctx, func(ctx context.Context, tx attendance.Figures) error {
		return d.rank(ctx, tx, course, term, in.Limit, out)
	})
	return out, err
}

func (d Deps) rank(ctx context.Context, tx attendance.Figures, course, term attendance.ID, limit int, out *boardOutput) error {
	me, b := auth.From(ctx).ID, &out.Body
	board, err := d.Service.Leaderboard(ctx, tx, me, course, term)
	if err != nil {
		return err
	}
	b.Enabled, b.OptedIn, b.Total, b.Counting = board.Enabled, board.Names[me] != "", len(board.Places), board.Counting
	for _, p := range board.Places {
		name, named := board.Names[p.Student]
		if !named && p.Student != me {
			continue
		}
		row := boardRowOf(p)
		if p.Student == me {
			row.You, name = true, auth.From(ctx).Name
			b.UserRank = &boardRank{Rank: p.Rank, Position: p.Rank, Percentile: board.Percentile(p), TotalStudents: len(board.Places)}
			b.UserStats, b.UserBadges = &row.boardStats, row.Badges
		}
		if row.StudentName = name; len(b.List) < limit {
			b.List = append(b.List, row)
		}
	}
	return nil
}

func boardRowOf(p attendance.Place) boardRow {
	pct, _ := p.Percent()
	return boardRow{
		Rank: p.Rank, StudentID: p.Student, Badges: badges(p),
		boardStats: boardStats{
			Percentage: attendance.Rounded(pct), PresentCount: p.There, TotalSessions: p.Held, CurrentStreak: p.Current, LongestStreak: p.Longest,
		},
	}
}

// badges are the original's, with streaks that can be reached.
func badges(p attendance.Place) []badge {
	out := []badge{}
	pct, held := p.Percent()
	if p.There > 0 {
		out = append(out, badge{"FIRST_STEP", "🎯", "First class attended"})
	}
	if p.Current >= 5 {
		out = append(out, badge{"CONSISTENT", "🔥", fmt.Sprintf("%d class streak", p.Current)})
	}
	if p.Current >= 7 {
		out = append(out, badge{"PERFECT_WEEK", "⭐", "Seven classes in a row"})
	}
	if p.Longest >= 15 {
		out = append(out, badge{"IRON_STREAK", "💪", "Fifteen classes in a row"})
	}
	if held && pct >= 90 {
		out = append(out, badge{"PERFECT_MONTH", "👑", "90 % or more"})
	}
	return out
}

func idOrNull(id attendance.ID) *attendance.ID {
	if id.IsZero() {
		return nil
	}
	return &id
}
